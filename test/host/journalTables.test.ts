// The contract of every table of the journal.
import { createHash } from 'node:crypto';
import { RoomLog } from '../../src/session/roomLog.ts';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { newId } from '../../src/base/ids.ts';
import { JOURNAL_SQL, JOURNAL_TABLES } from '../../src/host/journal/journalSchema.ts';
import type { Journal } from '../../src/host/journal/journal.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import type { RoomTables } from '../../src/host/journal/roomTables.ts';
import type { StoredInvite, StoredMember } from '../../src/session/roomJournal.ts';
import { mayHoldControl } from '../../src/session/control/rights.ts';
import { Roster } from '../../src/session/roster.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import { temporaryFolder } from './folders.ts';
import { INVITE, MEMBER, openJournal, row } from './journalSamples.ts';

describe('room journal', () => {
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

  it('[R18] a body for owners alone is marked, and a host of before does not find it', () => {
    const bytes = Buffer.from('a plan and a memory');
    room.saveOwnerBlob('own', bytes);
    room.saveBlob('open', bytes);
    expect(room.readBlob('own', 2, 4)).toEqual({
      totalBytes: bytes.length,
      bytes: new Uint8Array(Buffer.from('plan')),
      ownerOnly: true,
    });
    expect(room.readBlob('open', 0, 1)).not.toHaveProperty('ownerOnly');
    const other = journal.addRoom({ room: newId(), kind: 'session', privateKey: 'k' }, 's');
    expect(other.readBlob('own', 0, 4)).toBeUndefined();
    journal.close();
    const database = new DatabaseSync(hostPaths(home).journal);
    // How 0.1.0 and 0.2.0 read a body.
    const sql = 'SELECT length(bytes) AS total FROM blobs WHERE room = ? AND blob = ?';
    expect(database.prepare(sql).get(id, 'open')).toEqual({ total: bytes.length });
    expect(database.prepare(sql).get(id, 'own')).toBeUndefined();
    database.close();
    journal = openJournal(home);
  });

  /** Everything must be there for the next process too. */
  function reopen(): void {
    journal.close();
    journal = openJournal(home);
    room = journal.room(id);
  }

  it('the log is a chain with an end, and is read by range', () => {
    expect(room.logEnd()).toEqual({ nextIndex: 0, lastHash: '' });
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    const log = new RoomLog({ journal: room, sha256 });
    const text = (id: string) =>
      ({ ...{ id, at: 0, messageId: 'm' }, kind: 'text', text: id }) as const;
    const { records } = log.append(['a', 'b', 'c'].map(text));
    reopen();
    expect(room.logEnd()).toEqual({ nextIndex: 3, lastHash: records[2]?.hash });
    expect(room.readLog(1, 9)).toEqual(records.slice(1));
  });

  it('a batch with an index that exists is refused as a whole', () => {
    room.appendLog([{ index: 0, hash: 'h', text: '{}' }]);
    const twice = [1, 0].map((index) => ({ index, hash: 'x', text: '{}' }));
    expect(() => room.appendLog(twice)).toThrow();
    expect(room.logEnd().nextIndex).toBe(1);
  });

  it('entries are found by id, and requests without a decision are listed', () => {
    const entries = [
      { id: 'a', kind: 'request', requestId: 'r1' },
      { id: 'b', kind: 'request', requestId: 'r2' },
      { id: 'c', kind: 'decision', requestId: 'r1' },
    ];
    room.appendLog(
      entries.map((entry, index) => ({ index, hash: 'h', text: JSON.stringify({ index, entry }) })),
    );
    expect([room.hasEntry('b'), room.hasEntry('z')]).toEqual([true, false]);
    expect(room.openRequests().map(({ index }) => index)).toEqual([1]);
  });

  it('a command is accepted, then unknown to nobody: its result is found across restarts', () => {
    expect(room.findResult('m', '1')).toBeUndefined();
    const now = row('1', 1, Date.now());
    room.acceptCommand(now);
    reopen();
    expect(room.findResult('m', '1')).toBe('accepted');
    expect(room.unsettled()).toEqual([now]);
    room.settleCommand(now, { id: '1', status: 'done' });
    reopen();
    expect(room.findResult('m', '1')).toEqual({ id: '1', status: 'done' });
    expect(room.unsettled()).toEqual([]);
  });

  it('a refused command consumes its counter, and the counter never falls', () => {
    room.settleCommand(row('2', 2), { id: '2', status: 'rejected', code: 'no-control' });
    expect(room.highWater('m', 'b')).toBe(2);
    room.acceptCommand(row('1', 1));
    room.acceptCommand(row('x'));
    reopen();
    expect(room.highWater('m', 'b')).toBe(2);
    expect(room.highWater('m', 'other')).toBe(0);
  });

  it('old results are forgotten, unsettled commands are not', () => {
    room.settleCommand(row('1'), { id: '1', status: 'done' });
    room.acceptCommand(row('2'));
    room.forgetResults(11);
    expect(room.findResult('m', '1')).toBeUndefined();
    expect(room.findResult('m', '2')).toBe('accepted');
  });

  it('old results are forgotten at the next start too, whether their room is served or not', () => {
    room.settleCommand(row('1'), { id: '1', status: 'done' });
    room.acceptCommand(row('2'));
    room.settleCommand(row('3', undefined, Date.now()), { id: '3', status: 'done' });
    reopen();
    expect(['1', '2', '3'].map((name) => room.findResult('m', name))).toEqual([
      undefined,
      'accepted',
      { id: '3', status: 'done' },
    ]);
  });

  it('results are kept for a day over a start', () => {
    const at = (hours: number): number => Date.now() - hours * 3_600_000;
    room.settleCommand(row('old', undefined, at(25)), { id: 'old', status: 'done' });
    room.settleCommand(row('known', undefined, at(23)), { id: 'known', status: 'done' });
    reopen();
    expect(room.findResult('m', 'old')).toBeUndefined();
    expect(room.findResult('m', 'known')).toBeDefined();
  });

  it('members, invites, epochs and the fence survive', () => {
    room.saveMember(MEMBER);
    room.saveMember({ ...MEMBER, member: 'n', exchangeKey: 'x', notAfter: 7 });
    room.saveInvite(INVITE);
    room.addEpoch(2, 'secret-2');
    room.saveFence(12);
    reopen();
    expect(room.members()).toEqual([
      MEMBER,
      { ...MEMBER, member: 'n', exchangeKey: 'x', notAfter: 7 },
    ]);
    expect(room.invites()).toEqual([INVITE]);
    expect(room.epochs()).toEqual([
      { epoch: 1, secret: 'secret-1' },
      { epoch: 2, secret: 'secret-2' },
    ]);
    expect(room.fence()).toBe(12);
    room.removeMember('n');
    room.removeInvite('i');
    expect(room.members()).toEqual([MEMBER]);
    expect(room.invites()).toEqual([]);
  });

  it('[R9] what a later host wrote of members and invites is read, counts as least, and stays', () => {
    // Rows are written as they are given; a later host knows more roles than their types name.
    room.saveMember(tomorrow.member as unknown as StoredMember);
    room.saveInvite(tomorrow.invite as unknown as StoredInvite);
    reopen();
    expect(room.members()).toEqual([tomorrow.member]);
    expect(room.invites()).toEqual([tomorrow.invite]);
    const roster = new Roster({
      room: id,
      journal: room,
      clock: systemClock,
      isPresent: () => true,
      goneMs: () => 0,
    });
    expect(roster.people).toMatchObject([{ role: 'reviewer', scopes: ['prompt', 'suggest'] }]);
    const [bo] = roster.people;
    expect(bo && mayHoldControl(bo)).toBe(false);
    expect(roster.setRole('bo', 'controller')).toBe(true);
    const scopes = ['prompt', 'interrupt', 'suggest'];
    expect(room.members()).toEqual([{ ...tomorrow.member, role: 'controller', scopes }]);
    expect(roster.removeGuests()).toEqual(['bo']);
  });

  it('a long body is read back in parts', () => {
    room.saveBlob('b', new Uint8Array([1, 2, 3, 4, 5]));
    expect(room.readBlob('b', 3, 10)).toEqual({ totalBytes: 5, bytes: new Uint8Array([4, 5]) });
    expect(room.readBlob('b', 9, 10)).toEqual({ totalBytes: 5, bytes: new Uint8Array([]) });
    expect(room.readBlob('none', 0, 10)).toBeUndefined();
  });
});

