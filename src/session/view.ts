// What everybody who watches a room gets: the one interface of panel, trees and terminal client.
import type { SaidParts } from '../protocol/said.ts';
import type { AppError, ErrorWords } from '../base/errors.ts';
import type { Event } from '../base/emitter.ts';
import type { Bytes } from '../base/bytes.ts';
import type { AckStatus, Rejection } from '../protocol/command.ts';
import type { CommandArgs, CommandKind } from '../protocol/commandTable.ts';
import type { Json } from '../protocol/json.ts';
import type { Open } from '../protocol/openEnum.ts';
import type { Person, RoomState } from '../protocol/state.ts';
import type { ShownText } from '../protocol/entryParts.ts';
import type { Entry } from '../protocol/transcript.ts';
import { unreadableState } from './errors.ts';
import type { Outgoing } from './attached/parts.ts';

/** How true the picture is. Never "connected" when dead. [O12] Where it is not live, `lastBeatAt` is the last sign of life: a beat, or anything else that the host has signed. Times are ms of this device's monotonic clock. */
export type Truth =
  /** First connection under way. */
  | { readonly kind: 'connecting' }
  /** The host sees us: our own nonce came back in its newest beat. */
  | { readonly kind: 'live'; readonly lastBeatAt: number }
  /** Synced, but the host has not confirmed that it sees us. */
  | {
      readonly kind: 'unconfirmed';
      readonly since: number;
      /** [P6] The host is heard and writes under a key that has not come yet. */
      readonly locked?: true;
    }
  /**
   * [P4] The host's beats name more than has come, or what comes is old: `missing` entries are held back
   * (absent when only the state is), `lateMs` is how long ago it was made.
   */
  | {
      readonly kind: 'behind';
      readonly since: number;
      readonly lastBeatAt: number | undefined;
      readonly missing?: number;
      readonly lateMs?: number;
    }
  /** Beats stopped: the host's computer or its way to the relay is away. */
  | { readonly kind: 'host-offline'; readonly lastBeatAt: number | undefined }
  /** The relay cannot be reached; the picture is what was last seen. */
  | {
      readonly kind: 'relay-offline';
      readonly since: number;
      readonly lastBeatAt: number | undefined;
      readonly reason: string;
    }
  /** It is over: revoked, left, refused. Nothing reconnects by itself. */
  | { readonly kind: 'over'; readonly error: AppError };

/** A log entry at its place. */
export interface PlacedEntry {
  readonly index: number;
  readonly entry: Entry;
}

/** Text that streams now, or was broken off: all pieces of one block joined. */
export type LiveBlock = ShownText;

/** How far a command of ours got: on this device, or as the host says. */
export type OutboxStatus = 'sending' | 'sent' | 'expired' | AckStatus;

/** A command of ours on its way. */
export interface OutboxItem {
  readonly id: string;
  readonly kind: CommandKind;
  readonly args: Json;
  readonly status: Open<OutboxStatus>;
  readonly code?: Open<Rejection>;
  /** What happened, what was kept, what to do. */
  readonly message?: string;
  /** The sentences of `message`, to be translated. */
  readonly said?: SaidParts;
  readonly result?: Json;
  /** How many pictures and files go with it. */
  readonly attached?: number;
  /** [I1] While what goes with it is on its way to the relay. */
  readonly progress?: { readonly sentBytes: number; readonly totalBytes: number };
  /** Wall time of this device, ms. */
  readonly at: number;
}

/** Whether the item will change no more; one of which something unknown is said is still open. */
export function isSettled(item: OutboxItem): boolean {
  return (
    item.status === 'done' ||
    item.status === 'rejected' ||
    item.status === 'unknown' ||
    item.status === 'expired'
  );
}

/** What changed since the last event. */
export type ViewPart = 'truth' | 'state' | 'entries' | 'live' | 'outbox' | 'alarms' | 'presence';

/** A sign that somebody between us and the host misbehaves, that two hosts write, or that what the host says cannot be read here. */
export interface Alarm {
  readonly kind: 'fork' | 'split' | 'rollback' | 'refused' | 'update' | 'withheld';
  readonly words: ErrorWords;
}

/** [R9] Why there is no state although the host has said one: waiting does not make it readable. */
export function whyNoState(view: Pick<RoomView, 'state' | 'alarms'>): AppError | undefined {
  const isUnreadable = !view.state && view.alarms.some(({ kind }) => kind === 'update');
  return isUnreadable ? unreadableState() : undefined;
}

/** One joined room. Reading is synchronous; `onDidChange` says which part to read again. */
export interface RoomView {
  readonly room: string;
  /** Own member id. */
  readonly member: string;
  /** Own window id, as it stands in the state's `focus`. */
  readonly window: string;
  readonly truth: Truth;
  /** Wall time of the host now, ms, as its signs of life tell it. */
  readonly hostNow?: number | undefined;
  readonly state: RoomState | undefined;
  /** Own row in the roster; undefined until the host admitted us. */
  readonly me: Person | undefined;
  /** Verified entries in order, without gaps; the first one's index is > 0 if older ones are to be fetched. */
  readonly entries: readonly PlacedEntry[];
  readonly live: readonly LiveBlock[];
  /** Own commands, oldest first; settled ones stay until `forget`. */
  readonly outbox: readonly OutboxItem[];
  readonly alarms: readonly Alarm[];
  readonly onDidChange: Event<ReadonlySet<ViewPart>>;
  /**
   * Sends a command, and files that go with it; the item in the outbox tells how it goes. Throws
   * AppError 'too-large' | 'too-many' | 'update' before anything is sent.
   */
  send<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    files?: readonly Outgoing[],
  ): OutboxItem;
  /** Takes back what is not sent yet; false if it is too late for that. */
  cancel(id: string): boolean;
  /** Sends and waits until it is settled. Rejects with AppError if it was not done. */
  request<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Json | undefined>;
  /** Drops a settled item from the outbox. */
  forget(id: string): void;
  /** Loads older entries; false if there are none. */
  fetchOlder(): Promise<boolean>;
  /** Loads a whole long text or image. */
  fetchBlob(blob: string): Promise<Bytes>;
  /** Says what this window does, for the others and for the lease. */
  setPresence(presence: { readonly looksAt?: string; readonly typing?: boolean }): void;
  /** Leaves: says goodbye if asked, and closes every connection. */
  close(options?: { readonly leave?: boolean }): Promise<void>;
}
