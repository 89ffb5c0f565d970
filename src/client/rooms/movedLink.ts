// What a new link says about the one before it.
import { parseLink } from '../../protocol/link.ts';

/** Relay of the new link if both lead to one room: a membership that holds follows it in place. */
export function relayOfSameRoom(before: string | undefined, after: string): string | undefined {
  if (before === undefined) return undefined;
  try {
    const { room, relay } = parseLink(after);
    return parseLink(before).room === room ? relay : undefined;
  } catch {
    return undefined;
  }
}
