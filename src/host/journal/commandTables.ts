// Commands of a room that were accepted, their answers, and how far each sender has counted.
import type { DatabaseSync } from 'node:sqlite';
import { type Ack, ackSchema } from '../../protocol/command.ts';
import { isCommandKind } from '../../protocol/commandTable.ts';
import { parseJson } from '../../protocol/json.ts';
import type { AcceptedRow } from '../../session/roomJournal.ts';
import { sqlNumber, type Statements, statementsOf, transact } from './sqlite.ts';

/** Commands of one room. */
export class CommandTables {
  private readonly database: DatabaseSync;
  private readonly room: string;
  private readonly prepare: Statements;

  constructor(database: DatabaseSync, room: string) {
    this.database = database;
    this.room = room;
    this.prepare = statementsOf(database);
  }

  /** Of a counter that was lost nothing is known to be new: the sender goes on with its next boot. */
  highWater(member: string, boot: string): number {
    const sql = `SELECT ${sqlNumber('cseq')} FROM counters WHERE room = ? AND member = ? AND boot = ?`;
    const row = this.prepare(sql).get(this.room, member, boot);
    if (row === undefined) return 0;
    return typeof row['cseq'] === 'number' ? row['cseq'] : Number.MAX_SAFE_INTEGER;
  }

  /** Journals a command, and its answer once it has one. */
  save(row: AcceptedRow, ack: Ack | undefined): void {
    const { member, id, boot, kind, at } = row;
    const cseq = row.cseq ?? null;
    transact(this.database, () => {
      const sql = `INSERT INTO commands (room, member, id, boot, kind, cseq, at, ack)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (room, member, id) DO UPDATE SET ack = excluded.ack`;
      const text = ack === undefined ? null : JSON.stringify(ack);
      this.prepare(sql).run(this.room, member, id, boot, kind, cseq, at, text);
      if (cseq === null) return;
      const raise = `INSERT INTO counters (room, member, boot, cseq) VALUES (?, ?, ?, ?)
        ON CONFLICT (room, member, boot) DO UPDATE SET cseq = max(cseq, excluded.cseq)`;
      this.prepare(raise).run(this.room, member, boot, cseq);
    });
  }

  /** An answer that was lost is not made up: the outcome is unknown then. */
  findResult(member: string, id: string): Ack | 'accepted' | undefined {
    const row = this.prepare(
      'SELECT ack FROM commands WHERE room = ? AND member = ? AND id = ?',
    ).get(this.room, member, id);
    if (row === undefined) return undefined;
    const ack = typeof row['ack'] === 'string' ? parseJson(row['ack']) : undefined;
    return ackSchema.safeParse(ack).data ?? 'accepted';
  }

  unsettled(): readonly AcceptedRow[] {
    const sql = `SELECT member, boot, id, kind, ${sqlNumber('at')}, ${sqlNumber('cseq')}
      FROM commands WHERE room = ? AND ack IS NULL ORDER BY at`;
    return this.prepare(sql)
      .all(this.room)
      .flatMap(({ member, boot, id, kind, at, cseq }) => {
        if (typeof member !== 'string' || typeof boot !== 'string') return [];
        if (typeof id !== 'string' || typeof kind !== 'string' || !isCommandKind(kind)) return [];
        const time = typeof at === 'number' ? at : 0;
        return [
          { member, boot, id, kind, at: time, ...(typeof cseq === 'number' ? { cseq } : {}) },
        ];
      });
  }

  forgetResults(before: number): void {
    this.prepare('DELETE FROM commands WHERE room = ? AND at < ? AND ack IS NOT NULL').run(
      this.room,
      before,
    );
  }
}
