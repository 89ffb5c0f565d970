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
async function startAndRead(): Promise<{ readonly text: string; readonly problem: string }> {
  await rig.start();
  const machine = await rig.machine();
  const problem = machine.state.computer.problem?.happened ?? '';
  const guest = await machine.joinSession(session);
  await guest.until('the log is there', () => guest.text !== '');
  const { text } = guest;
  await guest.close();
  await machine.view.close();
  expect(await rig.stop()).toBe(0);
  return { text, problem };
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
  expect(await startAndRead()).toEqual({ text: 'It was said before.', problem: '' });
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
