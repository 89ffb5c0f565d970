// Sharing a session: who may be let in, where guests reach it, and the proof that they do.
import { say, type Words } from '../../base/say.ts';
import type { Clock } from '../../base/clock.ts';
import { networkErrorWords } from '../../base/log.ts';
import { admissionToken } from '../../crypto/admissionToken.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import { TIMES } from '../../protocol/limits.ts';
import { parseLink, relayAddress } from '../../protocol/link.ts';
import { canOf, isUnattended, roleOf } from '../../protocol/openValues.ts';
import type { Role } from '../../protocol/role.ts';
import type { Sharing } from '../../protocol/link.ts';
import type { SessionSummary } from '../../protocol/state.ts';
import { SUBPROTOCOL } from '../../protocol/version.ts';
import {
  addressUnreachable,
  controlOfUnattended,
  controlOfWatched,
  ownershipByLink,
  sharingOff,
  sharingStopped,
} from '../errors.ts';
import type { OpenSession } from '../session/openSession.ts';
import { isSharingAllowed } from './policy.ts';
import type { RelayChild } from '../serve/relayChild.ts';
import type { ServedRooms } from '../serve/servedRooms.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** What sharing needs. */
export interface ShareOptions {
  readonly session: OpenSession;
  readonly rooms: ServedRooms;
  readonly relay: RelayChild;
  readonly policyFile: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** A link that works, checked from outside where it leads there. */
export interface SharedLink {
  readonly link: string;
  readonly inviteId: string;
  /** Where guests reach it, for people. */
  readonly where: string;
  readonly notAfter: number;
}

const MAX_LIFETIME_MS = 30 * 24 * 3_600_000;
const CHECK_MS = 10_000;

/**
 * Makes a link. Throws AppError 'policy', 'not-shareable', 'relay-*' or 'invalid-input': then there is
 * no link, also if sharing was stopped meanwhile. One at a time per session.
 */
export async function shareSession(
  args: CommandArgs<'share'>,
  options: ShareOptions,
): Promise<SharedLink> {
  const { session, relay, clock } = options;
  const { recorder, room } = session;
  const refuse = (): void => {
    refuseSharing({ role: args.role, session: recorder.summary() }, options.policyFile);
  };
  refuse();
  // Only a session that has started tells in which mode it runs.
  if (args.role === 'controller') {
    await session.driver?.ready?.();
    refuse();
  }
  const target = targetOf(args.where, relay);
  // Each stop begins an epoch.
  const epoch = room.epochs.at(-1)?.epoch;
  const wasStopped = (): boolean => room.epochs.at(-1)?.epoch !== epoch;
  const known = (recorder.stored.relays ?? []).find(({ url }) => url === target.url);
  const lifetimeMs = Math.min(Math.max(args.lifetimeMs ?? TIMES.inviteMs, 1000), MAX_LIFETIME_MS);
  let inviteId: string | undefined;
  try {
    if (target.kind === 'relay') await enterRelay({ url: target.url, ...target.key }, options);
    if (target.kind === 'address') relay.allowHostOf(target.url.replace(/^ws/, 'http'));
    const made = await room.createInvite({
      role: args.role,
      ...(args.scopes === undefined ? {} : { scopes: args.scopes }),
      ...(args.allowControl === undefined ? {} : { allowControl: args.allowControl }),
      loopbackOnly: target.kind === 'loopback',
      ...(args.places === undefined ? {} : { places: args.places }),
      lifetimeMs,
      relay: target.url,
    });
    ({ inviteId } = made);
    if (target.kind !== 'loopback') await checkEndToEnd(made.link, options);
    if (wasStopped()) throw sharingStopped();
    // What allowed it at the beginning may not be so any more.
    refuse();
    const where = target.kind === 'loopback' ? 'this computer only' : new URL(target.url).host;
    const fresh = { where, since: clock.now(), commandOutput: args.commandOutput === true };
    recorder.update({ sharing: sharingOf(session, fresh) });
    return { link: made.link, inviteId, where, notAfter: clock.now() + lifetimeMs };
  } catch (error) {
    if (inviteId !== undefined) room.revokeInvite(inviteId);
    if (target.kind === 'relay') await leaveRelay(target.url, known, options);
    throw wasStopped() ? sharingStopped() : error;
  }
}

type StoredRelay = NonNullable<StoredSession['relays']>[number];

/** Serves the room on one more relay server. */
async function enterRelay(
  entry: StoredRelay,
  { session, rooms }: Pick<ShareOptions, 'session' | 'rooms'>,
): Promise<void> {
  const { recorder, room } = session;
  const withIt = (): StoredRelay[] => [
    ...(recorder.stored.relays ?? []).filter(({ url }) => url !== entry.url),
    entry,
  ];
  await rooms.shareOn(room, withIt());
  recorder.update({ relays: withIt() });
}

/** Takes that back; a stop of sharing has done so already. */
async function leaveRelay(
  url: string,
  known: StoredRelay | undefined,
  { session, rooms }: Pick<ShareOptions, 'session' | 'rooms'>,
): Promise<void> {
  const { recorder, room } = session;
  const now = recorder.stored.relays ?? [];
  if (!now.some((relay) => relay.url === url)) return;
  const others = now.filter((relay) => relay.url !== url);
  const relays = known === undefined ? others : [...others, known];
  recorder.update({ relays });
  await rooms.shareOn(room, relays);
}

/** Cuts every guest off, and leaves the relay servers. */
export async function stopSharing(session: OpenSession, rooms: ServedRooms): Promise<void> {
  const { room, recorder } = session;
  const { sharing } = recorder.stored;
  // What is printed from this moment on is the owner's again, in the log of guests to come too.
  if (sharing?.commandOutput) recorder.update({ sharing: { ...sharing, commandOutput: false } });
  await room.stopSharing();
  if ((recorder.stored.relays ?? []).length > 0) await rooms.shareOn(room, []);
  recorder.update({ sharing: undefined, relays: [] });
}

/** How a session is shared after its invites changed; undefined if it is not any more. The newest link says what is shown. */
export function sharingOf(
  session: OpenSession,
  fresh?: Pick<Sharing, 'where' | 'since' | 'commandOutput'>,
): Sharing | undefined {
  const known = session.recorder.stored.sharing;
  const { commandOutput } = fresh ?? known ?? {};
  const since = known?.since ?? fresh?.since;
  const where = fresh?.where ?? known?.where;
  if (since === undefined || where === undefined) return undefined;
  const invites = session.room.invites
    .filter(({ role }) => roleOf(role) !== 'owner')
    .map(({ inviteId, role, notAfter, allowControl, places }) => ({
      inviteId,
      role,
      notAfter,
      ...(allowControl ? { allowControl } : {}),
      ...(places === undefined ? {} : { places }),
    }));
  const hasGuests = session.room.people.some(({ role }) => roleOf(role) !== 'owner');
  if (invites.length === 0 && !hasGuests) return undefined;
  return { since, where, ...(commandOutput ? { commandOutput } : {}), invites };
}

/** What decides whether a link of a role may be made. */
export interface ShareCase {
  readonly role: Role;
  readonly session: Pick<SessionSummary, 'source' | 'can' | 'modeKind'>;
}

/** Throws AppError 'policy' or 'not-shareable' if no such link may be made. */
export function refuseSharing({ role, session }: ShareCase, policyFile: string): void {
  if (!isSharingAllowed(policyFile)) throw sharingOff(policyFile);
  if (role === 'owner') {
    throw ownershipByLink();
  }
  if (role !== 'controller') return;
  if (!canOf(session, 'prompt')) {
    throw controlOfWatched();
  }
  if (isUnattended(session)) {
    throw controlOfUnattended();
  }
}

type Target =
  | { readonly kind: 'loopback' | 'address'; readonly url: string }
  | { readonly kind: 'relay'; readonly url: string; readonly key: { accessKey?: string } };

function targetOf(where: CommandArgs<'share'>['where'], relay: RelayChild): Target {
  if (where.kind === 'loopback') return { kind: 'loopback', url: relay.address.url };
  const url = relayAddress(where.url);
  if (url === undefined) {
    throw addressUnreachable(
      where.url,
      say`it is not a wss://, https://, ws:// or http:// address`,
    );
  }
  if (where.kind === 'address') return { kind: 'address', url };
  const { accessKey } = where;
  return { kind: 'relay', url, key: accessKey === undefined ? {} : { accessKey } };
}

/** Goes the way of a guest: health, the room with the link's own token, a WebSocket. */
async function checkEndToEnd(link: string, options: ShareOptions): Promise<void> {
  const { relay, room, secret } = parseLink(link);
  const base = relay.replace(/^ws/, 'http');
  const token = await admissionToken(secret, room);
  const signal = AbortSignal.timeout(CHECK_MS);
  const get = async (path: string, headers: Record<string, string>): Promise<Response> => {
    try {
      return await options.fetch(`${base}${path}`, { signal, headers, redirect: 'error' });
    } catch (error) {
      throw addressUnreachable(relay, networkErrorWords(error));
    }
  };
  const health = await get('/healthz', {});
  if (!health.ok) throw addressUnreachable(relay, say`it answers ${health.status}`);
  const own = await get(`/-/rooms/${room}`, { authorization: `Bearer ${token}` });
  if (!own.ok) {
    throw addressUnreachable(
      relay,
      say`something answers there, but it is not the relay of this session`,
    );
  }
  await openSocket(`${relay}/${room}`, token, relay);
}

function openSocket(url: string, token: string, relay: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [SUBPROTOCOL, token]);
    const timer = setTimeout(() => finish(say`WebSockets do not get through`), CHECK_MS);
    const finish = (reason?: Words): void => {
      clearTimeout(timer);
      socket.onopen = socket.onerror = socket.onclose = null;
      socket.close();
      if (reason === undefined) resolve();
      else reject(addressUnreachable(relay, reason));
    };
    socket.onopen = () => finish();
    socket.onerror = () => finish(say`WebSockets do not get through`);
    socket.onclose = ({ code }) => finish(say`the WebSocket was closed (${code})`);
  });
}
