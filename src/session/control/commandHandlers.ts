// Carrying commands out: what a handler is given, and tables that have one for every kind of a room.
import type {
  CommandArgs,
  CommandKind,
  MachineCommandKind,
  SessionCommandKind,
} from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { Person } from '../../protocol/state.ts';
import { unsupportedCommand } from '../errors.ts';

/** A command that passed every check and is in the journal: to be carried out now, once. */
export type AcceptedCommand<K extends CommandKind = CommandKind> = {
  [P in K]: {
    readonly kind: P;
    readonly args: CommandArgs<P>;
    readonly member: string;
    readonly window: string;
    readonly person: Person;
    readonly id: string;
    /** For kinds that need control: the fence under which it runs. */
    readonly fence?: number;
  };
}[K];

/**
 * Carries one kind out. Its result, or the promise's, is the answer's, once it took effect (not when
 * a turn has ended: the next ordered command of this window waits for it). Refuses by throwing
 * CommandRefused or AppError.
 */
export type CommandHandler<K extends CommandKind> = (
  command: AcceptedCommand<K>,
) => Json | undefined | Promise<Json | undefined>;

/** One handler for each of these kinds. */
export type CommandHandlers<K extends CommandKind> = { readonly [P in K]: CommandHandler<P> };

/** All that a room carries out: a kind without a handler does not compile. */
export type RoomHandlers =
  CommandHandlers<SessionCommandKind> | CommandHandlers<MachineCommandKind>;

/** The room's handler of a kind; throws CommandRefused if that is a kind of other rooms. */
export function handlerOf<K extends CommandKind>(
  handlers: Partial<CommandHandlers<CommandKind>>,
  kind: K,
): CommandHandler<K> {
  const handler = handlers[kind];
  if (handler === undefined) throw unsupportedCommand();
  return handler;
}

/** Hands a command to the room's handler of its kind. */
export function carryOut<K extends CommandKind>(
  handlers: Partial<CommandHandlers<CommandKind>>,
  command: AcceptedCommand<K>,
): Json | undefined | Promise<Json | undefined> {
  return handlerOf(handlers, command.kind)(command);
}
