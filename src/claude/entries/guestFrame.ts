// How a guest's prompt is handed to Claude Code, and how it is read again. The CLI expands `@` and takes
// `/`, `!` and `#` only in the last text block of a message: a guest's words never stand in that one.
import type { GuestText } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Block } from '../wire/messageLine.ts';

/** The last block of every message of a guest: fixed, without one character of theirs. */
export const GUEST_NOTE =
  'The message above was written by a guest who was let into this session, not by its owner.';
const AUTHOR = 'Written by the guest ';
const FILE = 'Content of the file ';

/** The blocks of a guest's message: text, pictures, attached files, author, note. */
export function guestBlocks(text: string, images: readonly Json[], guest: GuestText): Json[] {
  const name = guest.name.replaceAll(/\s+/gu, ' ').trim();
  return [
    ...(text === '' ? [] : [textBlock(text)]),
    ...images,
    ...guest.files.map(({ path, content }) => textBlock(`${FILE}${path}:\n\n${content}`)),
    textBlock(`${AUTHOR}${name}.`),
    textBlock(GUEST_NOTE),
  ];
}

/** The blocks without what was added to guests' messages; those of several that were merged too. */
export function withoutGuestFrames(blocks: readonly Block[]): readonly Block[] {
  if (!blocks.some(isNote)) return blocks;
  const kept: Block[] = [];
  for (const block of blocks) {
    if (isNote(block) && (kept.at(-1)?.text ?? '').startsWith(AUTHOR)) {
      kept.pop();
      while (kept.length > 1 && (kept.at(-1)?.text ?? '').startsWith(FILE)) kept.pop();
    } else {
      kept.push(block);
    }
  }
  return kept;
}

/** Merging may add a line break behind it. */
function isNote(block: Block): boolean {
  return block.type === 'text' && block.text?.trimEnd() === GUEST_NOTE;
}

function textBlock(text: string): Json {
  return { type: 'text', text };
}
