// Guests of the control model: their windows, what they send, and the random numbers they act by.
import type { Ack, Command } from '../../src/protocol/command.ts';
import type { Focus } from '../../src/protocol/state.ts';
import type { CommandSource } from '../../src/session/control/commandCheck.ts';

/** A command on its way. */
export interface Sent {
  readonly command: Command;
  readonly window: GuestWindow;
  /** True host time after which it must not run. */
  readonly deadline: number;
}

/** A window of a member. */
export interface GuestWindow {
  readonly member: string;
  readonly window: string;
  boot: string;
  cseq: number;
  knownTerm: number;
  seen: Focus | undefined;
  lastFence: number | undefined;
  isUp: boolean;
  /** A member asks by one window in the end: two that ask in turn are never idle. */
  readonly isFirst: boolean;
  /** Steps between its requests in the end: who asks often must not lose by it. */
  readonly asksEvery: number;
  heldInEnd: boolean;
  /** Open commands in order of their counter. */
  outbox: Sent[];
}

/** What crosses the network, to the host or to a window. */
export type Message =
  | { readonly to: 'host'; readonly sent: Sent; readonly from: CommandSource }
  | { readonly to: 'renew'; readonly from: CommandSource; readonly fence: number }
  | {
      readonly to: 'state';
      readonly window: GuestWindow;
      readonly term: number;
      readonly control: Focus;
    }
  | { readonly to: 'ack'; readonly ack: Ack };

/** The `place`-th window of a member, before it knows a host. */
export function createWindow(member: string, place: number): GuestWindow {
  return {
    member,
    window: `${member}-${place}`,
    boot: `${member}-${place}-0`,
    cseq: 0,
    knownTerm: 0,
    seen: undefined,
    lastFence: undefined,
    isUp: true,
    isFirst: place === 0,
    asksEvery: member === 'ben' ? 4 : 20,
    heldInEnd: false,
    outbox: [],
  };
}

/** The n-th command id. */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** A window as the sender of a record. */
export function sourceOf(window: GuestWindow): CommandSource {
  return { member: window.member, boot: window.boot, window: window.window };
}

/** A sender as a window that may hold control. */
export function refOf(from: CommandSource): { readonly member: string; readonly window: string } {
  return { member: from.member, window: from.window };
}
