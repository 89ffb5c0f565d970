// What the journal knows of sessions: their facts, prompts, child processes and raw transcript lines.
import { sharingSchema } from '../../protocol/link.ts';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { type Json, parseJson } from '../../protocol/json.ts';
import {
  backgroundTaskSchema,
  queueWaitSchema,
  queueHoldSchema,
  workingTreeSchema,
  writersChoiceSchema,
} from '../../protocol/state.ts';
import { waitSchema } from '../../protocol/wait.ts';
import { authorSchema, promptImageSchema } from '../../protocol/entryParts.ts';
import { sqlNumber, type SqlRow, transact } from './sqlite.ts';

/** A session that this host opened once. Unknown fields survive. */
export const storedSessionSchema = z.looseObject({
  id: z.string(),
  room: z.string(),
  source: z.enum(['hosted', 'observed']),
  cwd: z.string(),
  /** The folder itself, where `cwd` is a link or leads over one: as it was when the agent first ran in it. */
  realCwd: z.optional(z.string()),
  title: z.string(),
  startedAt: z.number(),
  lastActivityAt: z.number(),
  /** It ended, or its terminal did. */
  ended: z.boolean(),
  archived: z.optional(z.boolean()),
  /** [H5] It stands above all others. */
  pinned: z.optional(z.boolean()),
  /** [H6] Its owner does not want to see it in the list. */
  unlisted: z.optional(z.boolean()),
  /** The agent's own id of the conversation. */
  agentSessionId: z.optional(z.string()),
  agentVersion: z.optional(z.string()),
  transcriptPath: z.optional(z.string()),
  branch: z.optional(z.string()),
  /** [H9] As it was after the last turn. */
  tree: z.optional(workingTreeSchema),
  /** [H10] Files that its agent has changed, as it names them; the first thousand. */
  changedFiles: z.optional(z.array(z.string())),
  model: z.optional(z.string()),
  mode: z.optional(z.string()),
  /** Somebody chose the mode, or it changed as the session ran: a new start is to have it too. */
  isModeChosen: z.optional(z.boolean()),
  effort: z.optional(z.string()),
  /** Somebody chose the effort: a new start is to have it too. */
  isEffortChosen: z.optional(z.boolean()),
  contextTokens: z.optional(z.number()),
  contextLimit: z.optional(z.number()),
  costUsd: z.optional(z.number()),
  /** Key of the found session that an observed one watches. */
  foundKey: z.optional(z.string()),
  /** Environment to resume with; nothing that looks like a secret is in it. */
  env: z.optional(z.record(z.string(), z.string())),
  /** Where others' parts of the conversation begin that nobody has settled, by the agent's own names. */
  theirs: z.optional(z.array(z.string())),
  /** [Z5] Where the conversation ended when the host let it go, by the agent's own name; absent while an agent runs. */
  ourEnd: z.optional(z.string()),
  /** [Z3] What becomes of others, if it was chosen and is not done yet. */
  writersChoice: z.optional(
    z.object({ choice: writersChoiceSchema, by: z.exactOptional(authorSchema) }),
  ),
  sharing: z.optional(sharingSchema),
  /** [G1] Background work of the agent that runs. */
  tasks: z.optional(z.array(backgroundTaskSchema)),
  /** [Q5] Nothing of the queue runs until somebody says so. */
  queueHold: z.optional(queueHoldSchema),
  /** [W1] The usage limit of the account that it has reached. */
  wait: z.optional(waitSchema),
  /** Relay servers besides this computer's own that the session is shared on; access keys are secret. */
  relays: z.optional(
    z.array(z.object({ url: z.string(), accessKey: z.exactOptional(z.string()) })),
  ),
});

/** How far a prompt got. `held`: it waits for somebody's release. `sent` is written before the agent gets it. */
export const promptStateSchema = z.enum([
  'accepted',
  'held',
  'sent',
  'queued',
  'started',
  'completed',
  'cancelled',
  'unknown',
]);