it('the columns that are looked for are those of the layout', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(JOURNAL_SQL);
  const list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)');
  const tables = database
    .prepare(list)
    .all()
    .map(({ name }): [string, string] => [
      String(name),
      columns
        .all(String(name))
        .map((column) => String(column['name']))
        .join(', '),
    ]);
  database.close();
  expect(JOURNAL_TABLES).toEqual(Object.fromEntries(tables));
});

describe('session store', () => {
  it('a prompt is taken once, and open ones are listed in order', () => {
    const journal = openJournal(temporaryFolder());
    const prompt = {
      promptId: 'p1',
      text: 'hi',
      author: { name: 'Ada' },
      at: 1,
      state: 'accepted',
    } as const;
    expect(journal.sessions.addPrompt('s', prompt)).toBe(true);
    expect(journal.sessions.addPrompt('s', { ...prompt, text: 'changed' })).toBe(false);
    journal.sessions.addPrompt('s', { ...prompt, promptId: 'p0' });
    journal.sessions.setPromptState('s', 'p0', 'sent');
    expect(
      journal.sessions.openPrompts('s').map(({ promptId, state }) => [promptId, state]),
    ).toEqual([
      ['p1', 'accepted'],
      ['p0', 'sent'],
    ]);
    journal.sessions.setPromptState('s', 'p1', 'completed');
    expect(journal.sessions.openPrompts('s')).toHaveLength(1);
    expect(journal.sessions.prompt('s', 'p1')?.text).toBe('hi');
    journal.close();
  });

  it('raw lines keep their order and come once per uuid, unless they say something else', () => {
    const journal = openJournal(temporaryFolder());
    const again = { uuid: 'a', parentUuid: 'b' };
    const lines = [{ uuid: 'a' }, { type: 'x' }, { uuid: 'a' }, { type: 'x' }, again, again];
    journal.sessions.appendRawLines(
      's',
      lines.map((line) => ({ file: 'f', line })),
    );
    expect(journal.sessions.rawLines('s', 'f')).toEqual([
      '{"uuid":"a"}',
      '{"type":"x"}',
      '{"type":"x"}',
      '{"uuid":"a","parentUuid":"b"}',
    ]);
    journal.close();
  });

  it('a session that cannot be read is told, left out, and left as it is', () => {
    const home = temporaryFolder();
    openJournal(home).close();
    const raw = new DatabaseSync(hostPaths(home).journal);
    const bad = `{"id":"bad","room":"r","source":"of a later build"}`;
    raw.exec(`INSERT INTO sessions (id, room, json) VALUES ('bad', 'r', '${bad}')`);
    raw.close();
    const journal = openJournal(home);
    const unreadable: string[] = [];
    expect(journal.sessions.sessions((id) => unreadable.push(id))).toEqual([]);
    expect(unreadable).toEqual(['bad']);
    journal.close();
    const after = new DatabaseSync(hostPaths(home).journal);
    expect(after.prepare('SELECT json FROM sessions').get()).toEqual({ json: bad });
    after.close();
  });

  it('children and sessions are kept whole, unknown fields too', () => {
    const home = temporaryFolder();
    let journal = openJournal(home);
    const session = {
      id: 'one',
      room: 'r',
      source: 'hosted',
      cwd: '/x',
      title: 't',
      startedAt: 1,
      lastActivityAt: 2,
      ended: false,
      later: { field: true },
    } as const;
    journal.sessions.saveSession(session);
    journal.sessions.saveChild({ session: 'one', pid: 7, processStart: '99' }, 1);
    journal.close();
    journal = openJournal(home);
    expect(journal.sessions.sessions()).toEqual([session]);
    expect(journal.sessions.children()).toEqual([{ session: 'one', pid: 7, processStart: '99' }]);
    journal.sessions.removeChild('one');
    expect(journal.sessions.children()).toEqual([]);
    journal.close();
  });
});
