// [R18] What a command of the agent printed, kept out of the log: it may show memory, plan and account.
import type { Entry } from '../../protocol/transcript.ts';
import { bodyId, type CutBody } from './cutEntry.ts';

/** Sizes are told in these steps, so that they do not say which of few texts it was. */
const STEP_BYTES = 1024;

/** An entry without what it printed, and that for owners alone. */
export interface OwnOutput {
  readonly entry: Entry;
  readonly body: CutBody;
}

/**
 * Takes the output out of a command's entry; undefined if there is none in it. The body is named
 * after its entry: a hash of the text would tell everybody who guesses it that the guess was right.
 */
export function ownOutput(entry: Entry): OwnOutput | undefined {
  if (entry.kind !== 'command' || entry.text === '') return undefined;
  const bytes = Buffer.from(entry.text);
  const blob = bodyId(Buffer.from(`output of ${entry.id}`));
  const totalBytes = Math.ceil(bytes.length / STEP_BYTES) * STEP_BYTES;
  return {
    entry: { ...entry, text: '', cut: { tail: '', totalBytes, blob }, ownerOnly: true },
    body: { blob, bytes },
  };
}
