// Rooms of this host: made once with their keys, served on the relay of this computer and where they are shared.
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { join } from 'node:path';
import { toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { errorText, type Logger, prefixLogger } from '../../base/log.ts';
import { roomIdOfKey } from '../../crypto/admissionToken.ts';
import {
  exportSigningPair,
  generateSigningPair,
  newBootOf,
  randomBytes,
} from '../../crypto/keys.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { formatLink, parseLink } from '../../protocol/link.ts';
import { roleOf } from '../../protocol/openValues.ts';
import { HostRoom } from '../../sync/host/hostRoom.ts';
import type { HostIdentity, HostRoomOptions, RoomKeys } from '../../sync/host/hostRoomOptions.ts';
import type { Journal, StoredRoom } from '../journal/journal.ts';
import type { RelayChild } from './relayChild.ts';
import { roomKeysDamaged } from '../journal/errors.ts';
import type { DroppedPeople } from '../journal/peopleTables.ts';
import { readRoomKeys } from './roomKeys.ts';
import { AttachedFiles } from '../journal/attachedFiles.ts';
import { OutputStore } from '../journal/outputStore.ts';
import type { RoomTables } from '../journal/roomTables.ts';

/** Owner links live as long as the host; they are made anew at each start. */
const OWNER_LIFETIME_MS = 10 * 365 * 24 * 3_600_000;

/** What rooms need. */
export interface ServedRoomsOptions {
  readonly journal: Journal;
  /** Folder of long outputs. */
  readonly outputs: string;
  readonly relay: RelayChild;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A served room and how the owner's windows enter it. */
export interface ServedRoom {
  readonly room: HostRoom;
  readonly tables: RoomTables;
  readonly outputs: OutputStore;
  readonly attached: AttachedFiles;
  /** People and links that the journal has lost. */
  readonly dropped: DroppedPeople;
  /** Owner link, taken on loopback only: secret. */
  readonly link: string;
}

type Behaviour = Pick<
  HostRoomOptions,
  | 'agent'
  | 'commands'
  | 'requestKind'
  | 'promptAuthor'
  | 'checkControl'
  | 'isSuspended'
  | 'onForeignKnock'
>;

/** Makes and serves rooms; follows the relay when it is started again. */
export class ServedRooms {
  private readonly options: ServedRoomsOptions;
  private readonly host: HostIdentity;
  private readonly served = new Map<string, Entry>();
  /** Rooms that this process has served: counters of a term never begin again. */
  private readonly known = new Set<string>();
  private readonly disposables = new DisposableStore();

  private constructor(options: ServedRoomsOptions, host: HostIdentity) {
    this.options = options;
    this.host = host;
    this.disposables.add(options.relay.onDidChange(() => void this.follow()));
  }

  /** Makes the keys of this process: one pair and one boot per term. */
  static async create(options: ServedRoomsOptions): Promise<ServedRooms> {
    return new ServedRooms(options, await processOf(options.journal.term));
  }

  /** Makes a room with fresh keys and its first epoch; returns its id. */
  async create(kind: StoredRoom['kind']): Promise<string> {
    const pair = await generateSigningPair();
    const room = await roomIdOfKey(pair.publicBytes);
    const privateKey = await exportSigningPair(pair);
    this.options.journal.addRoom({ room, kind, privateKey }, toBase64Url(randomBytes(32)));
    return room;
  }

  /**
   * Serves a room; the owner links of earlier starts stop working. Served again, it is in a term of
   * its own, as by another process. Throws AppError 'journal-damaged' if its keys were damaged: the
   * next start repairs it.
   */
  async serve(
    id: string,
    behaviour: Behaviour,
    relays: HostRoomOptions['relays'] = [],
  ): Promise<ServedRoom> {
    const { journal, relay, clock, log } = this.options;
    const tables = journal.room(id);
    const keys = await this.keysOf(id);
    const dropped = tables.people.dropRotten();
    if (dropped.members + dropped.invites > 0) {
      log.error('rows of the journal were damaged and are dropped', { room: id, ...dropped });
    }
    const outputs = new OutputStore({ folder: join(this.options.outputs, id), log });
    for (const invite of tables.invites()) {
      if (roleOf(invite.role) === 'owner') tables.removeInvite(invite.inviteId);
    }
    const isAgain = this.known.has(id);
    this.known.add(id);
    const at = addressOf(relay);
    const room = await HostRoom.open({
      room: keys,
      host: isAgain ? await processOf(journal.raiseTerm()) : this.host,
      journal: tables,
      relays: [at],
      firstRev: tables.revision(),
      saveRev: (rev) => tables.saveRevision(rev),
      ...behaviour,
      readBlob: (blob, offset) =>
        tables.readBlob(blob, offset, LIMITS.fetchAnswerBytes) ??
        outputs.read(blob, offset, LIMITS.fetchAnswerBytes),
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      deflateRaw: (bytes) => new Uint8Array(deflateRawSync(bytes)),
      webSocket: globalThis.WebSocket,
      fetch: globalThis.fetch,
      clock,
      log: prefixLogger(log, `room ${id.slice(0, 6)}`),
    });
    room.onDidLose(({ code }) => log.error('room is served by another host', { code }));
    // A foreign relay may be away: the room is served here all the same.
    if (relays.length > 0) {
      room.setRelays([addressOf(relay), ...relays]).catch((error: unknown) => {
        log.warn('relay server not reached', { error: errorText(error) });
      });
    }
    const { link } = await room
      .createInvite({
        role: 'owner',
        loopbackOnly: true,
        lifetimeMs: OWNER_LIFETIME_MS,
        relay: at.url,
      })
      .catch(async (error: unknown) => {
        await room.close();
        throw error;
      });
    const served: ServedRoom = {
      room,
      tables,
      outputs,
      attached: new AttachedFiles({ folder: join(this.options.outputs, id, 'attached'), log }),
      dropped,
      get link() {
        return entry.secretLink;
      },
    };
    const entry: Entry = { served, secretLink: link, relay: at };
    this.served.set(id, entry);
    // The relay may have been started again meanwhile.
    if (relay.address.accessKey !== at.accessKey) await this.move(entry);
    return served;
  }

  /** Serves the room on this computer's relay and on these. */
  async shareOn(room: HostRoom, relays: HostRoomOptions['relays']): Promise<void> {
    await room.setRelays([addressOf(this.options.relay), ...relays]);
  }

  async close(id: string): Promise<void> {
    const entry = this.served.get(id);
    this.served.delete(id);
    await entry?.served.room.close();
  }

  async closeAll(): Promise<void> {
    this.disposables.dispose();
    await Promise.all([...this.served.keys()].map((id) => this.close(id)));
  }

  private async keysOf(id: string): Promise<RoomKeys> {
    const { journal } = this.options;
    const keys = await readRoomKeys(journal, id);
    if (keys) return keys;
    journal.noteSuspect(id);
    throw roomKeysDamaged();
  }

  /** The relay has another key, and another address if its port was taken. */
  private async follow(): Promise<void> {
    // All links first: who reads one now gets one that works.
    for (const entry of this.served.values()) this.relink(entry);
    for (const entry of this.served.values()) await this.move(entry);
  }

  private relink(entry: Entry): void {
    const { url } = this.options.relay.address;
    entry.secretLink = formatLink({ ...parseLink(entry.secretLink), relay: url });
  }

  private async move(entry: Entry): Promise<void> {
    const { relay, log } = this.options;
    this.relink(entry);
    const from = entry.relay.url;
    entry.relay = addressOf(relay);
    try {
      await entry.served.room.moveRelay(from, entry.relay);
    } catch (error) {
      log.warn('room not moved to the new relay', { error: errorText(error) });
    }
  }
}

/** A served room, its owner link and the relay of this computer that it is on. */
interface Entry {
  readonly served: ServedRoom;
  secretLink: string;
  relay: ReturnType<typeof addressOf>;
}

/** Fresh keys and boot for a term. */
async function processOf(term: number): Promise<HostIdentity> {
  return { term, pair: await generateSigningPair(), boot: newBootOf(term) };
}

function addressOf(relay: RelayChild): { readonly url: string; readonly accessKey: string } {
  const { url, accessKey } = relay.address;
  return { url, accessKey };
}