const storedPromptSchema = z.object({
  promptId: z.string(),
  text: z.string(),
  author: authorSchema,
  at: z.number(),
  images: z.optional(z.array(promptImageSchema)),
  /** [I6] Files that came with it, where the host keeps them. */
  files: z.optional(z.array(z.object({ name: z.string(), path: z.string(), bytes: z.number() }))),
  /** A guest's: it is handed over as text, in which nothing is expanded. */
  guest: z.optional(z.boolean()),
  /** Why it is held, if not because control has passed on. */
  waits: z.optional(queueWaitSchema),
  /** Under which id the agent has it, if not under its own: it has given it back once. */
  sentAs: z.optional(z.string()),
  /** Somebody else than its author has changed its text. */
  edited: z.optional(z.boolean()),
});

export type StoredSession = z.infer<typeof storedSessionSchema>;
export type PromptState = z.infer<typeof promptStateSchema>;
/** A prompt as it was accepted, and how far it got. */
export type StoredPrompt = z.infer<typeof storedPromptSchema> & { readonly state: PromptState };

/** A row of which no session can be read. */
export interface UnreadableSession {
  readonly room: string;
  /** It is not what was written; else a later version has written it, which is to find it again. */
  readonly isRotten: boolean;
}

const rowNames = z.looseObject({ id: z.string(), room: z.string() });

/** An agent process of a session, named for good by pid and start time. */
export interface StoredChild {
  readonly session: string;
  readonly pid: number;
  readonly processStart: string;
}

/** Tables about sessions. */
export class SessionTables {
  private readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** All sessions. One that cannot be read is left out and left as it is: it must not hold up the others. */
  sessions(
    onUnreadable: (id: string, row: UnreadableSession) => void = () => undefined,
  ): readonly StoredSession[] {
    const rows = this.database.prepare('SELECT id, room, json FROM sessions').all();
    return rows.flatMap(({ id, room, json }) => {
      const value = typeof json === 'string' ? parseJson(json) : undefined;
      const parsed = storedSessionSchema.safeParse(value);
      // A row says twice whose it is.
      const named = rowNames.safeParse(value).data;
      const isRotten = named === undefined || named.id !== id || named.room !== room;
      if (parsed.success && !isRotten) return [parsed.data];
      onUnreadable(String(id), { room: typeof room === 'string' ? room : '', isRotten });
      return [];
    });
  }

  saveSession(session: StoredSession): void {
    this.database
      .prepare('INSERT OR REPLACE INTO sessions (id, room, json) VALUES (?, ?, ?)')
      .run(session.id, session.room, JSON.stringify(session));
  }

  /** Forgets a session that never began, and the prompt that it was to begin with. */
  deleteSession(id: string): void {
    transact(this.database, () => {
      this.database.prepare('DELETE FROM prompts WHERE session = ?').run(id);
      this.database.prepare('DELETE FROM sessions WHERE id = ?').run(id);
    });
  }

  /** Journals a prompt; false if this id is known already (then nothing changes). */
  addPrompt(session: string, prompt: StoredPrompt): boolean {
    const { state, ...body } = prompt;
    const sql = `INSERT OR IGNORE INTO prompts (session, prompt, seq, state, json) VALUES (?1, ?2,
      (SELECT coalesce(max(seq), 0) + 1 FROM prompts WHERE session = ?1), ?3, ?4)`;
    const result = this.database
      .prepare(sql)
      .run(session, prompt.promptId, state, JSON.stringify(body));
    return result.changes > 0;
  }

  setPromptState(session: string, promptId: string, state: PromptState): void {
    this.database
      .prepare('UPDATE prompts SET state = ? WHERE session = ? AND prompt = ?')
      .run(state, session, promptId);
  }

  /** Replaces what a prompt says; its state stays. */
  editPrompt(session: string, prompt: StoredPrompt): void {
    const body = storedPromptSchema.parse(prompt);
    this.database
      .prepare('UPDATE prompts SET json = ? WHERE session = ? AND prompt = ?')
      .run(JSON.stringify(body), session, body.promptId);
  }

  /** Puts prompts that have not ended into this order. */
  orderPrompts(session: string, promptIds: readonly string[]): void {
    const place = this.database.prepare(
      'UPDATE prompts SET seq = ? WHERE session = ? AND prompt = ?',
    );
    transact(this.database, () => {
      const sql = 'SELECT coalesce(max(seq), 0) AS last FROM prompts WHERE session = ?';
      const last = Number(this.database.prepare(sql).get(session)?.['last'] ?? 0);
      for (const [at, promptId] of promptIds.entries()) place.run(last + 1 + at, session, promptId);
    });
  }

