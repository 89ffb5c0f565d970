// What the command line remembers of rooms: an older picture than it has seen is refused, across restarts.
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { roomMemoryFile, roomMemoryFolder } from '../../src/cli/join/roomMemoryFolder.ts';
import { RoomMemories } from '../../src/client/rooms/roomMemories.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { temporaryFolder } from '../host/folders.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createMovableClock } from '../probes/movableClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { sessionApp, textEntry } from '../sync/syncRig.ts';
import { JoinRig } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

const seen = (change: object = {}) => ({ term: 2, rev: 7, index: 3, hash: 'abc', ...change });

it('[P1] a picture older than the one of the last time is not shown, and it is said why', async () => {
  const home = temporaryFolder();
  const { relay, room } = await rig.serve();
  room.append([textEntry('one', 'first')]);
  room.setState(sessionApp({ title: 'Now' }));
  const link = await rig.invite(room, relay);
  const first = rig.run(link, 'Vic', { home, flags: ['--json'] });
  await first.until('"truth":"live"');
  first.say('{"quit":true}');
  expect(await first.ended).toBe(0);
  const file = join(home, 'rooms', parseLink(link).room);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);

  const again = rig.run(link, 'Vic', { home, flags: ['--json'] });
  await again.until('"truth":"live"');
  again.say('{"quit":true}');
  expect(await again.ended).toBe(0);
  expect(again.text()).not.toContain('"alarm"');

  // As after a visit at which more was there.
  const { term, rev, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ term, rev: rev + 1000, ...rest }));
  const clock = createMovableClock();
  const older = rig.run(link, 'Vic', { home, flags: ['--json'], clock });
  // The host is heard, and of what it says nothing can be shown: that is not live.
  await older.until('"truth":"unconfirmed"');
  // Who comes after it has read the whole room: so has it.
  const other = await rig.join(link);
  await waitUntil('another one sees the room', () => other.state);
  // As long as it waits for a picture that can be shown.
  clock.advance(20_000);
  expect(await older.ended).toBe(1);
  expect(older.lines().at(-1)).toMatchObject({
    type: 'end',
    reason: 'failed',
    error: { code: 'rollback-detected', message: expect.stringContaining(file) },
  });
  expect(older.text()).not.toContain('"Now"');
});

function memoriesIn(home: string): RoomMemories {
  return new RoomMemories({ storage: roomMemoryFolder(home), clock: createFakeClock() });
}

it('[P1] of what two processes have seen of a room the highest stays', async () => {
  const home = temporaryFolder();
  const room = newId();
  const one = memoriesIn(home);
  const two = memoriesIn(home);
  one.save(room, seen({ rev: 9 }));
  two.save(room, seen({ index: 5, hash: 'def' }));
  await one.close();
  await two.close();
  expect(memoriesIn(home).load(room)).toEqual(seen({ rev: 9, index: 5, hash: 'def' }));
  expect(readdirSync(join(home, 'rooms'))).toEqual([room]);
});

it('a process that ends writes without waiting', () => {
  const home = temporaryFolder();
  const room = newId();
  const memories = memoriesIn(home);
  memories.save(room, seen());
  void memories.flush();
  expect(existsSync(roomMemoryFile(home, room))).toBe(true);
});

it('a garbled file counts as none, a foreign name makes no file, the oldest of many go', () => {
  const home = temporaryFolder();
  const storage = roomMemoryFolder(home);
  void storage.write([['../outside', seen()]]);
  expect(existsSync(join(home, 'outside'))).toBe(false);
  expect(storage.read('../outside')).toBeUndefined();
  const rooms = Array.from({ length: 201 }, () => newId());
  for (const [i, room] of rooms.entries()) {
    void storage.write([[room, seen()]]);
    utimesSync(roomMemoryFile(home, room), i, i);
  }
  expect(readdirSync(join(home, 'rooms'))).toHaveLength(200);
  expect(storage.read(rooms[0] ?? '')).toBeUndefined();
  const last = rooms.at(-1) ?? '';
  writeFileSync(roomMemoryFile(home, last), '{');
  expect(storage.read(last)).toBeUndefined();
});
