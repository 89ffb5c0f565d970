// A member's channel: its outbox, and the connection on which commands and answers travel.
import * as Y from 'yjs';
import { backoffDelayMs } from '../../base/backoff.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { TIMES } from '../../protocol/limits.ts';
import { Outbox } from '../../session/outbox.ts';
import type { Arrived, OutboxOptions } from '../../session/outboxOptions.ts';
import { DocumentConnection } from '../documentConnection.ts';

/** Pauses before a channel that the relay has closed is tried again. */
const AGAIN = { firstMs: 1_000, maxMs: 30_000 } as const;

/** What a channel needs. */
export interface MemberChannelOptions extends Omit<OutboxOptions, 'doc' | 'canHear' | 'arrived'> {
  /** Name of its document. */
  readonly name: string;
  /** Whether the host is heard on the main document. */
  readonly isHeard: () => boolean;
  /** The member's own admission token. */
  readonly token: string;
  readonly webSocket: typeof WebSocket;
  /** Random number in [0, 1), for pauses. */
  readonly random: () => number;
}

/** Takes commands at once; they travel from when the member is admitted. */
export class MemberChannel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: MemberChannelOptions;
  private doc = new Y.Doc();
  private connection: DocumentConnection | undefined;
  private again: Disposable | undefined;
  private attempts = 0;
  private arrived: Arrived | undefined;
  /** When commands were first seen to be sent, by id. */
  private readonly sentAt = new Map<string, number>();
  private triedAt = 0;
  /** Since when the host is heard on the main document. */
  private heardSince: number | undefined;
  private tries = 0;

  readonly outbox: Outbox;

  constructor(options: MemberChannelOptions) {
    this.options = options;
    this.disposables.defer(() => this.doc.destroy());
    const canHear = (): boolean => this.canHear();
    const arrived = (): Arrived | undefined => this.arrived;
    this.outbox = this.disposables.add(new Outbox({ ...options, doc: this.doc, canHear, arrived }));
    this.disposables.add(this.outbox.onDidChange(() => this.followSent()));
    this.disposables.add(options.clock.every(1_000, () => this.lookAtSent()));
    this.disposables.defer(() => this.again?.dispose());
  }

  /** [P4] What the host says has come of this window, if it misses something. */
  heard(arrived: Arrived | undefined): void {
    this.arrived = arrived;
  }

  /** Opens a new socket: the one that is open may be dead. */
  reconnect(): void {
    if (this.connection?.status.kind === 'synced') this.connection.reconnect();
  }

  /** Asks whether the socket lives. */
  ask(): void {
    this.connection?.ask();
  }

  /** Opens the connection, if it is not open yet. */
  enter(url: string): void {
    if (this.connection || this.disposables.isDisposed) return;
    const { name, token, webSocket, random, clock } = this.options;
    const parts = { doc: this.doc, name, url, token, webSocket, random, clock };
    const connection = new DocumentConnection(parts);
    this.connection = this.disposables.add(connection);
    this.disposables.add(
      connection.onDidChange(({ kind }) => {
        if (kind === 'synced') this.attempts = 0;
        if (kind === 'closed') this.tryAgain(connection);
      }),
    );
  }

  /** The relay moved. */
  move(url: string): void {
    this.connection?.setAddress(url, this.options.token);
    this.connection?.reconnect();
  }

  /** Ends the connection for good; the outbox stays to be read. */
  leave(): void {
    this.again?.dispose();
    this.connection?.dispose();
    this.outbox.giveUp();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** An answer would have come: by the channel, or its connection has had time enough to be made. */
  private canHear(): boolean {
    const { isHeard, isLocked } = this.options;
    if (!isHeard() || isLocked() || this.heardSince === undefined) return false;
    const heardMs = this.options.clock.monotonic() - this.heardSince;
    return this.connection?.status.kind === 'synced' || heardMs >= TIMES.withheldMs;
  }

  private followSent(): void {
    const sent = this.outbox.items.filter(({ status }) => status === 'sent').map(({ id }) => id);
    for (const id of this.sentAt.keys()) if (!sent.includes(id)) this.sentAt.delete(id);
    const now = this.options.clock.monotonic();
    for (const id of sent) if (!this.sentAt.has(id)) this.sentAt.set(id, now);
    if (this.sentAt.size === 0) this.tries = 0;
  }

  /** [P4] A host that lives answers at once: where nothing comes, it is asked for on another socket. */
  private lookAtSent(): void {
    const now = this.options.clock.monotonic();
    this.heardSince = this.options.isHeard() ? (this.heardSince ?? now) : undefined;
    const isLate = [...this.sentAt.values()].some((at) => now - at > TIMES.askAgainMs);
    if (!isLate || !this.options.isHeard() || now - this.triedAt < TIMES.freshDocumentMs) return;
    this.triedAt = now;
    if (this.tries++ === 0) return this.reconnect();
    // The document may have taken in what was altered: in another one everything is sent again.
    this.doc.destroy();
    this.doc = new Y.Doc();
    this.outbox.follow(this.doc);
    this.connection?.renew(this.doc);
  }

  /**
   * Whether the membership is over is told by the main document. A relay that refuses the channel
   * alone has not heard of the member yet, or holds a document that the host must make smaller.
   */
  private tryAgain(connection: DocumentConnection): void {
    this.again?.dispose();
    const { random } = this.options;
    const delayMs = backoffDelayMs(this.attempts, { ...AGAIN, random });
    this.attempts += 1;
    this.again = this.options.clock.after(delayMs, () => connection.reconnect());
  }
}
