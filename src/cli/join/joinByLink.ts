// Joins a room by its link, as a guest or, where it is one of this computer, as whoever one is there.
import { silentLogger } from '../../base/log.ts';
import { LinkedRoom } from '../../client/rooms/linkedRoom.ts';
import { viewOf } from '../../client/rooms/roomView.ts';
import { SharedRoom } from '../../client/rooms/sharedRoom.ts';
import { parseLink } from '../../protocol/link.ts';
import type { RoomView } from '../../session/view.ts';
import { computerOf } from '../hostClient.ts';
import type { CliIo } from '../io.ts';
import { joinerOf } from './joinRoom.ts';

/** Joins under this name, or that of the computer's user; the view says how it goes. Throws AppError link-*. */
export async function joinByLink(io: CliIo, link: string, name?: string): Promise<RoomView> {
  const { room } = parseLink(link);
  const { clock, signal } = io;
  const shared = new SharedRoom({
    ref: { kind: 'joined', room },
    join: joinerOf(io, name),
    clock,
    random: Math.random,
    log: silentLogger,
  });
  const links = new LinkedRoom({ link, room, computer: () => computerOf(io) });
  shared.onDidClose(() => links.dispose());
  shared.follow(links);
  try {
    return await viewOf(shared, { clock, signal });
  } catch (error) {
    await shared.close();
    throw error;
  }
}
