// [W1] [W2] What an agent waits for, in lists, notifications and on the command line.
import { describe, expect, test } from 'vitest';
import { rowNotes } from '../../src/cli/commands/sessionsCommand.ts';
import { waitLine } from '../../src/cli/join/terminalStatus.ts';
import { blockersOf, blockerText, needsPerson } from '../../src/cli/join/blocked.ts';
import { NoticeRules, type WatchedSession } from '../../src/client/lists/noticeRules.ts';
import type { SessionNode } from '../../src/client/lists/sessionRow.ts';
import { sessionTree, type TreeNode } from '../../src/client/lists/sessionTree.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import { panelHeader, viewStanding } from '../../src/client/panel/panelModel.ts';
import { leftText, timeOfDay } from '../../src/client/standing/waitWords.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { Wait } from '../../src/protocol/wait.ts';
import type { Truth } from '../../src/session/view.ts';
import { FakeView, row, sessionState, summary } from './samples.ts';

/** The host's clock, and this device's, which is an hour and a half ahead. */
const HOST_NOW = 1_800_000_000_000;
const NOW = HOST_NOW + 5_400_000;
const LIMIT: Wait = {
  ...{ why: 'usage-limit', limit: 'week' },
  ...{ since: HOST_NOW - 60_000, until: HOST_NOW + 7_200_000 },
};
const RETRY: Wait = {
  ...{ why: 'overloaded', since: HOST_NOW, until: HOST_NOW + 11_500 },
  ...{ attempt: 4, maxAttempts: 10 },
};
const LIVE: Truth = { kind: 'live', lastBeatAt: 0 };

function viewOf(wait: Wait | undefined, truth: Truth = LIVE): FakeView {
  const view = new FakeView();
  view.truth = truth;
  view.hostNow = HOST_NOW;
  view.state = sessionState({ session: summary({ status: 'working', ...(wait && { wait }) }) });
  return view;
}

const barOf = (view: FakeView) =>
  statusText(panelHeader(view, 0, untranslated), [], untranslated, NOW);

function leaves(nodes: readonly TreeNode[]): readonly SessionNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'group') return leaves(node.children);
    return node.kind === 'session' ? [node] : [];
  });
}

function treeOf(wait: Wait, truth: Truth['kind'], from: 'here' | 'elsewhere'): SessionNode {
  const session = summary({ wait });
  const joined = { room: 'r', title: 't', computer: 'desk', connection: truth, session };
  const [node] = leaves(
    sessionTree({
      ...{ now: HOST_NOW, knownLinks: new Set<string>(), canShare: true, t: untranslated },
      ...{ connection: truth, own: from === 'here' ? [row(session)] : [] },
      joined: from === 'here' ? [] : [joined],
    }),
  );
  return node ?? expect.fail('no row');
}

describe('what is left', () => {
  test.each([
    [1, '1 s'],
    [59_001, '1 m'],
    [3_480_000, '58 m'],
    [3_600_000, '1 h 0 m'],
    [86_400_000 + 3_700_000, '1 d 1 h'],
  ])('of %i ms is %s: never less than there is', (ms, text) => {
    expect(leftText(ms, untranslated)).toBe(text);
  });

  test('is the time of day on the reader’s clock, on the minute, with its day where it is far', () => {
    const locale = 'en-GB';
    const at = (leftMs: number) => timeOfDay(leftMs, { now: 0, locale });
    expect(at(3_600_000 - 4)).toBe(at(3_600_000 + 4));
    expect(at(3_600_000)).toMatch(/^\d\d:\d\d$/);
    expect(at(172_800_000)).toMatch(/\d\d:\d\d$/);
    expect(at(172_800_000)).toContain('Jan');
    expect(timeOfDay(undefined, { now: 0 })).toBeUndefined();
  });
});

