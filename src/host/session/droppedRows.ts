// What is said in a session of whose rows in the journal some were not what was written.
import { say, type Words } from '../../base/say.ts';

/** Rows that were dropped. */
export interface DroppedRows {
  readonly members: number;
  readonly invites: number;
  readonly prompts: number;
}

/** Says what the disk has lost of people, links and waiting prompts; undefined: nothing. */
export function droppedRows({ members, invites, prompts }: DroppedRows): Words | undefined {
  if (members + invites + prompts === 0) return undefined;
  const people =
    members + invites === 0
      ? ''
      : say` People: ${members}, links: ${invites}; whoever is missing needs a new link.`;
  const lost =
    prompts === 0
      ? ''
      : say` Prompts that had not ended: ${prompts}; whether they ran is not known, so they are not sent.`;
  return say`The disk of this session’s computer has lost a part of what it kept.${people}${lost}`;
}
