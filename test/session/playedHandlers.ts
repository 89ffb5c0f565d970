// Handlers that a test plays: one function that takes every command of a session.
import {
  type CommandKind,
  COMMANDS,
  isCommandKind,
  type MachineCommandKind,
  type RoomCommandKind,
  type SessionCommandKind,
} from '../../src/protocol/commandTable.ts';
import type { Json } from '../../src/protocol/json.ts';
import type {
  AcceptedCommand,
  CommandHandlers,
} from '../../src/session/control/commandHandlers.ts';
import type { MachineCommands, SessionCommands } from '../../src/sync/host/hostRoomOptions.ts';

type Play = (command: AcceptedCommand) => Json | undefined | Promise<Json | undefined>;

function played<K extends CommandKind>(
  isOurs: (kind: CommandKind) => boolean,
  play: Play,
): CommandHandlers<K> {
  const kinds = Object.keys(COMMANDS).filter((kind) => isCommandKind(kind) && isOurs(kind));
  // One function takes each kind; the type of an object does not follow its making kind by kind.
  return Object.fromEntries(kinds.map((kind) => [kind, play])) as unknown as CommandHandlers<K>;
}

/** For a gate: every kind that a session room carries out. */
export function playedHandlers(play: Play): CommandHandlers<SessionCommandKind> {
  return played((kind) => COMMANDS[kind].room !== 'machine', play);
}

/** For a room: what a session carries out besides what every room does. */
export function playedSession(play: Play): SessionCommands {
  return {
    handlers: played<Exclude<SessionCommandKind, RoomCommandKind>>(
      (kind) => COMMANDS[kind].room === 'session',
      play,
    ),
    fetchFacts: async () => [],
  };
}

/** For the room of a computer: what it carries out besides what every room does. */
export function playedMachine(play: Play): MachineCommands {
  return {
    handlers: played<Exclude<MachineCommandKind, RoomCommandKind>>(
      (kind) => COMMANDS[kind].room === 'machine',
      play,
    ),
    fetchFacts: async () => [],
  };
}
