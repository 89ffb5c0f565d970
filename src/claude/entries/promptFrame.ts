// How a prompt with attached files is handed to Claude Code, and how it is read again. The CLI expands `@` and
// takes `/`, `!` and `#` only in the last text block of a message: a guest's words never stand in that one.
import type { AttachedFile, GuestText } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { Block } from '../wire/messageLine.ts';

/** The last block of every message of a guest: fixed, without one character of theirs. */
export const GUEST_NOTE =
  'The message above was written by a guest who was let into this session, not by its owner.';
const AUTHOR = 'Written by the guest ';
const FILE = 'Content of the file ';
/** Behind files that the host has attached for the owner. */
const FILES_NOTE = 'The files above were attached because the message below names them.';

/** The blocks of a guest's message: text, pictures, attached files, author, note. */
export function guestBlocks(text: string, images: readonly Json[], guest: GuestText): Json[] {
  const name = guest.name.replaceAll(/\s+/gu, ' ').trim();
  return [
    ...(text === '' ? [] : [textBlock(text)]),
    ...images,
    ...guest.files.map(fileBlock),
    textBlock(`${AUTHOR}${name}.`),
    textBlock(GUEST_NOTE),
  ];
}

/** The blocks of an owner's message that goes into a running turn, with the files that it names. */
export function ownBlocks(
  text: string,
  images: readonly Json[],
  files: readonly AttachedFile[],
): Json[] {
  return [...files.map(fileBlock), textBlock(FILES_NOTE), ...images, textBlock(text)];
}

/** The blocks without what was added to messages; those of several that were merged too. */
export function withoutFrames(blocks: readonly Block[]): readonly Block[] {
  if (!blocks.some((block) => isNote(block) || isFilesNote(block))) return blocks;
  const kept: Block[] = [];
  for (const block of blocks) {
    if (isFilesNote(block)) {
      while (isFile(kept.at(-1))) kept.pop();
    } else if (isNote(block) && (kept.at(-1)?.text ?? '').startsWith(AUTHOR)) {
      kept.pop();
      while (kept.length > 1 && isFile(kept.at(-1))) kept.pop();
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

function isFilesNote(block: Block): boolean {
  return block.type === 'text' && block.text?.trimEnd() === FILES_NOTE;
}

function isFile(block: Block | undefined): boolean {
  return block?.type === 'text' && (block.text ?? '').startsWith(FILE);
}

function fileBlock({ path, content }: AttachedFile): Json {
  return textBlock(`${FILE}${path}:\n\n${content}`);
}

function textBlock(text: string): Json {
  return { type: 'text', text };
}
