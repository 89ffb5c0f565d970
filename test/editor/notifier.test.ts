// Notifications of sessions that no panel shows.
import { afterEach, expect, test } from 'vitest';
import { say } from '../../src/base/say.ts';
import { Notifier } from '../../src/editor/views/notifier.ts';
import { problemOf } from '../../src/protocol/said.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { machineState, member, row } from '../client/samples.ts';
import { EditorRig } from './editorRig.ts';
import { editor, l10n, resetEditor } from './fakeVscode.ts';

afterEach(resetEditor);

test('who knocks at a shared session is told, also at one that is shared again', async () => {
  const rig = new EditorRig();
  const { directory, pool, panels, clock } = rig;
  // The parts of it that the notifier asks for.
  const machine = rig.machine as never;
  const notifier = new Notifier({ machine, directory, pool, panels, clock });
  const shared = row({ id: 'a' }, { sharing: { since: 1, where: 'here', invites: [] } });
  const listed = (rows: Parameters<EditorRig['list']>[0]): void => {
    rig.list(rows);
    clock.advance(300);
  };
  for (const name of ['Bo', 'Cy']) {
    listed([shared]);
    await waitUntil('it is joined', () => rig.views.get('a'));
    const people = [member('ada', { role: 'owner' }), member('guest', { name, asksControl: true })];
    rig.change('a', { people });
    clock.advance(300);
    expect(editor.notices.at(-1)).toContain(`${name} joined`);
    // No longer shared, and left after a while.
    listed([row({ id: 'a' })]);
    clock.advance(10_000);
    expect(pool.find({ kind: 'own', session: 'a' })).toBeUndefined();
    rig.views.clear();
  }
  notifier.dispose();
});

test('[E1] why a session has ended is said in the language of the window', () => {
  l10n.bundle = Object.fromEntries(
    ['“{0}” has ended: {1}', 'It was killed by {0}.'].map((text) => [text, `⟦${text}⟧`]),
  );
  const rig = new EditorRig();
  editor.folder = '/home/ada/project';
  const { directory, pool, panels, clock } = rig;
  // The parts of it that the notifier asks for.
  const machine = rig.machine as never;
  const notifier = new Notifier({ machine, directory, pool, panels, clock });
  const by: string = 'nobody\u202e';
  const happened = say`It was killed by ${by}.`;
  const problem = problemOf({ code: 'agent-crashed', happened });
  for (const session of [{ status: 'working' }, { status: 'ended', problem }] as const) {
    rig.list([row({ id: 'a', title: 'Parser', ...session })]);
    clock.advance(300);
  }
  expect(editor.notices).toEqual(['⟦“Parser” has ended: ⟦It was killed by nobody⟨U+202E⟩.⟧⟧']);
  notifier.dispose();
});

test('[G8] whoever is here after a day without anybody is asked once about the newer version', () => {
  const rig = new EditorRig();
  const { directory, pool, panels, clock } = rig;
  const state = (asksSince?: number) =>
    machineState({
      replacement: {
        version: '0.6.0',
        since: clock.now(),
        turns: 1,
        ...(asksSince && { asksSince }),
      },
    });
  const known = { state: state(), connection: 'live' };
  // The parts of it that the notifier asks for.
  const machine = Object.assign(rig.machine, known) as never;
  const notifier = new Notifier({ machine, directory, pool, panels, clock });
  const look = (next: ReturnType<typeof state>): readonly string[] => {
    Object.assign(rig.machine, { state: next });
    rig.list([row({ id: 'a' })]);
    clock.advance(300);
    return [...editor.notices];
  };
  expect(look(state())).toEqual([]);
  // Nobody looks at this window.
  editor.isFocused = false;
  expect(look(state(5))).toEqual([]);
  editor.isFocused = true;
  const text = 'Version 0.6.0 waits to take over from the background service, for: 1 turn at work.';
  expect(look(state(5))).toEqual([text]);
  expect(look(state(5))).toEqual([text]);
  // Somebody chose to wait, and another day went by.
  expect(look(state())).toEqual([text]);
  expect(look(state(6))).toEqual([text, text]);
  notifier.dispose();
});
