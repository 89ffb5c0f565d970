// Knocking: tells the host our keys through the knock document, until we stand in the roster.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { type Bytes, toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { hashToken } from '../../crypto/admissionToken.ts';
import type { Identity } from '../../crypto/identity.ts';
import { type RandomBytes, randomBytes } from '../../crypto/keys.ts';
import { inviteIdOf, sealKnock } from '../../crypto/knock.ts';
import type { InviteLink } from '../../protocol/link.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { knockDocument } from '../../protocol/documentNames.ts';
import type { Knock } from '../../protocol/room.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Role } from '../../protocol/role.ts';
import type { Person } from '../../protocol/state.ts';
import { PROTOCOL_VERSIONS } from '../../protocol/version.ts';
import { outOf, placeOfRecord } from '../../session/layout.ts';
import { DocumentConnection } from '../documentConnection.ts';

/** A knock that nobody answered is written again after this time. */
const AGAIN_MS = 5_000;

/** What knocking needs. */
export interface KnockingOptions {
  readonly link: InviteLink;
  readonly roomBytes: Bytes;
  readonly identity: Identity;
  /** At most `LIMITS.nameBytes` each. */
  readonly name: string;
  readonly device: string;
  /** Admission token of the invite. */
  readonly token: string;
  /** Token by which the member will enter its channel; only its hash is told. */
  readonly channelToken: string;
  readonly webSocket: typeof WebSocket;
  /** Random number in [0, 1), for pauses. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** Knocks between `start` and `stop`. */
export class Knocking implements Disposable {
  private readonly options: KnockingOptions;
  private under: DisposableStore | undefined;
  private isOver = false;

  constructor(options: KnockingOptions) {
    this.options = options;
  }

  /** Knocks at the relay of this address. */
  start(url: string): void {
    if (this.under || this.isOver) return;
    const under = new DisposableStore();
    this.under = under;
    const doc = new Y.Doc();
    under.defer(() => doc.destroy());
    const connection = under.add(
      new DocumentConnection({
        doc,
        name: knockDocument(this.options.link.room),
        url,
        token: this.options.token,
        webSocket: this.options.webSocket,
        random: this.options.random,
        clock: this.options.clock,
      }),
    );
    let record: Bytes | undefined;
    const write = (): void => {
      if (!record || under.isDisposed || connection.status.kind !== 'synced') return;
      const out = outOf(doc);
      if (out.length < LIMITS.knocks && placeOfRecord(out, record) < 0) out.push([record]);
    };
    void makeKnock(this.options).then((sealed) => {
      record = sealed;
      write();
    });
    under.add(connection.onDidChange(write));
    under.add(this.options.clock.every(AGAIN_MS, write));
    under.defer(() => {
      const place = record ? placeOfRecord(outOf(doc), record) : -1;
      if (place >= 0) outOf(doc).delete(place, 1);
    });
  }

  stop(): void {
    this.under?.dispose();
    this.under = undefined;
  }

  dispose(): void {
    this.isOver = true;
    this.stop();
  }
}

/** The knock record of these options. */
export async function makeKnock(
  options: Omit<KnockingOptions, 'token' | 'webSocket' | 'random'>,
  random: RandomBytes = randomBytes,
): Promise<Bytes> {
  const { link, roomBytes, identity, name, device, channelToken, clock } = options;
  const knock: Knock = {
    versions: [...PROTOCOL_VERSIONS],
    inviteId: await inviteIdOf(link.secret, link.room),
    key: toBase64Url(identity.signing.publicBytes),
    exchangeKey: identity.exchangeKey,
    name,
    device,
    nonce: toBase64Url(random(12)),
    tokenHash: await hashToken(channelToken),
    at: clock.now(),
  };
  const pair = identity.signing;
  return sealKnock({ secret: link.secret, room: link.room, roomBytes, pair, knock, random });
}

/** Whether a link asks for more than the member has or has asked for. */
export function asksMore(asked: Role, me: Person): boolean {
  const role = roleOf(me.role);
  if (asked === 'owner') return role !== 'owner';
  return asked === 'controller' && role === 'viewer' && me.asksControl !== true;
}
