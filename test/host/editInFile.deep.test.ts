// [N5] A change that waits, read in its file by a guest: with real claude, and a rule of the owner's that denies it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wholeEntry } from '../../src/client/panel/wholeEntry.ts';
import { linkOfAnswer } from '../../src/client/rooms/machineAnswers.ts';
import { changeContextSchema } from '../../src/protocol/reading/foundEntries.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };
let vic: Guest;

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession();
  const where = { kind: 'loopback' } as const;
  const shared = await machine.request('share', { session: ada.session, role: 'viewer', where });
  vic = await rig.join(linkOfAnswer(shared).link, 'Vic');
});
afterAll(() => rig.close());

/** What stands around the change that waits, as the guest is told it. */
async function askedFor(name: string) {
  const path = join(rig.project, name);
  const lines = Array.from({ length: 40 }, (_, n) => `const line${n + 1} = ${n + 1};`);
  writeFileSync(path, lines.join('\n'));
  const read = `Read:${JSON.stringify({ file_path: path })}`;
  await ada.view.request('prompt', { text: `[[tool:${read}]]` });
  await ada.until(
    'it has read',
    () => ada.ofKind('turn').length > 0 && ada.state.session.status === 'idle',
  );
  const before = vic.ofKind('request').length;
  await ada.view.request('prompt', { text: `[[edit:${path}:line20 = 20:line20 = 21]]` });
  await vic.until('it waits', () => vic.ofKind('request').length > before);
  const placed = vic.view.entries.findLast(({ entry }) => entry.kind === 'request');
  if (placed === undefined) throw new Error('invariant');
  const answer = await vic.view.request('fetch', { what: 'context', index: placed.index });
  return { placed, places: changeContextSchema.parse(answer).places };
}

it('[N5] a guest reads ten lines on either side, and a diff of them', async () => {
  const { placed, places } = await askedFor('seen.ts');
  expect(places).toMatchObject([{ change: 0, line: 10 }]);
  const whole = await wholeEntry(placed, vic.view);
  expect(whole).toMatchObject({ kind: 'change', name: 'seen.ts' });
  if (whole.kind !== 'change') throw new Error('invariant');
  expect(whole.before.split('\n')).toHaveLength(21);
  expect(whole.after).toContain('const line20 = 21;\nconst line21 = 21;');
  const { requestId, inputHash } = vic.ofKind('request').at(-1) ?? { requestId: '', inputHash: '' };
  await ada.view.request('answer', { requestId, inputHash, behavior: 'deny', interrupt: true });
  await ada.until('it is over', () => ada.state.session.status === 'idle');
});

it('[N5] nothing of a file that a rule of the owner’s denies from then on', async () => {
  const settings = join(rig.project, '.claude');
  const hidden = askedFor('hidden.ts');
  // After it was read: the agent itself would not read it any more.
  await vic.until('it waits', () => vic.ofKind('request').length > 1);
  await hidden;
  mkdirSync(settings, { recursive: true });
  const rules = { permissions: { deny: ['Read(./hidden.ts)'] } };
  writeFileSync(join(settings, 'settings.local.json'), JSON.stringify(rules));
  const { index } = (await hidden).placed;
  expect(await vic.view.request('fetch', { what: 'context', index })).toEqual({ places: [] });
});
