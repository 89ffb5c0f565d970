// The durable memory of one room on its host. Synchronous: when a call returns, the data is on disk.
import type { Ack } from '../protocol/command.ts';
import type { CommandKind } from '../protocol/commandTable.ts';
import type { Open } from '../protocol/openEnum.ts';
import type { Role } from '../protocol/role.ts';
import type { Scope } from '../protocol/state.ts';

/** A log record as it was written: the exact plaintext and its place in the chain. */
export interface StoredRecord {
  readonly index: number;
  /** SHA-256 of `text`, base64url. */
  readonly hash: string;
  /** Exact plaintext JSON (logSchema). */
  readonly text: string;
}

/** A member that was admitted once; what a newer version has added to the row stays in it. */
export interface StoredMember {
  readonly member: string;
  readonly key: string;
  readonly exchangeKey?: string;
  readonly name: string;
  readonly device: string;
  readonly role: Open<Role>;
  readonly scopes: readonly Open<Scope>[];
  readonly asksControl: boolean;
  readonly inviteId: string;
  /** Hash of the token by which it enters its channel. */
  readonly tokenHash: string;
  readonly since: number;
  readonly notAfter?: number;
  /** [J8] The name looks like somebody else's, and has a number. */
  readonly alike?: boolean;
  /** [J7] Host wall time when it gave its place up, ms: it is no member until it has one again. */
  readonly gaveWayAt?: number;
}

/** An invite that still works; what a newer version has added to the row stays in it. */
export interface StoredInvite {
  readonly inviteId: string;
  /** 32 bytes, base64url: secret. */
  readonly secret: string;
  readonly role: Open<Role>;
  readonly scopes: readonly Open<Scope>[];
  readonly allowControl: boolean;
  readonly loopbackOnly: boolean;
  /** [J7] How many may be in by it; absent: `LIMITS.placesOfLink`. */
  readonly places?: number;
  /** Host wall time, ms. */
  readonly notAfter: number;
  /** Relay address that the link names. */
  readonly relay?: string;
  readonly createdAt: number;
}

/** An accepted command: journalled before its effect. */
export interface AcceptedRow {
  readonly member: string;
  /** Boot of the sender, base64url. */
  readonly boot: string;
  readonly id: string;
  readonly kind: CommandKind;
  readonly cseq?: number;
  readonly at: number;
}

/** Durable memory of one room. */
export interface RoomJournal {
  /** Index the next log record gets, and the hash of the last one (empty before the first). */
  logEnd(): { readonly nextIndex: number; readonly lastHash: string };
  appendLog(records: readonly StoredRecord[]): void;
  /** Records with from ≤ index < to, in order. */
  readLog(from: number, to: number): readonly StoredRecord[];

  /** Counter of the last consumed command of a member's boot; 0 before the first. */
  highWater(member: string, boot: string): number;
  /** Journals a command before its effect; raises the counter if it has one. */
  acceptCommand(row: AcceptedRow): void;
  /** Journals the final answer; for a refused command also its counter (a refusal consumes it). */
  settleCommand(row: AcceptedRow, ack: Ack): void;
  /** The final answer of a command that is known, or 'accepted' if it was journalled and never settled. */
  findResult(member: string, id: string): Ack | 'accepted' | undefined;
  /** Commands that were accepted and never settled: after a restart their outcome is unknown. */
  unsettled(): readonly AcceptedRow[];
  /** Forgets results older than this wall time. */
  forgetResults(before: number): void;

  fence(): number;
  saveFence(fence: number): void;

  members(): readonly StoredMember[];
  saveMember(member: StoredMember): void;
  removeMember(member: string): void;
  invites(): readonly StoredInvite[];
  saveInvite(invite: StoredInvite): void;
  removeInvite(inviteId: string): void;

  /** Content secrets by epoch, base64url; never empty. */
  epochs(): readonly { readonly epoch: number; readonly secret: string }[];
  addEpoch(epoch: number, secret: string): void;
}
