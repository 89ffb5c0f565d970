// Commands about others on a conversation and about a folder that is gone, and the setting for prompts while the agent works.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settleWriters, setFolder } from '../../src/editor/commands/sessionCommands.ts';
import type { DirectoryRow, SessionSummary } from '../../src/protocol/state.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import {
  type FakeView,
  linkToRoom,
  member,
  row,
  sessionState,
  summary,
} from '../client/samples.ts';
import { EditorRig, own } from './editorRig.ts';
import { editor, resetEditor } from './fakeVscode.ts';

const others: SessionSummary['others'] = {
  writers: [{ where: 'terminal', since: 0, pid: 7 }],
  holds: true,
};
const gone: SessionSummary['problem'] = { code: 'agent-folder-gone', happened: 'It is gone.' };

let rig: EditorRig;
beforeEach(() => {
  rig = new EditorRig();
});
afterEach(resetEditor);

/** The parts of the editor that these commands come to. */
function app() {
  const { directory, pool, panels, clock, joined } = rig;
  const machine = Object.assign(rig.machine, { canHost: true, connection: 'live' });
  // Of the app only these parts are come to.
  return { directory, pool, panels, clock, joined, machine, given: { items: [] } } as never;
}

/** The list has these facts of session `a`; those of `b` are as always. */
function listed(facts: Partial<SessionSummary>): readonly DirectoryRow[] {
  return [row({ id: 'a', title: 'one', ...facts }), row({ id: 'b', title: 'two' })];
}

/** What the room of a session was told, once it was joined. */
function sent(session: string): FakeView['sent'] {
  return rig.views.get(session)?.sent ?? [];
}

test.each([
  ['Take theirs in', 'take-in'],
  ['Go on as a fork', 'fork'],
  ['Wait until they leave', 'wait'],
])('[Z3] “%s” sends the choice to the session in front', async (label, choice) => {
  const view = await rig.open('a');
  view.state = sessionState({ session: summary({ id: 'a', others }) });
  editor.chosen.push(label);
  await settleWriters(app());
  expect(editor.lists).toEqual([['Take theirs in', 'Go on as a fork', 'Wait until they leave']]);
  expect(sent('a')).toEqual([{ kind: 'settle-writers', args: { choice } }]);
});

test('[Z3] a list that is closed decides nothing', async () => {
  const view = await rig.open('a');
  view.state = sessionState({ session: summary({ id: 'a', others }) });
  editor.chosen.push(undefined);
  await settleWriters(app());
  expect(editor.lists).toHaveLength(1);
  expect(sent('a')).toEqual([]);
});

test('[Z3] where nobody else is on the session in front, that is said', async () => {
  await rig.open('a');
  await settleWriters(app());
  expect(editor.notices).toEqual(['Nobody else is on this conversation.']);
  expect(editor.lists).toEqual([]);
});

test('[Z3] without a panel in front only sessions with others on them are offered, and what is chosen is joined', async () => {
  rig.list(listed({ others }));
  editor.chosen.push('one', 'Wait');
  await settleWriters(app());
  expect(editor.lists[0]).toEqual([expect.stringContaining('one')]);
  expect(sent('a')).toEqual([{ kind: 'settle-writers', args: { choice: 'wait' } }]);
});

test('[Z3] [M1] where there is nothing to decide that is said, and nothing is asked', async () => {
  await settleWriters(app());
  await setFolder(app());
  expect(editor.notices).toEqual([
    'There is no session for this now.',
    'There is no session for this now.',
  ]);
  expect(editor.lists).toEqual([]);
});

test('[M1] the folder of a session of this computer is chosen in the editor’s dialog', async () => {
  rig.list(listed({ problem: gone }));
  editor.chosen.push('one', '/home/ada/moved here');
  await setFolder(app());
  expect(editor.lists).toEqual([[expect.stringContaining('one')]]);
  expect(sent('a')).toEqual([{ kind: 'set-folder', args: { path: '/home/ada/moved here' } }]);
});

test('[M1] a dialog that is closed changes nothing, and does not even join', async () => {
  editor.chosen.push(undefined);
  await setFolder(app(), own('a'));
  expect(rig.views.size).toBe(0);
});

test('[M1] the folder of a session on another computer is typed, without the blanks around it', async () => {
  const link = linkToRoom('b');
  const known = { room: 'b'.repeat(26), link, title: 'theirs', computer: 'desk', joinedAt: 0 };
  await rig.joined.put(known, () => true);
  const ref = { kind: 'joined', room: known.room } as const;
  editor.chosen.push('  /srv/moved ', '   ');
  await setFolder(app(), ref);
  await setFolder(app(), ref);
  expect([...rig.views.values()].flatMap((view) => view.sent)).toEqual([
    { kind: 'set-folder', args: { path: '/srv/moved' } },
  ]);
});

/** Types a prompt into the page of session `a`, as somebody with this role; what is sent. */
async function prompted(role: 'owner' | 'controller'): Promise<FakeView['sent']> {
  const view = await rig.open('a');
  const session = summary({ id: 'a', status: 'working' });
  rig.change('a', { session, people: [member('ada', { role }), member('bo')] });
  editor.panels[0]?.say({ type: 'prompt', text: 'and this' });
  await waitUntil('it is sent', () => view.sent.length > 0);
  return view.sent;
}

test('[Q2] a prompt to an agent that works waits, as the setting is delivered', async () => {
  expect(await prompted('owner')).toEqual([{ kind: 'prompt', args: { text: 'and this' } }]);
});

test('[Q2] with promptsWhileWorking at sendNow the owner’s goes into the turn', async () => {
  editor.settings.set('promptsWhileWorking', 'sendNow');
  expect(await prompted('owner')).toEqual([
    { kind: 'prompt', args: { text: 'and this', now: true } },
  ]);
});

test('[Q2] the setting does not speak for a guest, whose prompt waits', async () => {
  editor.settings.set('promptsWhileWorking', 'sendNow');
  expect(await prompted('controller')).toEqual([{ kind: 'prompt', args: { text: 'and this' } }]);
});

test('[Q2] another value than those that there are counts as delivered', async () => {
  editor.settings.set('promptsWhileWorking', 'sendnow');
  expect(await prompted('owner')).toEqual([{ kind: 'prompt', args: { text: 'and this' } }]);
});
