// What the session host uses of a served room.
import type { HostRoom } from '../../sync/host/hostRoom.ts';

export type { MachineApp, SessionApp } from '../../sync/host/hostRoomOptions.ts';

/** A served room, without what only the room itself uses. */
export type RoomPort = Pick<
  HostRoom,
  | 'id'
  | 'people'
  | 'epochs'
  | 'windowCount'
  | 'onDidChange'
  | 'onDidLose'
  | 'append'
  | 'delta'
  | 'endLive'
  | 'setState'
  | 'createInvite'
  | 'revokeInvite'
  | 'invites'
  | 'stopSharing'
  | 'setRelays'
  | 'close'
>;
