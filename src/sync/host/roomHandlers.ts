// Commands that every room carries out itself: control, people, and reading history.
import { assertNever } from '../../base/assert.ts';
import { toBase64Url } from '../../base/bytes.ts';
import { sealForMember } from '../../crypto/sealedForMember.ts';
import type { CommandArgs, CommandKind, RoomCommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Person } from '../../protocol/state.ts';
import type {
  AcceptedCommand,
  CommandHandlers,
  RoomHandlers,
} from '../../session/control/commandHandlers.ts';
import { controlHandlers, windowOf } from '../../session/control/controlHandlers.ts';
import type { ControlLease } from '../../session/control/controlLease.ts';
import { noSealing, noSuchBlob, noSuchMember, outputForOwner, ownRemoval } from '../errors.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { Attendance } from './attendance.ts';
import { findInLog } from './findInLog.ts';
import type { HostRoomOptions } from './hostRoomOptions.ts';
import type { PublishedBlobs } from './publishedBlobs.ts';
import type { RoomPeople } from './roomPeople.ts';

/** Bytes of a blob in one answer, where they are base64url. */
const MAX_ANSWER_BYTES = LIMITS.fetchAnswerBytes * 0.7;

/** What the commands work on. */
export interface RoomHandlersOptions extends Pick<
  HostRoomOptions,
  'commands' | 'checkControl' | 'readBlob'
> {
  readonly journal: Pick<RoomJournal, 'readLog' | 'logEnd'>;
  readonly controlLease: ControlLease;
  readonly attendance: Pick<Attendance, 'windows'>;
  readonly people: Pick<RoomPeople, 'admit' | 'remove' | 'leave'>;
  readonly person: (member: string) => Person | undefined;
  /** X25519 key of a member, base64url; undefined if it is none. */
  readonly exchangeKeyOf: (member: string) => string | undefined;
  readonly published: Pick<PublishedBlobs, 'publish'>;
  /** Id of the room. */
  readonly roomId: string;
}

/** All that a room carries out: what every room does, and what its host gives it besides. */
export function roomHandlers(options: RoomHandlersOptions): RoomHandlers {
  const { controlLease, attendance, person } = options;
  const control = controlHandlers({
    control: controlLease,
    person,
    newestWindow: (member) => attendance.windows.findLast((one) => one.member === member),
  });
  const common: CommandHandlers<RoomCommandKind> = {
    ...control,
    'focus-grant': (command) => {
      const to = person(command.args.member);
      if (to !== undefined && roleOf(to.role) !== 'owner') options.checkControl?.();
      return control['focus-grant'](command);
    },
    ...peopleHandlers(options),
    ...historyHandlers(options),
  };
  return { ...common, ...options.commands.handlers };
}

function peopleHandlers({ people, controlLease, checkControl }: RoomHandlersOptions) {
  return {
    admit: ({ args: { member, role, scopes } }) => {
      if (role === 'controller') checkControl?.();
      if (!people.admit(member, role, scopes)) throw noSuchMember();
    },
    remove: ({ args, member }) => {
      if (args.member === member) throw ownRemoval();
      if (!people.remove(args.member)) throw noSuchMember();
    },
    leave: (command) => {
      if (roleOf(command.person.role) === 'owner') controlLease.drop(windowOf(command));
      else people.leave(command.member);
    },
  } satisfies Partial<CommandHandlers<CommandKind>>;
}

function historyHandlers(options: RoomHandlersOptions) {
  const { journal, commands } = options;
  return {
    fetch: ({ args, member, person }) => {
      switch (args.what) {
        case 'log':
          return readPage(journal, args.from, args.to);
        case 'blob':
          return readBlobPart(options, { member, person }, args);
        case 'find':
          return findInLog(options, args);
        case 'context':
        case 'files':
        case 'queued':
        case 'slash-commands':
        case 'models':
        case 'modes':
          return commands.fetchFacts(args, person);
        default:
          return assertNever(args);
      }
    },
  } satisfies Partial<CommandHandlers<CommandKind>>;
}

/** The newest part of the asked range that fits one answer: who pages back goes on from its first index. */
function readPage(journal: Pick<RoomJournal, 'readLog'>, from: number, to: number): Json {
  const records = journal.readLog(Math.max(0, from, to - 1024), Math.max(0, to));
  const kept: string[] = [];
  let bytes = 0;
  for (const { text } of [...records].reverse()) {
    // JSON inside JSON: quotes and backslashes are escaped once more.
    bytes += JSON.stringify(text).length * 1.5;
    if (bytes > LIMITS.fetchAnswerBytes && kept.length > 0) break;
    kept.unshift(text);
  }
  const last = records.at(-1);
  return { from: last ? last.index - kept.length + 1 : to, records: kept };
}

async function readBlobPart(
  { readBlob, exchangeKeyOf, roomId, published }: RoomHandlersOptions,
  { member, person }: Pick<AcceptedCommand, 'member' | 'person'>,
  { blob, offset, parts, lost }: Extract<CommandArgs<'fetch'>, { readonly what: 'blob' }>,
): Promise<Json> {
  const part = await readBlob(blob, offset);
  if (!part) throw noSuchBlob();
  if (part.ownerOnly && roleOf(person.role) !== 'owner') throw outputForOwner();
  const { totalBytes } = part;
  // What fits one answer comes with it.
  if (parts === true && totalBytes > MAX_ANSWER_BYTES && !part.ownerOnly) {
    const name = await published.publish(blob, lost);
    if (name)
      return { offset: 0, totalBytes, bytes: '', published: { id: name.id, sha256: name.sha256 } };
  }
  const bytes = part.bytes.slice(0, MAX_ANSWER_BYTES);
  if (!part.ownerOnly) return { offset, totalBytes, bytes: toBase64Url(bytes) };
  // Guests have the key of this channel's answers, and may get them from a relay that helps them.
  const place = { room: roomId, member, blob, offset };
  const sealed = await sealForMember(exchangeKeyOf(member) ?? '', place, bytes);
  if (sealed === undefined) throw noSealing();
  return { offset, totalBytes, bytes: '', sealed };
}
