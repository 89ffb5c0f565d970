// Rows of the journal that are not what was written: whole for SQLite, and none of ours.
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import type { Journal } from '../../src/host/journal/journal.ts';
import type { RoomTables } from '../../src/host/journal/roomTables.ts';
import { temporaryFolder } from './folders.ts';
import { INVITE, MEMBER, openJournal, row } from './journalSamples.ts';

let home = '';
let journal: Journal;
let room: RoomTables;
const id = newId();

beforeEach(() => {
  home = temporaryFolder();
  journal = openJournal(home);
  room = journal.addRoom({ room: id, kind: 'session', privateKey: 'k' }, 'secret-1');
});
afterEach(() => journal.close());

it.each([
  ['a row that is no JSON', "json = '{' || json"],
  ['of another', `json = replace(json, '":"m"', '":"n"'), %id% = 'x'`],
  ['with a field that is lost', "json = json_remove(json, '$.role')"],
  ['that is no text', "json = x'00'"],
])('people and links: %s is left out, and dropped when the room is served', (_what, change) => {
  room.saveMember(MEMBER);
  room.saveMember({ ...MEMBER, member: 'whole' });
  room.saveInvite(INVITE);
  room.saveInvite({ ...INVITE, inviteId: 'whole' });
  journal.close();
  const database = new DatabaseSync(hostPaths(home).journal);
  for (const [table, column, key] of [
    ['members', 'member', 'm'],
    ['invites', 'invite', 'i'],
  ]) {
    const set = change.replace('%id%', `${column}`);
    database.exec(`UPDATE ${table} SET ${set} WHERE ${column} = '${key}'`);
  }
  database.close();
  journal = openJournal(home);
  room = journal.room(id);
  expect(room.members().map(({ member }) => member)).toEqual(['whole']);
  expect(room.invites().map(({ inviteId }) => inviteId)).toEqual(['whole']);
  expect(room.people.dropRotten()).toEqual({ members: 1, invites: 1 });
  expect(room.people.dropRotten()).toEqual({ members: 0, invites: 0 });
});

it('what is no number, no text or no JSON any more stops nobody, and makes nothing up', () => {
  room.acceptCommand(row('1', 1));
  room.settleCommand(row('2', 2, Date.now()), { id: '2', status: 'done' });
  room.appendLog([
    { index: 0, hash: 'h', text: '{"entry":{"id":"a","kind":"prompt","promptId":"p"}}' },
    { index: 1, hash: 'h', text: '{"entry":{"id":"b"}}' },
  ]);
  room.saveBlob('b', new Uint8Array([1]));
  journal.close();
  const database = new DatabaseSync(hostPaths(home).journal);
  database.exec(`UPDATE commands SET ack = '{' WHERE id = '2';
    UPDATE commands SET at = 'x', cseq = 9223372036854775807 WHERE id = '1';
    UPDATE counters SET cseq = 9223372036854775807;
    UPDATE log SET hash = x'00' WHERE idx = 0;
    UPDATE rooms SET fence = 'x', rev = 9223372036854775807;
    UPDATE epochs SET secret = x'00';
    UPDATE blobs SET bytes = 'x'`);
  database.close();
  // Past SQLite, which takes no text into the log that is no JSON.
  const file = readFileSync(hostPaths(home).journal);
  file.write('!', file.indexOf('{"entry":{"id":"b"}}'));
  writeFileSync(hostPaths(home).journal, file);
  journal = openJournal(home);
  room = journal.room(id);
  // Unknown, and not done: nobody knows.
  expect(room.findResult('m', '2')).toBe('accepted');
  expect(room.unsettled()).toEqual([{ ...row('1'), at: 0 }]);
  // Nothing is new of a counter that is lost.
  expect(room.highWater('m', 'b')).toBe(Number.MAX_SAFE_INTEGER);
  expect([room.hasPrompt('p'), room.hasPrompt('q')]).toEqual([true, false]);
  expect([room.fence(), room.revision(), room.hasNumbers]).toEqual([0, 0, false]);
  expect(room.epochs()).toEqual([{ epoch: 1, secret: '' }]);
  expect(room.logEnd().nextIndex).toBe(2);
  expect(() => room.readLog(0, 9)).toThrow(/Entry 1 of this session was damaged/);
  expect(room.readBlob('b', 0, 9)).toBeUndefined();
  expect(journal.suspectRooms().has(id)).toBe(true);
});

it.each([
  ['its last row has no place', "UPDATE log SET idx = 'x' WHERE idx = 2"],
  ['its last row has one beyond all', 'UPDATE log SET idx = 9223372036854775807 WHERE idx = 2'],
  ['its last row stands first', 'UPDATE log SET idx = -1 WHERE idx = 2'],
  ['its first row is lost', 'DELETE FROM log WHERE idx = 0'],
])('a log goes on nowhere if %s', (_what, sql) => {
  const home = temporaryFolder();
  let journal = openJournal(home);
  const records = [0, 1, 2].map((index) => ({ index, hash: 'h', text: '{}' }));
  journal.addRoom({ room: 'r', kind: 'session', privateKey: 'k' }, 's').appendLog(records);
  journal.close();
  const database = new DatabaseSync(hostPaths(home).journal);
  database.exec(sql);
  database.close();
  journal = openJournal(home);
  expect(() => journal.room('r').logEnd()).toThrow(/Entry \d of this session was damaged/);
  expect([...journal.suspectRooms()]).toEqual(['r']);
  journal.close();
});