describe('a session that waits', () => {
  test('says so in the status bar, with the time of the reset by this device’s clock', () => {
    const at = timeOfDay(7_200_000, { now: NOW });
    expect(barOf(viewOf(LIMIT))).toMatchObject({
      text: '$(watch) The weekly usage limit is reached',
      tooltip: `Fix the parser · Resets: ${at}.`,
      isWarning: false,
    });
    expect(barOf(viewOf(RETRY))?.tooltip).toBe('Fix the parser');
    expect(barOf(viewOf(undefined))?.text).not.toContain('watch)');
  });

  test('says so in its row: with what is left where the host’s time is this computer’s', () => {
    const own = treeOf(LIMIT, 'live', 'here');
    expect(own.icon).toBe('watch');
    expect(own.description).toMatch(/^The weekly usage limit is reached · resets in 2 h 0 m · /);
    expect(own.details).toContainEqual([
      'Waits',
      'The weekly usage limit is reached · resets in 2 h 0 m',
    ]);
    const other = treeOf(LIMIT, 'live', 'elsewhere');
    expect(other.description).toMatch(/^The weekly usage limit is reached · \d+d · project/);
    expect(treeOf(LIMIT, 'host-offline', 'elsewhere').description).not.toContain('limit');
  });

  test('says so in the list of the command line, until it has ended', () => {
    const limit = 'The weekly usage limit is reached · resets in 2 h 0 m';
    expect(rowNotes(row({ wait: LIMIT }, { pending: 1 }), HOST_NOW)).toBe(`${limit}, 1 waiting`);
    expect(rowNotes(row({ wait: LIMIT, status: 'ended' }), HOST_NOW)).toBe('');
    expect(rowNotes(row({ queued: 2 }), HOST_NOW)).toBe('2 queued');
    const stopped = row({ queued: 2, queueHold: { why: 'stop', since: 0 } });
    expect(rowNotes(stopped, HOST_NOW)).toBe('2 held by Stop');
    const failed = row({ queued: 2, queueHold: { why: 'failed', since: 0 } });
    expect(rowNotes(failed, HOST_NOW)).toBe('2 held, the turn failed');
  });

  test('is one line in a terminal, the same however long it lasts', () => {
    const lineOf = (wait: Wait, truth?: Truth): string => {
      const view = viewOf(wait, truth);
      return waitLine(viewStanding(view, 0, untranslated), NOW);
    };
    const at = timeOfDay(7_200_000, { now: NOW });
    expect(lineOf(LIMIT)).toBe(
      `The weekly usage limit is reached. Resets: ${at}. Until then prompts wait in the queue; then they are sent by themselves`,
    );
    expect(lineOf(RETRY)).toBe('The service is overloaded. It tries again by itself');
    expect(lineOf({ ...RETRY, attempt: 5, until: HOST_NOW })).toBe(lineOf(RETRY));
    expect(lineOf(LIMIT, { kind: 'host-offline', lastBeatAt: 0 })).toBe('');
  });

  test('keeps `send --wait` waiting, which says so and needs nobody', () => {
    const view = viewOf(LIMIT);
    const [blocker] = blockersOf(view, 'p', NOW);
    if (blocker === undefined) return expect.fail('nothing is waited for');
    expect(blocker).toMatchObject({ kind: 'wait', wait: LIMIT });
    expect(needsPerson(blocker)).toBe(false);
    expect(blockerText(blocker, view, 's')).toMatch(/^waits: The weekly usage limit is reached\. /);
  });

  test('is told at the end of the turn by its limit, not as a turn that has finished', () => {
    const watched = (changes: Partial<WatchedSession>): WatchedSession => ({
      ...{ ref: { kind: 'own', session: 's' }, title: 'Parser', isOpenHere: true },
      ...{ isLookedAt: false, isOfThisWindow: true, isHosted: true, decisions: [] },
      ...{ isWorking: false, isEnded: false, isLost: false, knocks: [], requests: [] },
      ...changes,
    });
    const rules = new NoticeRules();
    rules.next([watched({ isWorking: true })], true);
    const [notice] = rules.next([watched({ limit: 'The usage limit is reached' })], true);
    expect(notice).toMatchObject({ kind: 'turnEnded', limit: 'The usage limit is reached' });
  });
});
