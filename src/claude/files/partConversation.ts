// Copies our part of a conversation that others write as well: it gets an id of its own, theirs stays as it is.
import { randomUUID } from 'node:crypto';
import { cp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRecord } from '../../base/isRecord.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import { noTranscriptError } from '../errors.ts';
import { jsonField } from '../wire/jsonField.ts';
import { isKeptLine } from '../wire/keptLine.ts';

/** Bookkeeping that names the end of the conversation, which is another's. */
const ENDS: ReadonlySet<string> = new Set(['last-prompt', 'queue-operation']);

/** The new conversation's id. Throws AppError 'agent-protocol' if there is no transcript; then nothing was made. */
export async function partConversation(
  path: string | undefined,
  isOurs: (uuid: string) => boolean,
): Promise<string> {
  const text = path && (await readFile(path, 'utf8').catch(() => undefined));
  if (path === undefined || text === undefined) throw noTranscriptError();
  const sessionId = randomUUID();
  const lines = text.split('\n').flatMap((line) => {
    const json = parseJson(line);
    if (!isRecord(json) || !isWanted(json, isOurs)) return [];
    return [JSON.stringify('sessionId' in json ? { ...json, sessionId } : json)];
  });
  const target = join(dirname(path), `${sessionId}.jsonl`);
  const next = `${target}.tmp`;
  const more = path.replace(/\.jsonl$/, '');
  const moreTarget = target.replace(/\.jsonl$/, '');
  try {
    await writeFile(next, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    // Subagents, and results that are named there.
    const isThere = await stat(more).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isThere) await cp(more, moreTarget, { recursive: true, errorOnExist: true });
    await rename(next, target);
  } catch (error) {
    await rm(next, { force: true });
    await rm(moreTarget, { recursive: true, force: true });
    throw error;
  }
  return sessionId;
}

function isWanted(line: Json, isOurs: (uuid: string) => boolean): boolean {
  const type = jsonField(line, 'type');
  if (typeof type !== 'string' || ENDS.has(type)) return false;
  const uuid = jsonField(line, 'uuid');
  // Subagents of old versions stand in the conversation's own file.
  const isAside = jsonField(line, 'isSidechain') === true;
  return typeof uuid === 'string' ? isAside || isOurs(uuid) : isKeptLine(line);
}
