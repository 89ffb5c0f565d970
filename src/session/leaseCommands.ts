// Carries out the commands about control, for hosts of any room.
import type { Json } from '../protocol/json.ts';
import type { Person, WindowRef } from '../protocol/state.ts';
import type { AcceptedCommand } from './commandCheck.ts';
import { noControl, notAllowed, notFound } from './errors.ts';
import type { ControlLease } from './controlLease.ts';
import { mayHoldControl } from './rights.ts';

/** What the commands about control look at. */
export interface LeaseCommandOptions {
  readonly focus: ControlLease;
  readonly person: (member: string) => Person | undefined;
  /** The window of a member that was seen last, if any is connected. */
  readonly newestWindow: (member: string) => WindowRef | undefined;
}

/** Kinds that `runLeaseCommand` carries out. */
export type LeaseCommand = Extract<
  AcceptedCommand,
  { readonly kind: 'focus-request' | 'focus-grant' | 'focus-take' | 'focus-release' }
>;

/** Whether a command is about control. */
export function isLeaseCommand(accepted: AcceptedCommand): accepted is LeaseCommand {
  return accepted.kind.startsWith('focus-');
}

/** Carries it out; the result of a request is {outcome: 'granted' | 'queued'}. Throws CommandRefused. */
export function runLeaseCommand(
  options: LeaseCommandOptions,
  accepted: LeaseCommand,
): Json | undefined {
  const { focus } = options;
  const window = { member: accepted.member, window: accepted.window };
  switch (accepted.kind) {
    case 'focus-request':
      return { outcome: focus.request(window) };
    case 'focus-take':
      focus.take(window);
      return undefined;
    case 'focus-release':
      focus.release(window);
      return undefined;
    case 'focus-grant': {
      const { member } = accepted.args;
      const person = options.person(member);
      if (person === undefined) throw notFound('member');
      if (!mayHoldControl(person))
        throw notAllowed(`give control to ${person.name}, who only watches`);
      const to = receiver(options, member, accepted.args.window);
      if (to === undefined) throw notFound('window');
      const by = accepted.person.role === 'owner' ? 'owner' : window;
      if (focus.give(by, to)) return undefined;
      const holder = focus.state.holder;
      throw noControl(holder && options.person(holder.member)?.name);
    }
  }
}

function receiver(
  options: LeaseCommandOptions,
  member: string,
  window: string | undefined,
): WindowRef | undefined {
  if (window !== undefined) return { member, window };
  const waiter = options.focus.state.queue.find((waiting) => waiting.member === member);
  return waiter ? { member, window: waiter.window } : options.newestWindow(member);
}
