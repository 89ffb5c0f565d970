// What the host says to everybody in a session.
import type { Words } from '../../base/say.ts';
import type { EntryOf } from '../../protocol/transcript.ts';

/** A notice before it is in the log; `author`: who is the reason for it. */
export type Notice = Pick<EntryOf<'notice'>, 'level' | 'code' | 'author'> & {
  readonly words: Words;
};
