// [G7] Replace Now in the editor: what would end is named before anything is sent.
import { afterEach, expect, test } from 'vitest';
import type { App } from '../../src/editor/app.ts';
import { keepHost, replaceNow, stopAllSessions } from '../../src/editor/commands/hostCommands.ts';
import { machineState, row } from '../client/samples.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { editor, resetEditor } from './fakeVscode.ts';

afterEach(resetEditor);

const tasks = [{ taskId: 't', title: 'Watch', since: 0, kind: 'shell' as const }];

function setUp(replacement?: { readonly version: string; readonly since: number }) {
  const sent: unknown[] = [];
  const state = machineState({
    computer: { name: 'desk', platform: 'linux', version: '99.0.0', agent: 'Claude Code' },
    sessions: [row({ tasks })],
    ...(replacement && { replacement: { ...replacement, tasks } }),
  });
  const machine = {
    status: 'connected',
    state,
    rows: state.sessions,
    look: () => Promise.resolve(),
    request: (kind: string, args: unknown) => Promise.resolve(void sent.push([kind, args])),
  };
  // The parts of it that these commands ask for.
  const app = { machine, clock: createFakeClock() } as unknown as App;
  return { app, sent };
}

test('[G7] it is asked with what waits and what would end; only then it is sent', async () => {
  const { app, sent } = setUp({ version: '99.1.0', since: 0 });
  await replaceNow(app);
  expect(sent).toEqual([]);
  editor.choice = 'Replace Now';
  await replaceNow(app);
  expect(sent).toEqual([['replace-host', { force: true }]]);
  expect(editor.notices.at(-1)).toMatch(
    /^Replace the background service by version 99\.1\.0 now\? Version 99\.1\.0 has waited .* for: in the background “Watch”\. Running turns are interrupted; what was done stays\. What runs in the background ends with it: “Watch”\.$/,
  );
  await keepHost(app);
  expect(sent.at(-1)).toEqual(['replace-host', { wait: true }]);
});

test('[G7] where nobody waits that is said, and nothing is asked or sent', async () => {
  const { app, sent } = setUp();
  editor.choice = 'Replace Now';
  await replaceNow(app);
  expect(editor.notices).toEqual([
    'No newer version waits to take over from the background service.',
  ]);
  expect(sent).toEqual([]);
});

test('[G3] Stop All Sessions names background work, and lets turns be saved', async () => {
  const { app, sent } = setUp();
  editor.choice = 'Stop All Sessions';
  await stopAllSessions(app);
  expect(editor.notices.at(-1)).toContain('In the background: “Watch”.');
  expect(sent).toEqual([['stop-host', { force: true }]]);
});