  prompt(session: string, promptId: string): StoredPrompt | undefined {
    const sql = 'SELECT state, json FROM prompts WHERE session = ? AND prompt = ?';
    const row = this.database.prepare(sql).get(session, promptId);
    return row && storedPrompt(row);
  }

  /** Prompts whose end is not known, in the order of their acceptance. */
  openPrompts(session: string): readonly StoredPrompt[] {
    const sql = `SELECT state, json FROM prompts WHERE session = ?
      AND state IN ('accepted', 'held', 'sent', 'queued', 'started') ORDER BY seq`;
    return this.database
      .prepare(sql)
      .all(session)
      .flatMap((row) => storedPrompt(row) ?? []);
  }

  /** Prompts of which not even the state can be read any more, or which wait and whose words are lost: nobody knows what became of them. How many. */
  dropRottenPrompts(session: string): number {
    const rows = this.database
      .prepare('SELECT prompt, state, json FROM prompts WHERE session = ?')
      .all(session);
    const over: ReadonlySet<unknown> = new Set(['completed', 'cancelled', 'unknown']);
    const rotten = rows.filter((row) => !over.has(row['state']) && storedPrompt(row) === undefined);
    const settle = this.database.prepare(
      "UPDATE prompts SET state = 'unknown' WHERE session = ? AND prompt = ?",
    );
    transact(this.database, () => {
      for (const { prompt } of rotten) settle.run(session, prompt ?? null);
    });
    return rotten.length;
  }

  saveChild(child: StoredChild, at: number): void {
    this.database
      .prepare(
        'INSERT OR REPLACE INTO children (session, pid, process_start, at) VALUES (?, ?, ?, ?)',
      )
      .run(child.session, child.pid, child.processStart, at);
  }

  removeChild(session: string): void {
    this.database.prepare('DELETE FROM children WHERE session = ?').run(session);
  }

  children(): readonly StoredChild[] {
    return this.database
      .prepare(`SELECT session, ${sqlNumber('pid')}, process_start AS start FROM children`)
      .all()
      .flatMap(({ session, pid, start }) => {
        // Of one that is lost the processes of this computer are asked, as of any other writer.
        if (typeof session !== 'string' || typeof start !== 'string') return [];
        const isPid = typeof pid === 'number' && Number.isInteger(pid) && pid > 0;
        return isPid ? [{ session, pid, processStart: start }] : [];
      });
  }

  /**
   * Keeps exact transcript lines for a later resume elsewhere. A line that is there already is
   * skipped; one with a known uuid that says something else is kept too: after a compaction Claude
   * Code writes lines once more, behind another one.
   */
  appendRawLines(session: string, lines: readonly { file: string; line: Json }[]): void {
    const insert = this.database.prepare(
      `INSERT OR IGNORE INTO raw_lines (session, file, seq, uuid, line) VALUES (?1, ?2,
       (SELECT coalesce(max(seq), 0) + 1 FROM raw_lines WHERE session = ?1 AND file = ?2), ?3, ?4)`,
    );
    const find = this.database.prepare(
      'SELECT 1 FROM raw_lines WHERE session = ? AND file = ? AND line = ? LIMIT 1',
    );
    transact(this.database, () => {
      for (const { file, line } of lines) {
        const text = JSON.stringify(line);
        const uuid = uuidOf(line);
        if (insert.run(session, file, uuid, text).changes > 0) continue;
        if (find.get(session, file, text) === undefined) insert.run(session, file, null, text);
      }
    });
  }

  /** Kept lines of one transcript file in order. */
  rawLines(session: string, file: string): readonly string[] {
    const sql = 'SELECT line FROM raw_lines WHERE session = ? AND file = ? ORDER BY seq';
    return this.database
      .prepare(sql)
      .all(session, file)
      .flatMap(({ line }) => (typeof line === 'string' ? [line] : []));
  }
}

function storedPrompt({ state, json }: SqlRow): StoredPrompt | undefined {
  const value = typeof json === 'string' ? parseJson(json) : undefined;
  const body = storedPromptSchema.safeParse(value).data;
  const known = promptStateSchema.safeParse(state).data;
  return body && known && { ...body, state: known };
}

const lineWithUuid = z.looseObject({ uuid: z.string() });

function uuidOf(line: Json): string | null {
  return lineWithUuid.safeParse(line).data?.uuid ?? null;
}
