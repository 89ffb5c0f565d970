// Layout of the journal database.
import type { DatabaseSync } from 'node:sqlite';

/** Layout that this build writes; raised with every change, together with a step from the one before. */
export const JOURNAL_LAYOUT = 1;

/** The one that every version before a second copy of the number was kept has written. */
export const FIRST_LAYOUT = 1;

const KEPT_LAYOUT = 'layout';

/** The layout as a row has it: the header that has it too is one page, which may be lost. */
export function keptLayout(database: DatabaseSync): number | undefined {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(KEPT_LAYOUT);
  const layout = Number(row?.['value']);
  return Number.isInteger(layout) && layout > 0 ? layout : undefined;
}

/** Says which layout a journal has, in its header and in a row. */
export function writeLayout(database: DatabaseSync, layout: number): void {
  database.exec(`PRAGMA user_version = ${layout}`);
  database
    .prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    .run(KEPT_LAYOUT, `${layout}`);
}

/** SQL that makes layout 1. JSON columns hold the schemas of their store files. */
export const JOURNAL_SQL = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE rooms (
  room TEXT PRIMARY KEY, kind TEXT NOT NULL, private_key TEXT NOT NULL,
  fence INTEGER NOT NULL DEFAULT 0, rev INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE epochs (
  room TEXT NOT NULL, epoch INTEGER NOT NULL, secret TEXT NOT NULL, PRIMARY KEY (room, epoch)
) WITHOUT ROWID;
CREATE TABLE log (
  room TEXT NOT NULL, idx INTEGER NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (room, idx)
);
CREATE INDEX log_entry ON log (room, json_extract(text, '$.entry.id'));
CREATE TABLE commands (
  room TEXT NOT NULL, member TEXT NOT NULL, id TEXT NOT NULL, boot TEXT NOT NULL,
  kind TEXT NOT NULL, cseq INTEGER, at REAL NOT NULL, ack TEXT, PRIMARY KEY (room, member, id)
) WITHOUT ROWID;
CREATE INDEX commands_at ON commands (room, at);
CREATE TABLE counters (
  room TEXT NOT NULL, member TEXT NOT NULL, boot TEXT NOT NULL, cseq INTEGER NOT NULL,
  PRIMARY KEY (room, member, boot)
) WITHOUT ROWID;
CREATE TABLE members (
  room TEXT NOT NULL, member TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (room, member)
) WITHOUT ROWID;
CREATE TABLE invites (
  room TEXT NOT NULL, invite TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (room, invite)
) WITHOUT ROWID;
CREATE TABLE blobs (
  room TEXT NOT NULL, blob TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (room, blob)
);

CREATE TABLE sessions (id TEXT PRIMARY KEY, room TEXT NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE prompts (
  session TEXT NOT NULL, prompt TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
  json TEXT NOT NULL, PRIMARY KEY (session, prompt)
) WITHOUT ROWID;
CREATE TABLE children (
  session TEXT PRIMARY KEY, pid INTEGER NOT NULL, process_start TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE raw_lines (
  session TEXT NOT NULL, file TEXT NOT NULL, seq INTEGER NOT NULL, uuid TEXT, line TEXT NOT NULL,
  PRIMARY KEY (session, file, seq)
);
CREATE UNIQUE INDEX raw_lines_uuid ON raw_lines (session, file, uuid);
`;

/** What is read of each of its tables. */
export const JOURNAL_TABLES: Readonly<Record<string, string>> = {
  meta: 'key, value',
  rooms: 'room, kind, private_key, fence, rev, created_at',
  epochs: 'room, epoch, secret',
  log: 'room, idx, hash, text',
  commands: 'room, member, id, boot, kind, cseq, at, ack',
  counters: 'room, member, boot, cseq',
  members: 'room, member, json',
  invites: 'room, invite, json',
  blobs: 'room, blob, bytes',
  sessions: 'id, room, json',
  prompts: 'session, prompt, seq, state, json',
  children: 'session, pid, process_start, at',
  raw_lines: 'session, file, seq, uuid, line',
};
