// [G1] Background work in lists, in the status bar and in notifications; how prompts are sent beside a hold.
import { expect, test } from 'vitest';
import { isAtWork, sessionDetails } from '../../src/client/lists/sessionLook.ts';
import { taskCount } from '../../src/client/standing/taskWords.ts';
import { sessionTree } from '../../src/client/lists/sessionTree.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import { panelHeader } from '../../src/client/panel/panelModel.ts';
import { promptArgs } from '../../src/client/prompts/promptArgs.ts';
import { untranslated } from '../../src/client/translate.ts';
import { FakeView, row, sessionState, summary } from './samples.ts';

const tasks = [
  { taskId: 'a', title: 'Watch the tests', since: 0, kind: 'shell' as const },
  { taskId: 'b', title: 'Review', since: 0, kind: 'agent' as const },
];

test('[G1] the tree, its tooltip and the status bar say how much goes on', () => {
  const session = summary({ tasks, tasksMore: 3, queued: 2 });
  expect(taskCount(session)).toBe(5);
  const [group] = sessionTree({
    ...{ own: [row(session)], joined: [], connection: 'live', now: 0 },
    ...{ knownLinks: new Set<string>(), canShare: true, t: untranslated },
  });
  const node = group?.kind === 'group' ? group.children[0] : undefined;
  expect(node?.kind === 'session' && node.description).toContain('2 queued · 5 in the background');
  const details = new Map(sessionDetails(session, false, untranslated));
  expect(details.get('In the background')).toBe('“Watch the tests”, “Review” + 3');
  const view = new FakeView();
  view.state = sessionState({ session });
  expect(statusText(panelHeader(view, 0, untranslated), [], untranslated)?.text).toBe(
    '$(clock) 5 in the background',
  );
});

test('[G1] a session with background work has not finished', () => {
  expect(isAtWork(summary({ status: 'idle' }))).toBe(false);
  expect(isAtWork(summary({ status: 'working' }))).toBe(true);
  expect(isAtWork(summary({ status: 'idle', tasks }))).toBe(true);
});

test('[Q2] who sees that the queue is held sends past it; others wait their turn unless they say so', () => {
  const view = new FakeView();
  view.state = sessionState();
  expect(promptArgs(view, 'x')).toEqual({ text: 'x' });
  expect(promptArgs(view, 'x', true)).toEqual({ text: 'x', now: true });
  view.state = sessionState({ session: summary({ queueHold: { why: 'stop', since: 0 } }) });
  expect(promptArgs(view, 'x')).toEqual({ text: 'x', now: true });
});
