// Which fence a window sends along: the one it holds or held last, and none once it has seen a newer one.
import { expect, test } from 'vitest';
import type { RoomState } from '../../src/protocol/state.ts';
import { MemberControl } from '../../src/sync/member/memberControl.ts';
import { sessionState } from '../client/samples.ts';

function makeControl() {
  let state: RoomState | undefined;
  let window = 'one';
  const control = new MemberControl({ member: 'ada', window: () => window, state: () => state });
  return {
    control,
    /** The host's newest state: who holds control under which fence. */
    see: (fence: number, holder?: { member: string; window: string }) => {
      const focus = { fence, queue: [], ...(holder && { holder: { ...holder, since: 0 } }) };
      state = sessionState({ focus });
      control.follow();
    },
    begin: (next: string) => (window = next),
  };
}

test('control is this window’s alone, under the fence of the state', () => {
  const { control, see, begin } = makeControl();
  control.follow();
  expect(control.heldFence).toBeUndefined();
  see(4, { member: 'ada', window: 'one' });
  expect(control.heldFence).toBe(4);
  begin('two');
  expect(control.heldFence).toBeUndefined();
  see(5, { member: 'bob', window: 'two' });
  expect(control.heldFence).toBeUndefined();
});

test('[F9] a window that let its lease lapse still names the fence that it held', () => {
  const { control, see } = makeControl();
  see(4, { member: 'ada', window: 'one' });
  see(4);
  expect(control.heldFence).toBeUndefined();
  expect(control.lastFence).toBe(4);
});

test('[F10] a window that has seen a newer fence names none, and asks anew', () => {
  const { control, see } = makeControl();
  see(4, { member: 'ada', window: 'one' });
  see(5, { member: 'bob', window: 'b' });
  expect(control.lastFence).toBeUndefined();
  see(5);
  expect(control.lastFence).toBeUndefined();
});
