// The panels of a window: which one is in front, and what their tabs say.
import { afterEach, expect, test } from 'vitest';
import { row, summary } from '../client/samples.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { EditorRig, own } from './editorRig.ts';
import { editor, FakePanel, FakeTab, resetEditor } from './fakeVscode.ts';

afterEach(resetEditor);

test('a panel that is closed is in front no more: the one that shows then is, or none', async () => {
  const { panels, open } = withOpen(new EditorRig());
  await open('a');
  await open('b');
  expect(panels.current?.ref).toEqual(own('b'));
  const [first, second] = editor.panels;
  first?.show(false);
  second?.dispose();
  expect(panels.current).toBeUndefined();
  first?.show(true);
  expect(panels.current?.ref).toEqual(own('a'));
  first?.dispose();
  expect(panels.current).toBeUndefined();
});

test('the mark of a session that waits is on its tab only while nobody looks at it', async () => {
  const rig = new EditorRig();
  await rig.open('a');
  const [panel] = editor.panels;
  rig.change('a', { session: summary({ id: 'a', title: 'a', status: 'waiting' }) });
  const icon = (): string => JSON.stringify(panel?.iconPath);
  expect(icon()).toContain('panel-dark.svg');
  panel?.show(false);
  expect(icon()).toContain('panel-waits-dark.svg');
  panel?.show(true);
  expect(icon()).toContain('panel-dark.svg');
  // A dot in the title would say that something was not saved.
  expect(panel?.title).toBe('a');
});

test('a long title is cut on the tab, where it would push the others out, and such a tab is found again', async () => {
  const rig = new EditorRig();
  const title = `${'long '.repeat(30)}👩‍👩‍👧 end`;
  rig.list([row({ id: 'a', title })]);
  await rig.open('a');
  rig.change('a', { session: summary({ id: 'a', title }) });
  const cut = `${'long '.repeat(8).slice(0, 39).trimEnd()}…`;
  expect(editor.panels[0]?.title).toBe(cut);
  editor.panels[0]?.dispose();
  const kept = new FakePanel(cut);
  await giveBack(rig, kept);
  expect(rig.panels.find(own('a'))?.panel).toBe(kept);
});

test('a tab that has lost all but its title is the one session that the lists name so', async () => {
  const rig = new EditorRig();
  rig.list([]);
  const first = await rig.open('b');
  expect(first).toBeDefined();
  const kept = new FakePanel('● a');
  const restoring = giveBack(rig, kept);
  expect(rig.panels.find(own('a'))).toBeUndefined();
  rig.list(['a', 'b'].map((id) => row({ id, title: id })));
  await restoring;
  expect(rig.panels.find(own('a'))?.panel).toBe(kept);
});

test('of two sessions of one title none is guessed: such a tab closes', async () => {
  const rig = new EditorRig();
  rig.list(['a', 'b'].map((id) => row({ id, title: 'same' })));
  const kept = new FakePanel('same');
  let isClosed = false;
  kept.onDidDispose(() => {
    isClosed = true;
  });
  const restoring = giveBack(rig, kept);
  rig.clock.advance(30_000);
  await restoring;
  expect(isClosed).toBe(true);
  expect(rig.panels.all).toEqual([]);
});

test('a tab that VS Code gives back late, or whose session is looked for, is no leftover', async () => {
  editor.tabs.push(new FakeTab('a'));
  const rig = new EditorRig();
  rig.list([]);
  rig.clock.advance(2_500);
  const kept = new FakePanel('a');
  const restoring = giveBack(rig, kept);
  rig.clock.advance(2_500);
  rig.list([row({ id: 'a', title: 'a' })]);
  await restoring;
  expect(editor.tabs.map(({ label }) => label)).toEqual(['a']);
  expect(rig.panels.find(own('a'))?.panel).toBe(kept);
});

test('a tab of an extension host that ended gives way to a new panel of its session', async () => {
  editor.tabs.push(new FakeTab('a'));
  const rig = new EditorRig();
  rig.clock.advance(2_500);
  await waitUntil('a new panel', () => rig.panels.find(own('a')));
  expect(editor.tabs).toEqual([]);
});

test('a tab without a session that its person closes is not waited for', async () => {
  const rig = new EditorRig();
  const kept = new FakePanel('gone');
  const restoring = giveBack(rig, kept);
  kept.dispose();
  await restoring;
  expect(rig.panels.all).toEqual([]);
});

/** Has VS Code give a panel back of which nothing but the title was kept. */
function giveBack(rig: EditorRig, panel: FakePanel): Promise<void> {
  // Such a panel has what is used of one.
  return rig.panels.deserializeWebviewPanel(panel as never, undefined);
}

function withOpen(rig: EditorRig) {
  return { panels: rig.panels, open: (session: string) => rig.open(session) };
}
