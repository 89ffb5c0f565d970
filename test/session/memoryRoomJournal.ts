// A RoomJournal in memory, with the rules of the durable one: what gate and control tests, and many rooms, run on.
import type { Ack } from '../../src/protocol/command.ts';
import type {
  AcceptedRow,
  RoomJournal,
  StoredInvite,
  StoredMember,
  StoredRecord,
} from '../../src/session/roomJournal.ts';

/** The part of a RoomJournal that gate and control need. */
export type ControlJournal = Pick<
  RoomJournal,
  | 'highWater'
  | 'acceptCommand'
  | 'settleCommand'
  | 'findResult'
  | 'unsettled'
  | 'fence'
  | 'saveFence'
>;

/** Makes an empty one. */
export function createControlJournal(): ControlJournal {
  const counters = new Map<string, number>();
  const rows = new Map<string, { readonly row: AcceptedRow; ack?: Ack }>();
  let fence = 0;
  const raise = (row: AcceptedRow): void => {
    const key = `${row.member} ${row.boot}`;
    if (row.cseq !== undefined) counters.set(key, Math.max(counters.get(key) ?? 0, row.cseq));
  };
  return {
    highWater: (member, boot) => counters.get(`${member} ${boot}`) ?? 0,
    acceptCommand(row) {
      raise(row);
      rows.set(`${row.member} ${row.id}`, { row });
    },
    settleCommand(row, ack) {
      raise(row);
      rows.set(`${row.member} ${row.id}`, { row, ack });
    },
    findResult(member, id) {
      const found = rows.get(`${member} ${id}`);
      return found && (found.ack ?? 'accepted');
    },
    unsettled: () => [...rows.values()].filter(({ ack }) => !ack).map(({ row }) => row),
    fence: () => fence,
    saveFence(next) {
      fence = next;
    },
  };
}

/** Makes a whole one, with the secret of its first epoch (base64url). */
export function createRoomJournal(secret: string): RoomJournal {
  const log: StoredRecord[] = [];
  const members = new Map<string, StoredMember>();
  const invites = new Map<string, StoredInvite>();
  const epochs = [{ epoch: 1, secret }];
  return {
    ...createControlJournal(),
    logEnd: () => ({ nextIndex: log.length, lastHash: log.at(-1)?.hash ?? '' }),
    appendLog: (records) => void log.push(...records),
    readLog: (from, to) => log.slice(Math.max(0, from), to),
    forgetResults: () => undefined,
    members: () => [...members.values()],
    saveMember: (member) => void members.set(member.member, member),
    removeMember: (member) => void members.delete(member),
    invites: () => [...invites.values()],
    saveInvite: (invite) => void invites.set(invite.inviteId, invite),
    removeInvite: (inviteId) => void invites.delete(inviteId),
    epochs: () => epochs,
    addEpoch: (epoch, more) => void epochs.push({ epoch, secret: more }),
  };
}
