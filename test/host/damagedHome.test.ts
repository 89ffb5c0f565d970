// A home in which something is broken: the host starts, sessions are there, and its owner is told what was lost.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HostRig } from './hostRig.ts';

let rig: HostRig;
let session: string;
let store: string;

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  const machine = await rig.machine();
  const ada = await machine.startSession();
  ({ session } = ada);
  await ada.view.request('prompt', { text: '[[text:It was said before.]]' });
  await ada.until('it was said', () => ada.text.includes('It was said before.'));
  await ada.until('the turn is over', () => ada.state.session.status === 'idle');
  await ada.close();
  await rig.stop();
  store = join(rig.paths.relayData, 'relay.db');
});
afterAll(() => rig.close());

/** Starts the host on the home as it is, and reads the session as its owner. */
async function startAndRead(): Promise<{
  readonly text: string;
  readonly problem: string;
  readonly notices: string;
}> {
  await rig.start();
  const machine = await rig.machine();
  const problem = machine.state.computer.problem?.happened ?? '';
  const guest = await machine.joinSession(session);
  await guest.until('the log is there', () => guest.text !== '');
  const { text } = guest;
  const notices = guest
    .ofKind('notice')
    .map((notice) => notice.text)
    .join(' ');
  await guest.close();
  await machine.view.close();
  expect(await rig.stop()).toBe(0);
  return { text, problem, notices };
}

it.each([
  ['garbage', () => writeFileSync(store, 'garbage '.repeat(5000))],
  ['cut in the middle', () => truncateSync(store, Math.floor(readFileSync(store).length / 2))],
  [
    'a damaged page',
    () => {
      const bytes = readFileSync(store);
      bytes.fill(0xff, 4096, 8192);
      writeFileSync(store, bytes);
    },
  ],
  ['a folder', () => (rmSync(store), mkdirSync(join(store, 'inner'), { recursive: true }))],
  [
    'a file in place of its folder',
    () => {
      rmSync(rig.paths.relayData, { recursive: true });
      writeFileSync(rig.paths.relayData, '');
    },
  ],
])('the relay’s store is only a cache: %s', async (_what, spoil) => {
  expect(existsSync(store)).toBe(true);
  spoil();
  expect(await startAndRead()).toMatchObject({ text: 'It was said before.', problem: '' });
});

it('a journal with a damaged page is read around, and its owner is told', async () => {
  const file = rig.paths.journal;
  const database = new DatabaseSync(file);
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'commands'").get();
  database.close();
  const page = Number(row?.['rootpage']) - 1;
  const bytes = readFileSync(file);
  bytes.fill(0xff, page * 4096, (page + 1) * 4096);
  writeFileSync(file, bytes);
  const { text, problem } = await startAndRead();
  expect(text).toBe('It was said before.');
  expect(problem).toContain('The journal of this computer was damaged. No session misses a part');
  expect(readdirSync(rig.paths.home).some((name) => name.includes('.damaged-'))).toBe(true);
  // It is said once: the next start is an ordinary one.
  expect((await startAndRead()).problem).toBe('');
});

function inJournal(sql: string): void {
  const database = new DatabaseSync(rig.paths.journal);
  database.exec(sql);
  database.close();
}

const MACHINE = "(SELECT room FROM rooms WHERE kind = 'machine')";

it.each([
  // Bytes of its seed: it still is a key, and no more the room's.
  [
    'key',
    `UPDATE rooms SET private_key = substr(private_key, 1, 30) || 'AAAA' || substr(private_key, 35)
     WHERE kind = 'machine'`,
  ],
  ['secret', `UPDATE epochs SET secret = '?' WHERE room = ${MACHINE}`],
])(
  'the room of the computer with a rotten %s is made anew, its owner is told',
  async (_what, sql) => {
    inJournal(sql);
    const { text, problem } = await startAndRead();
    expect([text, problem]).toEqual([
      'It was said before.',
      expect.stringContaining('own room was damaged'),
    ]);
    expect((await startAndRead()).problem).toBe('');
  },
);

it('rotten rows of people, links and prompts are dropped and said, and the session opens', async () => {
  inJournal(`UPDATE members SET json = '{' || json; UPDATE invites SET json = '{}';
    UPDATE prompts SET json = substr(json, 3), state = 'sent'`);
  const { text, notices } = await startAndRead();
  expect(text).toBe('It was said before.');
  expect(notices).toMatch(
    /has lost a part of what it kept\. People: \d+, links: \d+; .*Prompts that had not ended: 1;/,
  );
  // Once.
  expect((await startAndRead()).notices).toBe(notices);
});

it('other rows that cannot be read keep nothing from starting', async () => {
  inJournal(`UPDATE meta SET value = 'x' WHERE key = 'setting.relay-port';
    INSERT INTO children VALUES ('x', 'y', x'00', 'z');
    INSERT INTO rooms VALUES ('x', 'session', x'00', 'y', 'z', 0);
    UPDATE commands SET ack = '{', at = 'x', cseq = x'00';
    UPDATE counters SET cseq = 'x';
    UPDATE raw_lines SET line = x'00'`);
  expect(await startAndRead()).toMatchObject({ text: 'It was said before.', problem: '' });
});

it.each([
  ['keys', "UPDATE rooms SET private_key = '' WHERE kind = 'session'"],
  ['facts', 'UPDATE sessions SET json = substr(json, 2)'],
])('a session with rotten %s goes on in a new room after the next start', async (_what, sql) => {
  inJournal(sql);
  await rig.start();
  expect(await rig.stop()).toBe(0);
  await rig.start();
  const machine = await rig.machine();
  const row = await machine.rowWhen('it is there', (one) => one.session.id === session);
  if (row.link === undefined) await machine.request('open', { foundKey: session });
  const guest = await machine.joinSession(session);
  await guest.until('the log is there', () => guest.text !== '');
  expect(guest.text).toBe('It was said before.');
  const notices = guest.ofKind('notice').map((notice) => notice.text);
  expect(notices.join(' ')).toContain('The journal of this computer was damaged.');
  await guest.close();
  await machine.view.close();
  expect(await rig.stop()).toBe(0);
});
