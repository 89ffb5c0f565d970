// A member's channel: its outbox, and the connection on which commands and answers travel.
import * as Y from 'yjs';
import { backoffDelayMs } from '../../base/backoff.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Outbox, type OutboxOptions } from '../../session/outbox.ts';
import { DocumentConnection } from '../documentConnection.ts';

/** Pauses before a channel that the relay has closed is tried again. */
const AGAIN = { firstMs: 1_000, maxMs: 30_000 } as const;

/** What a channel needs. */
export interface MemberChannelOptions extends Omit<OutboxOptions, 'doc' | 'canHear'> {
  /** Name of its document. */
  readonly name: string;
  /** Whether the host is heard on the main document. */
  readonly isLive: () => boolean;
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
  private readonly doc = new Y.Doc();
  private connection: DocumentConnection | undefined;
  private again: Disposable | undefined;
  private attempts = 0;

  readonly outbox: Outbox;

  constructor(options: MemberChannelOptions) {
    this.options = options;
    this.disposables.defer(() => this.doc.destroy());
    const canHear = (): boolean =>
      options.isLive() && !options.isLocked() && this.connection?.status.kind === 'synced';
    this.outbox = this.disposables.add(new Outbox({ ...options, doc: this.doc, canHear }));
    this.disposables.defer(() => this.again?.dispose());
  }

  /** Opens the connection, if it is not open yet. */
  enter(url: string): void {
    if (this.connection || this.disposables.isDisposed) return;
    const { name, token, webSocket, random } = this.options;
    const parts = { doc: this.doc, name, url, token, webSocket, random };
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
