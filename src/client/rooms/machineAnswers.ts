// What a machine room answers to commands, read.
import * as z from 'zod/mini';
import { say, type Words } from '../../base/say.ts';
import type { CommandArgs, MachineCommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import { directoryRowSchema } from '../../protocol/state.ts';
import { unexpectedAnswer } from '../errors.ts';

const sessionSchema = z.looseObject({ session: z.string() });
const linkSchema = z.looseObject({ link: z.string(), notAfter: z.number() });
const pageSchema = z.looseObject({ total: z.number(), sessions: z.array(directoryRowSchema) });

/** A page of the machine's sessions; `total` counts all there are. */
export type SessionPage = z.infer<typeof pageSchema>;

/** A link that was made; `notAfter` is the host's wall time, ms. */
export type MadeLink = z.infer<typeof linkSchema>;

/** Sends a command to a machine room and gives its answer. Rejects with AppError. */
export type MachineRequest = <K extends MachineCommandKind>(
  kind: K,
  args: CommandArgs<K>,
) => Promise<Json | undefined>;

/** Id of the session that was started, opened or continued. Throws AppError 'internal'. */
export function sessionOfAnswer(answer: Json | undefined): string {
  return read(sessionSchema, answer, say`about the session`).session;
}

/** The link that sharing made. Throws AppError 'internal'. */
export function linkOfAnswer(answer: Json | undefined): MadeLink {
  return read(linkSchema, answer, say`about the link`);
}

/** Sessions from `offset` on, in the order of the directory. Rejects with AppError. */
export async function fetchSessions(request: MachineRequest, offset: number): Promise<SessionPage> {
  return read(pageSchema, await request('fetch-sessions', { offset }), say`with more sessions`);
}

function read<T>(schema: z.ZodMiniType<T>, answer: Json | undefined, what: Words): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw unexpectedAnswer(what);
  return parsed.data;
}
