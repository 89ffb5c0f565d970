// What a link says of the room that it leads to, beside another one.
import { parseLink } from '../../protocol/link.ts';

/** Relay of the new link if both lead to one room: a membership that holds follows it in place. */
export function relayOfSameRoom(before: string | undefined, after: string): string | undefined {
  const room = before === undefined ? undefined : roomOfLink(before);
  return room !== undefined && roomOfLink(after) === room ? parseLink(after).relay : undefined;
}

/** Id of the room; undefined if the text is no link. */
export function roomOfLink(link: string): string | undefined {
  try {
    return parseLink(link).room;
  } catch {
    return undefined;
  }
}
