// Carries out the commands about control, for hosts of any room.
import { say } from '../../base/say.ts';
import type { CommandKind } from '../../protocol/commandTable.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Person, WindowRef } from '../../protocol/state.ts';
import type { AcceptedCommand, CommandHandlers } from './commandHandlers.ts';
import type { ControlLease } from './controlLease.ts';
import { controlQueueFull, noControl, notAllowed, notFound } from '../errors.ts';
import { mayHoldControl } from './rights.ts';

/** What the commands about control look at. */
export interface ControlHandlersOptions {
  readonly control: ControlLease;
  readonly person: (member: string) => Person | undefined;
  /** The window of a member that was seen last, if any is connected. */
  readonly newestWindow: (member: string) => WindowRef | undefined;
}

/** Handlers about control; the result of a request is {outcome: 'granted' | 'queued'}. */
export function controlHandlers(options: ControlHandlersOptions) {
  const { control } = options;
  return {
    'focus-request': (command) => {
      const outcome = control.request(windowOf(command));
      if (outcome === 'full') throw controlQueueFull();
      return { outcome };
    },
    'focus-take': (command) => {
      control.take(windowOf(command));
    },
    'focus-release': (command) => {
      control.release(windowOf(command));
    },
    'focus-grant': (command) => {
      give(command, options);
    },
  } satisfies Partial<CommandHandlers<CommandKind>>;
}

/** The window that sent a command. */
export function windowOf(command: AcceptedCommand): WindowRef {
  return { member: command.member, window: command.window };
}

function give(command: AcceptedCommand<'focus-grant'>, options: ControlHandlersOptions): void {
  const { member, window } = command.args;
  const person = options.person(member);
  if (person === undefined) throw notFound('member');
  if (!mayHoldControl(person))
    throw notAllowed(say`give control to ${person.name}, who only watches`);
  const to = receiver(options, member, window);
  if (to === undefined) throw notFound('window');
  const by = roleOf(command.person.role) === 'owner' ? 'owner' : windowOf(command);
  if (options.control.give(by, to)) return;
  const { holder } = options.control.state;
  throw noControl(holder && options.person(holder.member)?.name);
}

function receiver(
  options: ControlHandlersOptions,
  member: string,
  window: string | undefined,
): WindowRef | undefined {
  if (window !== undefined) return { member, window };
  const waiter = options.control.state.queue.find((waiting) => waiting.member === member);
  return waiter ? { member, window: waiter.window } : options.newestWindow(member);
}
