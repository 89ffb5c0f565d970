// Commands that every room carries out itself: control, people, and reading history.
import { toBase64Url } from '../../base/bytes.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Person, WindowRef } from '../../protocol/state.ts';
import type { AcceptedCommand } from '../../session/commandCheck.ts';
import { CommandRefused } from '../../session/errors.ts';
import type { ControlLease } from '../../session/controlLease.ts';
import { isLeaseCommand, runLeaseCommand } from '../../session/leaseCommands.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { BlobRead } from './hostRoomOptions.ts';
import type { RoomPeople } from './roomPeople.ts';

/** What the commands work on. */
export interface RoomCommandContext {
  readonly journal: Pick<RoomJournal, 'readLog'>;
  readonly lease: ControlLease;
  readonly windows: () => readonly WindowRef[];
  readonly person: (member: string) => Person | undefined;
  readonly people: Pick<RoomPeople, 'admit' | 'remove' | 'leave'>;
  readonly checkControl: () => void;
  readonly readBlob: (blob: string, offset: number) => BlobRead | undefined;
  readonly otherwise: (accepted: AcceptedCommand) => Promise<Json | undefined>;
}

/** Carries a command out; throws CommandRefused. */
export async function executeRoomCommand(
  accepted: AcceptedCommand,
  context: RoomCommandContext,
): Promise<Json | undefined> {
  if (isLeaseCommand(accepted)) {
    const newestWindow = (member: string): WindowRef | undefined =>
      context.windows().findLast((one) => one.member === member);
    return runLeaseCommand(
      { focus: context.lease, person: context.person, newestWindow },
      accepted,
    );
  }
  switch (accepted.kind) {
    case 'admit': {
      const { member, role, scopes } = accepted.args;
      if (role === 'controller') context.checkControl();
      if (!context.people.admit(member, role, scopes)) throw noSuchMember();
      return undefined;
    }
    case 'remove':
      if (accepted.args.member === accepted.member) throw ownRemoval();
      if (!context.people.remove(accepted.args.member)) throw noSuchMember();
      return undefined;
    case 'leave':
      if (accepted.person.role === 'owner') context.lease.drop(window(accepted));
      else context.people.leave(accepted.member);
      return undefined;
    case 'fetch':
      switch (accepted.args.what) {
        case 'log':
          return readPage(context.journal, accepted.args.from, accepted.args.to);
        case 'blob':
          return readBlobPart(context, accepted.args.blob, accepted.args.offset);
        case 'files':
        case 'slash-commands':
        case 'models':
          return context.otherwise(accepted);
      }
      break;
    default:
      return context.otherwise(accepted);
  }
  return undefined;
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

function readBlobPart(context: RoomCommandContext, blob: string, offset: number): Json {
  const part = context.readBlob(blob, offset);
  if (!part) throw noSuchBlob();
  const bytes = part.bytes.subarray(0, LIMITS.fetchAnswerBytes * 0.7);
  return { offset, totalBytes: part.totalBytes, bytes: toBase64Url(bytes) };
}

function window(accepted: AcceptedCommand): WindowRef {
  return { member: accepted.member, window: accepted.window };
}

function noSuchMember(): CommandRefused {
  return new CommandRefused(
    'not-found',
    'This person is not in the session any more. Nothing was changed.',
  );
}

function ownRemoval(): CommandRefused {
  return new CommandRefused('invalid', 'You cannot remove yourself. Use Leave instead.');
}

function noSuchBlob(): CommandRefused {
  return new CommandRefused(
    'not-found',
    'The whole text is not kept on the session’s computer any more. What you see is all there is.',
  );
}
