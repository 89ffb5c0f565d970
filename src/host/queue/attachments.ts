// [I4] What came with a prompt: read when the command was accepted, and taken for what its bytes say.
import { type Bytes, readUtf8 } from '../../base/bytes.ts';
import { MAX_PIXELS, pictureKind } from '../../base/pictures.ts';
import type { Attached, PromptImage } from '../../protocol/entryParts.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { AttachedFiles, KeptFile } from '../journal/attachedFiles.ts';
import { noPicture, noText, pictureTooLarge } from '../session/refusals.ts';

/** Where it is read, and where files are kept. */
export interface Attachments {
  /** What a member's command names, whole and in its order; throws CommandRefused. */
  readonly read: (member: string, attached: readonly Attached[]) => Promise<readonly Bytes[]>;
  readonly files: () => Pick<AttachedFiles, 'keep'>;
}

/** What goes to the agent. */
export interface TakenAttachments {
  /** The prompt's own text, where it came in parts. */
  readonly text?: string;
  readonly images: readonly PromptImage[];
  readonly files: readonly KeptFile[];
}

const NOTHING: TakenAttachments = { images: [], files: [] };

/** Reads and checks all of it. Throws CommandRefused: then nothing is kept. */
export async function takeAttachments(
  { id, member, attached = [] }: AttachedTo,
  { read, files }: Attachments,
): Promise<TakenAttachments> {
  if (attached.length === 0) return NOTHING;
  const wholes = await read(member, attached);
  const images: PromptImage[] = [];
  const toKeep: { name: string; bytes: Bytes }[] = [];
  let text: string | undefined;
  for (const [at, { use, name = '' }] of attached.entries()) {
    const bytes = wholes[at] ?? new Uint8Array();
    switch (use) {
      case 'picture':
        images.push(imageOf(bytes));
        break;
      case 'file':
        toKeep.push({ name, bytes });
        break;
      case 'text':
        text = textOf(bytes);
        break;
    }
  }
  const kept = await files().keep(id, toKeep);
  return { images, files: kept, ...(text === undefined ? {} : { text }) };
}

/** A command with something attached. */
export interface AttachedTo {
  readonly id: string;
  readonly member: string;
  readonly attached?: readonly Attached[] | undefined;
}

function imageOf(bytes: Bytes): PromptImage {
  const kind = pictureKind(bytes);
  // The agent opens it in its own memory.
  if (kind === undefined || kind.width * kind.height > MAX_PIXELS) throw noPicture();
  if (bytes.length > LIMITS.pictureBytes) throw pictureTooLarge(bytes.length);
  return { mediaType: kind.mediaType, base64: Buffer.from(bytes).toString('base64') };
}

function textOf(bytes: Bytes): string {
  const text = bytes.length > LIMITS.promptBytes ? undefined : readUtf8(bytes);
  if (text === undefined) throw noText();
  return text;
}
