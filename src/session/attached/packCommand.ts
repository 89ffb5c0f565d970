// [I1] What of a command travels in itself, and what goes before it in parts.
import { utf8Bytes } from '../../base/bytes.ts';
import type { CommandKind } from '../../protocol/commandTable.ts';
import type { Attached } from '../../protocol/entryParts.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { commandTooLarge } from '../errors.ts';
import { promptTooLong, tooManyAttached, tooMuchAttached } from './errors.ts';
import type { Outgoing } from './parts.ts';

/** Kinds whose text may be longer than a command. */
const WITH_TEXT: ReadonlySet<CommandKind> = new Set(['prompt', 'edit-queued']);
/** Header, counter, times and padding of a command; what names its parts. */
const RESERVED_BYTES = 2048;
const ATTACHED_BYTES = 512;

/** A command in two. */
export interface Packed {
  /** Its arguments as they travel. */
  readonly wire: Json;
  readonly outgoing: readonly Outgoing[];
}

/** Splits a command's arguments. Throws AppError 'too-large' or 'too-many'. */
export function packCommand(kind: CommandKind, args: Json, files: readonly Outgoing[]): Packed {
  const room = LIMITS.commandBytes - RESERVED_BYTES - (files.length + 1) * ATTACHED_BYTES;
  const bytes = utf8Bytes(JSON.stringify(args)).length;
  const isLong = bytes > (files.length === 0 ? LIMITS.commandBytes - RESERVED_BYTES : room);
  if (isLong && !WITH_TEXT.has(kind)) throw commandTooLarge(bytes);
  const long = isLong ? longText(args) : undefined;
  if (isLong && long === undefined) throw commandTooLarge(bytes);
  const outgoing = [...files, ...(long === undefined ? [] : [long.outgoing])];
  if (outgoing.length > LIMITS.attached) throw tooManyAttached();
  const total = outgoing.reduce((sum, one) => sum + one.bytes.length, 0);
  if (total > LIMITS.attachedBytes) throw tooMuchAttached(total);
  return { wire: long?.rest ?? args, outgoing };
}

/** The arguments with the parts that the relay has. */
export function withAttached(wire: Json, attached: readonly Attached[]): Json {
  // What they name is JSON by its schema, which its inferred type does not say.
  return { ...objectOf(wire), attached: attached as unknown as Json };
}

function longText(args: Json): { readonly rest: Json; readonly outgoing: Outgoing } | undefined {
  const { text } = objectOf(args);
  if (typeof text !== 'string') return undefined;
  const bytes = utf8Bytes(text);
  if (bytes.length > LIMITS.promptBytes) throw promptTooLong(bytes.length);
  return { rest: { ...objectOf(args), text: '' }, outgoing: { use: 'text', bytes } };
}

/** Arguments are an object by their schemas. */
function objectOf(args: Json): { readonly [key: string]: Json } {
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  // What is an object and no list has keys and values.
  return isObject ? (args as { readonly [key: string]: Json }) : {};
}
