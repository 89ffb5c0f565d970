// Invite links: `<relay origin>/join#1.<room>.<invite secret>.<relay>.<role>[.<epoch>-<epoch secret>]`.
import { say } from '../base/say.ts';
import { type Bytes, fromBase64Url, toBase64Url, utf8Bytes, utf8Text } from '../base/bytes.ts';
import * as z from 'zod/mini';
import { openEnum } from './openEnum.ts';
import { isRoomId } from './documentNames.ts';
import { foreignLink, malformedLink } from './errors.ts';
import { type Role, roleSchema } from './role.ts';
import { PROTOCOL_VERSION } from './version.ts';

/** How a session is shared now; absent = not shared. */
export const sharingSchema = z.looseObject({
  since: z.number(),
  /** Where guests reach it, for people. */
  where: z.string(),
  /** What commands print is for everybody; absent: for owners alone [R18]. */
  commandOutput: z.optional(z.boolean()),
  /** Invites that still work. */
  invites: z.array(
    z.looseObject({
      inviteId: z.string(),
      role: openEnum(roleSchema),
      notAfter: z.number(),
      /** Guests of a controller link are admitted as controllers without asking (scripts). */
      allowControl: z.optional(z.boolean()),
      /** [J7] How many may be in by it, if not 8. */
      places: z.optional(z.number()),
    }),
  ),
});

export type Sharing = z.infer<typeof sharingSchema>;

/** What a link says. The secrets are in the fragment, which no server sees. */
export interface InviteLink {
  readonly room: string;
  /** 32 bytes: the right to knock. */
  readonly secret: Bytes;
  /** WebSocket address of the relay, ws:// or wss://, without a trailing slash. */
  readonly relay: string;
  /** What is asked for; the host's record of the invite decides. */
  readonly role: Role;
  /** Content secret of an epoch, until the whole handshake exists. */
  readonly epoch?: { readonly number: number; readonly secret: Bytes };
}

/** Text of a link. */
export function formatLink(link: InviteLink): string {
  const parts = [
    String(PROTOCOL_VERSION),
    link.room,
    toBase64Url(link.secret),
    toBase64Url(utf8Bytes(link.relay)),
    link.role.charAt(0),
  ];
  if (link.epoch) parts.push(`${link.epoch.number}-${toBase64Url(link.epoch.secret)}`);
  return `${link.relay.replace(/^ws/, 'http')}/join#${parts.join('.')}`;
}

/** Reads a link of any form (https, vscode:, bare fragment); throws AppError link-*. */
export function parseLink(text: string): InviteLink {
  const trimmed = text.trim();
  const hash = trimmed.indexOf('#');
  const fragment = decodeFragment(hash >= 0 ? trimmed.slice(hash + 1) : trimmed);
  const [version, room, secretText, relayText, roleText, epochText, ...rest] = fragment.split('.');
  if (version === undefined || !/^\d{1,4}$/.test(version)) throw malformedLink(say`its beginning`);
  if (Number(version) !== PROTOCOL_VERSION) throw foreignLink(Number(version));
  if (room === undefined || !isRoomId(room)) throw malformedLink(say`the room`);
  const secret = fromBase64Url(secretText ?? '');
  if (secret?.length !== 32) throw malformedLink(say`the secret`);
  const relay = readRelay(relayText ?? '');
  if (relay === undefined) throw malformedLink(say`the relay address`);
  const role = roleOfLetter(roleText ?? '');
  if (role === undefined || rest.length > 0) throw malformedLink(say`the role`);
  if (epochText === undefined) return { room, secret, relay, role };
  const match = /^(\d{1,9})-([A-Za-z0-9_-]{43})$/.exec(epochText);
  const epochSecret = match?.[2] === undefined ? undefined : fromBase64Url(match[2]);
  if (!match || epochSecret?.length !== 32) throw malformedLink(say`its end`);
  return { room, secret, relay, role, epoch: { number: Number(match[1]), secret: epochSecret } };
}

/** [R9] A letter of another version asks for no more than to look; undefined if it is none. */
function roleOfLetter(letter: string): Role | undefined {
  if (!/^[a-z]$/.test(letter)) return undefined;
  return roleSchema.options.find((name) => name.charAt(0) === letter) ?? 'viewer';
}

/** A ws:// or wss:// address without path noise; undefined if `url` is none (http and https are taken as such). */
export function relayAddress(url: string): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url.trim().replace(/^http(s?):/i, 'ws$1:'));
  } catch {
    return undefined;
  }
  if (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:') return undefined;
  if (parsed.username || parsed.password || parsed.search || parsed.hash) return undefined;
  return `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`;
}

function readRelay(text: string): string | undefined {
  const bytes = fromBase64Url(text);
  if (!bytes || bytes.length === 0 || bytes.length > 300) return undefined;
  try {
    return relayAddress(utf8Text(bytes));
  } catch {
    return undefined;
  }
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
