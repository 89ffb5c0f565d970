// The people of a room and its links, as the journal has them. A row that is none any more lets nobody in, and keeps nobody out.
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { parseJson } from '../../protocol/json.ts';
import { openEnum } from '../../protocol/openEnum.ts';
import { roleSchema } from '../../protocol/role.ts';
import { scopeSchema } from '../../protocol/state.ts';
import type { StoredInvite, StoredMember } from '../../session/roomJournal.ts';
import { type SqlRow, type Statements, statementsOf, transact } from './sqlite.ts';

// What a newer version has written stays in a row when this one saves it again.
const memberSchema: z.ZodMiniType<StoredMember> = z.looseObject({
  member: z.string(),
  key: z.string(),
  exchangeKey: z.exactOptional(z.string()),
  name: z.string(),
  device: z.string(),
  role: openEnum(roleSchema),
  scopes: z.array(openEnum(scopeSchema)),
  asksControl: z.boolean(),
  inviteId: z.string(),
  tokenHash: z.string(),
  since: z.number(),
  notAfter: z.exactOptional(z.number()),
  alike: z.exactOptional(z.boolean()),
  gaveWayAt: z.exactOptional(z.number()),
});

const inviteSchema: z.ZodMiniType<StoredInvite> = z.looseObject({
  inviteId: z.string(),
  secret: z.string(),
  role: openEnum(roleSchema),
  scopes: z.array(openEnum(scopeSchema)),
  allowControl: z.boolean(),
  loopbackOnly: z.boolean(),
  places: z.exactOptional(z.number()),
  notAfter: z.number(),
  relay: z.exactOptional(z.string()),
  createdAt: z.number(),
});

/** How many rows of a room were dropped, since they are not what was written. */
export interface DroppedPeople {
  readonly members: number;
  readonly invites: number;
}

/** Members and invites of one room. */
export class PeopleTables {
  private readonly database: DatabaseSync;
  private readonly prepare: Statements;
  private readonly room: string;

  constructor(database: DatabaseSync, room: string) {
    this.database = database;
    this.prepare = statementsOf(database);
    this.room = room;
  }

  members(): readonly StoredMember[] {
    return this.rows(MEMBERS).flatMap((row) => memberOf(row) ?? []);
  }

  saveMember(member: StoredMember): void {
    const sql = 'INSERT OR REPLACE INTO members (room, member, json) VALUES (?, ?, ?)';
    this.prepare(sql).run(this.room, member.member, JSON.stringify(member));
  }

  removeMember(member: string): void {
    this.prepare('DELETE FROM members WHERE room = ? AND member = ?').run(this.room, member);
  }

  invites(): readonly StoredInvite[] {
    return this.rows(INVITES).flatMap((row) => inviteOf(row) ?? []);
  }

  saveInvite(invite: StoredInvite): void {
    const sql = 'INSERT OR REPLACE INTO invites (room, invite, json) VALUES (?, ?, ?)';
    this.prepare(sql).run(this.room, invite.inviteId, JSON.stringify(invite));
  }

  removeInvite(inviteId: string): void {
    this.prepare('DELETE FROM invites WHERE room = ? AND invite = ?').run(this.room, inviteId);
  }

  /** Drops the rows that cannot be read. */
  dropRotten(): DroppedPeople {
    const rotten = {
      members: this.rows(MEMBERS).filter((row) => memberOf(row) === undefined),
      invites: this.rows(INVITES).filter((row) => inviteOf(row) === undefined),
    };
    transact(this.database, () => {
      for (const { id } of rotten.members) {
        this.prepare('DELETE FROM members WHERE room = ? AND member = ?').run(
          this.room,
          id ?? null,
        );
      }
      for (const { id } of rotten.invites) {
        this.prepare('DELETE FROM invites WHERE room = ? AND invite = ?').run(
          this.room,
          id ?? null,
        );
      }
    });
    return { members: rotten.members.length, invites: rotten.invites.length };
  }

  private rows(sql: string): SqlRow[] {
    return this.prepare(sql).all(this.room);
  }
}

const MEMBERS = 'SELECT member AS id, json FROM members WHERE room = ? ORDER BY member';
const INVITES = 'SELECT invite AS id, json FROM invites WHERE room = ? ORDER BY invite';

function memberOf({ id, json }: SqlRow): StoredMember | undefined {
  const member = memberSchema.safeParse(jsonOf(json)).data;
  return member?.member === id ? member : undefined;
}

function inviteOf({ id, json }: SqlRow): StoredInvite | undefined {
  const invite = inviteSchema.safeParse(jsonOf(json)).data;
  return invite?.inviteId === id ? invite : undefined;
}

function jsonOf(text: unknown): unknown {
  return typeof text === 'string' ? parseJson(text) : undefined;
}
