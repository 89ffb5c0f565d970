// A shared room as one view for as long as it is used, whichever connection stands behind it at the time.
import type { Clock } from '../../base/clock.ts';
import type { RoomView, Truth } from '../../session/view.ts';
import { waitForChange } from '../waitForChange.ts';
import { DelegatingView } from './delegatingView.ts';
import type { SharedRoom } from './sharedRoom.ts';

/** Waits for the first view of a room; closing it closes the room. Rejects with AppError if it cannot be joined. */
export async function viewOf(
  room: SharedRoom,
  options: { readonly clock: Pick<Clock, 'after'>; readonly signal: AbortSignal },
): Promise<RoomView> {
  let last = await waitForChange({
    ...options,
    events: [room.onDidChange],
    look: () => {
      if (room.error && !room.view) throw room.error;
      return room.view;
    },
  });
  const now = (): RoomView => (last = room.view ?? last);
  const truth = (): Truth => {
    if (room.error) return { kind: 'over', error: room.error };
    return room.view?.truth ?? { kind: 'connecting' };
  };
  return new DelegatingView({
    commands: now,
    picture: now,
    truth,
    outbox: () => room.outbox,
    forget: (id) => room.forget(id),
    close: (how) => room.close(how),
    onDidChange: room.onDidChange,
  });
}
