// A host's link to one relay: claims the room there, keeps its tokens current, and syncs the room's documents.
import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { backoffDelayMs } from '../../base/backoff.ts';
import { toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { isAppError } from '../../base/errors.ts';
import { errorText, networkErrorWords, type Logger } from '../../base/log.ts';
import { signClaim } from '../../crypto/admissionToken.ts';
import { sign, type SigningPair } from '../../crypto/keys.ts';
import type { Claim, RelayToken } from '../../protocol/claim.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import { parseJson } from '../../protocol/json.ts';
import type { Problem } from '../../protocol/state.ts';
import { DocumentConnection } from '../documentConnection.ts';
import { anotherHost, claimRefused, relayUnreachable } from '../errors.ts';

/** A relay that a room is served on. */
export interface RelayAddress {
  /** ws:// or wss:// */
  readonly url: string;
  /** Needed by relays that let not everybody open rooms. */
  readonly accessKey?: string;
}

/** What a link needs. */
export interface RelayLinkOptions {
  readonly relay: RelayAddress;
  readonly room: string;
  readonly roomPair: SigningPair;
  readonly term: number;
  /** Boot of the host process, base64url. */
  readonly boot: string;
  /** Rises with every claim of the process, over all relays. */
  readonly nextRev: () => number;
  readonly tokens: () => Promise<RelayToken[]>;
  /** Another process has claimed the room while this one served it. */
  readonly onLose: (problem: Problem) => void;
  /** The host's own token. */
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly webSocket: typeof WebSocket;
  /** Random number in [0, 1), for pauses. */
  readonly random: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

const refusalSchema = z.looseObject({ message: z.string() });

/** Pause before the claim is renewed after a lost connection. */
const CLAIM_SOON_MS = 200;
/** A relay that has not answered a claim after this time is not reached. */
const CLAIM_TIMEOUT_MS = 10_000;
/** Pauses between tries: the first, and the longest. */
const CLAIM_AGAIN = { firstMs: 1_000, maxMs: 15_000 } as const;

/** Serves documents of one room through one relay. */
export class RelayLink implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: RelayLinkOptions;
  private readonly connections = new Map<string, DocumentConnection>();
  private claiming: Promise<void> = Promise.resolve();
  private again: { readonly at: number; readonly timer: Disposable } | undefined;
  private isServed = false;
  private failures = 0;
  private current: RelayAddress;

  constructor(options: RelayLinkOptions) {
    this.options = options;
    this.current = options.relay;
    this.disposables.defer(() => {
      for (const connection of this.connections.values()) connection.dispose();
    });
  }

  get url(): string {
    return this.current.url;
  }

  /** Whether this is the access key that it claims by. */
  hasKey(accessKey: string | undefined): boolean {
    return this.current.accessKey === accessKey;
  }

  /**
   * Claims the room and sets its tokens; rejects with AppError relay-*. Calls run one after the
   * other. Once the room is served here, what fails is tried again until it succeeds: whose token
   * was withdrawn must not stay because one request was lost.
   */
  claim(): Promise<void> {
    const next = this.claiming.then(() => (this.disposables.isDisposed ? undefined : this.put()));
    this.claiming = next.then(
      () => this.claimed(),
      (error: unknown) => this.notClaimed(error),
    );
    return next;
  }

  /** The relay has a new address or key (its process was restarted). */
  async move(relay: RelayAddress): Promise<void> {
    const before = this.current;
    this.current = relay;
    // Also if the claim has to be tried again: nothing is at the old address any more.
    for (const connection of this.connections.values()) {
      connection.setAddress(relay.url, this.options.token);
    }
    try {
      await this.claim();
    } catch (error) {
      // A key that the relay does not take must not replace the one by which it serves the room.
      if (relay.url === before.url && this.current === relay) this.current = before;
      throw error;
    }
    for (const connection of this.connections.values()) connection.reconnect();
  }

  /** Syncs a document until it is disposed or closed by name. */
  open(name: string, doc: Y.Doc, withAwareness = false): DocumentConnection {
    const known = this.connections.get(name);
    if (known) return known;
    const connection = new DocumentConnection({
      doc,
      name,
      url: this.current.url,
      token: this.options.token,
      withAwareness,
      webSocket: this.options.webSocket,
      random: this.options.random,
      clock: this.options.clock,
    });
    this.connections.set(name, connection);
    connection.onDidChange((status) => {
      // The relay may have lost its claims (a new disk): claim again, then come back.
      if (status.kind === 'offline') this.claimLater(CLAIM_SOON_MS);
      // What the relay does not take for another reason, it will not take in a moment either.
      if (status.kind === 'closed') {
        this.claimLater(status.code === CLOSE.tooBig ? CLAIM_AGAIN.maxMs : CLAIM_SOON_MS);
      }
    });
    return connection;
  }

  /** Opens a new socket for a document. */
  reconnect(name: string): void {
    this.connections.get(name)?.reconnect();
  }

  close(name: string): void {
    this.connections.get(name)?.dispose();
    this.connections.delete(name);
  }

  dispose(): void {
    this.again?.timer.dispose();
    this.disposables.dispose();
  }

  private claimed(): void {
    this.isServed = true;
    this.failures = 0;
    this.again?.timer.dispose();
    this.again = undefined;
    for (const connection of this.connections.values()) {
      if (connection.status.kind === 'closed') connection.reconnect();
    }
  }

  private notClaimed(error: unknown): void {
    if (!this.isServed || this.disposables.isDisposed) return;
    this.options.log.warn('claim failed', { error: errorText(error) });
    if (isAppError(error, 'relay-claim-conflict')) {
      this.options.onLose(anotherHost(true));
      return;
    }
    const { random } = this.options;
    this.claimLater(backoffDelayMs(this.failures, { ...CLAIM_AGAIN, random }));
    this.failures += 1;
  }

  /** Claims after a pause; of two wishes the earlier one counts. */
  private claimLater(delayMs: number): void {
    if (this.disposables.isDisposed) return;
    const { clock } = this.options;
    const at = clock.monotonic() + delayMs;
    if (this.again && this.again.at <= at) return;
    this.again?.timer.dispose();
    const timer = clock.after(delayMs, () => {
      this.again = undefined;
      // What becomes of it is seen to in any case.
      this.claim().catch(() => undefined);
    });
    this.again = { at, timer };
  }

  private async put(): Promise<void> {
    const { options } = this;
    const claim: Claim = {
      room: options.room,
      roomKey: toBase64Url(options.roomPair.publicBytes),
      term: options.term,
      boot: options.boot,
      rev: options.nextRev(),
      at: options.clock.now(),
      tokens: await options.tokens(),
    };
    const request = await signClaim(claim, (bytes) => sign(options.roomPair, bytes));
    const late = new AbortController();
    const timer = options.clock.after(CLAIM_TIMEOUT_MS, () => late.abort(noAnswer()));
    try {
      await this.send(JSON.stringify(request), late.signal);
    } finally {
      timer.dispose();
    }
  }

  private async send(body: string, signal: AbortSignal): Promise<void> {
    const { url, accessKey } = this.current;
    let response: Response;
    try {
      const address = `${url.replace(/^ws/, 'http')}/-/rooms/${this.options.room}`;
      response = await this.options.fetch(address, {
        method: 'PUT',
        headers: {
          'content-type': 'application/json',
          ...(accessKey === undefined ? {} : { authorization: `Bearer ${accessKey}` }),
        },
        body,
        signal,
      });
    } catch (error) {
      throw relayUnreachable(url, networkErrorWords(error));
    }
    if (!response.ok) throw claimRefused(url, response.status, await refusalOf(response));
  }
}

/** What the relay itself says; empty if it says nothing that a person can read. */
async function refusalOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  const refusal = refusalSchema.safeParse(parseJson(text));
  return refusal.success ? refusal.data.message.slice(0, 200) : '';
}

/** Why a claim was given up, as the runtime says it of its own time limits. */
function noAnswer(): DOMException {
  return new DOMException('The operation was aborted due to timeout', 'TimeoutError');
}
