// Awareness between the connections of one document: who hears what, and what is not passed on.
import { CLOSE } from '../../protocol/closeCodes.ts';
import { AwarenessBook } from './awarenessBook.ts';
import type { RelaySocket } from '../door/relaySocket.ts';
import type { RelayLimits } from '../relayLimits.ts';
import {
  type AwarenessEntry,
  decodeAwareness,
  encodeAwareness,
  readAwarenessState,
} from './wire.ts';

/** What the awareness of a document is made of. */
export interface DocumentAwarenessOptions {
  /** The connections of the document, as they are at any time. */
  readonly connections: ReadonlySet<RelaySocket>;
  readonly limits: RelayLimits;
  /** Everybody may send as much as a host. */
  readonly isOpen: boolean;
}

/** Takes awareness messages and tells everybody. */
export class DocumentAwareness {
  private readonly options: DocumentAwarenessOptions;
  private readonly book = new AwarenessBook<RelaySocket>();

  constructor(options: DocumentAwarenessOptions) {
    this.options = options;
  }

  /** Takes the payload of a message. */
  receive(connection: RelaySocket, payload: Uint8Array): void {
    const entries = decodeAwareness(payload, this.options.limits.awarenessEntries);
    if (!entries) return connection.close(CLOSE.badMessage, 'not an awareness message');
    const rank = connection.access.isHost ? 'host' : 'guest';
    const outcome = this.book.receive(connection, this.readable(entries), rank);
    switch (outcome.kind) {
      case 'publish':
        return connection.takeAwareness() ? this.publish(outcome.entry) : undefined;
      case 'reclaimed':
        outcome.impostor.close(CLOSE.badMessage, 'speaks for the host');
        return this.publish(outcome.entry);
      case 'contested':
        return outcome.holder.probe();
      case 'nothing':
        return undefined;
    }
  }

  /** Sends the states of all to one. */
  sendTo(connection: RelaySocket): void {
    const entries = this.book.entries();
    if (entries.length === 0) return;
    this.book.noteDelivered(connection, entries);
    connection.send(encodeAwareness(entries));
  }

  /** Tells the others that a connection's client left. */
  leave(connection: RelaySocket): void {
    const left = this.book.leave(connection);
    if (left) this.publish(left);
  }

  private readable(entries: readonly AwarenessEntry[]): readonly AwarenessEntry[] {
    const { limits, isOpen } = this.options;
    const maxChars = isOpen ? limits.guestFrameBytes : limits.awarenessBytes;
    return entries.flatMap((entry) => {
      const isSmall = entry.state.length <= maxChars;
      const state = isSmall ? readAwarenessState(entry.state) : undefined;
      return state === undefined ? [] : [{ ...entry, state }];
    });
  }

  /** To everybody, the sender included: stock clients drop a socket that was silent for 30 s. */
  private publish(entry: AwarenessEntry): void {
    const frame = encodeAwareness([entry]);
    for (const connection of this.options.connections) {
      this.book.noteDelivered(connection, [entry]);
      connection.send(frame);
    }
  }
}
