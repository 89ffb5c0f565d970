// A room is served with its own keys or not at all.
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { hostPaths } from '../../src/host/find/paths.ts';
import { readRoomKeys } from '../../src/host/serve/roomKeys.ts';
import { copyOf, open, wholeHome } from './journalHome.ts';

const whole = await wholeHome();

/** Ids of the rooms that can be served after a change in the journal. */
async function served(sql = ''): Promise<number> {
  const home = copyOf(whole);
  const database = new DatabaseSync(hostPaths(home).journal);
  database.exec(sql);
  database.close();
  const journal = open(home);
  const keys = await Promise.all(journal.rooms().map(({ room }) => readRoomKeys(journal, room)));
  journal.close();
  return keys.filter((one) => one !== undefined).length;
}

describe('keys of a room', () => {
  it('are read', async () => {
    expect(await served()).toBe(4);
  });

  it.each([
    ['a key that is none', "UPDATE rooms SET private_key = '?' || private_key"],
    ['no key', "UPDATE rooms SET private_key = x'00'"],
    [
      'a seed of another key',
      "UPDATE rooms SET private_key = substr(private_key, 1, 30) || 'AAAA' || substr(private_key, 35)",
    ],
    [
      'the key of another room',
      "UPDATE rooms SET private_key = (SELECT private_key FROM rooms WHERE kind = 'machine') WHERE kind = 'session'; UPDATE rooms SET room = 'x' || room WHERE kind = 'machine'",
    ],
    ['a secret that is none', "UPDATE epochs SET secret = '?'"],
    ['a secret that was cut', 'UPDATE epochs SET secret = substr(secret, 5)'],
    ['no secret', 'DELETE FROM epochs'],
    ['a missing epoch', 'UPDATE epochs SET epoch = 2'],
    ['no fence', "UPDATE rooms SET fence = 'x'"],
    ['a number of states beyond all', 'UPDATE rooms SET rev = 9223372036854775807'],
  ])('with %s are none', async (_what, sql) => {
    expect(await served(sql)).toBe(0);
  });
});
