// [Z7] What a session needs from its owner is told wherever the owner looks: rows, groups, status bar, notices, words.
import { describe, expect, test } from 'vitest';
import { inOrder, rowNotes } from '../../src/cli/commands/sessionsCommand.ts';
import { NoticeRules, type WatchedSession } from '../../src/client/lists/noticeRules.ts';
import { groupOf } from '../../src/client/lists/sessionRow.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import {
  othersDetail,
  othersHead,
  waitsForTasks,
  writersChoices,
} from '../../src/client/standing/othersWords.ts';
import { ownerNeed, ownerNeedText } from '../../src/client/standing/ownerNeed.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { Others, SessionSummary } from '../../src/protocol/state.ts';
import { row, summary } from './samples.ts';

const SCRIPT = { where: 'script', since: 1, left: true } as const;
const TERMINAL = { pid: 7, where: 'terminal', since: 1 } as const;
const CAN = ['prompt', 'answer', 'interrupt', 'end'] as const;

/** An idle session of ours with others on it. */
function held(others: Partial<Others>, changes: Partial<SessionSummary> = {}): SessionSummary {
  return summary({
    ...{ id: 's', status: 'idle', source: 'hosted', can: [...CAN] },
    others: { writers: [SCRIPT], messages: 2, holds: true, ...others },
    ...changes,
  });
}

const GONE = { code: 'agent-folder-gone', happened: 'The folder is gone.' };
const TASK = { taskId: 't', title: 'Wait long', since: 1, kind: 'shell' } as const;

describe('what needs the owner', () => {
  test('others that wrote and left, and whoever keeps a prompt waiting, until a choice is made', () => {
    expect(ownerNeed(held({}))).toBe('others');
    expect(ownerNeed(held({ writers: [TERMINAL] }, { queued: 1 }))).toBe('others');
    expect(ownerNeed(held({ choice: 'take-in' }))).toBeUndefined();
    expect(ownerNeed(held({ holds: false }))).toBeUndefined();
  });

  test('not a terminal that keeps nothing waiting: that may be the owner', () => {
    expect(ownerNeed(held({ writers: [TERMINAL], messages: 4 }))).toBeUndefined();
  });

  test('not while a turn is under way, and not of a session that is only watched or over', () => {
    expect(ownerNeed(held({}, { status: 'working' }))).toBeUndefined();
    expect(ownerNeed(held({}, { can: [] }))).toBeUndefined();
    expect(ownerNeed(held({}, { status: 'ended', can: ['continue'] }))).toBeUndefined();
  });

  test('a folder that is gone, if something waits for it', () => {
    const gone = held({ holds: false }, { problem: GONE, queued: 1 });
    expect(ownerNeed(gone)).toBe('folder');
    expect(ownerNeedText(gone, untranslated)).toBe('The folder is gone.');
    expect(ownerNeed(held({ holds: false }, { problem: GONE }))).toBeUndefined();
  });
});

describe('where it is told', () => {
  const waiting = { ...row({ id: 's' }), session: held({}) };

  test('its row stands under “Waiting for you”; a guest’s row of it does not', () => {
    expect(groupOf(waiting.session, waiting)).toBe('waiting');
    expect(groupOf(waiting.session)).toBe('idle');
  });

  test('the status bar counts it', () => {
    expect(statusText(undefined, [waiting], untranslated)).toMatchObject({
      text: '$(bell-dot) 1 decision waits',
      session: 's',
    });
  });

  test('“sessions” has it first, and says what it waits for', () => {
    const busy = row({ id: 'works', status: 'working' });
    expect(inOrder([busy, waiting]).map(({ session }) => session.id)).toEqual(['s', 'works']);
    expect(rowNotes(waiting, 0)).toBe('waits for you: others on it');
    const there = { ...waiting, session: held({ writers: [TERMINAL] }) };
    expect(rowNotes(there, 0)).toBe('others on it');
    const gone = held({ holds: false, writers: [] }, { problem: GONE, queued: 1 });
    expect(rowNotes({ ...waiting, session: gone }, 0)).toContain(
      'waits for you: its folder is gone',
    );
  });

  test('a notice is due once, and none that a turn has ended when it was chosen', () => {
    const rules = new NoticeRules();
    const watched = (need: string | undefined): WatchedSession => ({
      ...{ ref: { kind: 'own', session: 's' }, title: 'Parser', need, decisions: [] },
      ...{ isOpenHere: false, isLookedAt: false, isOfThisWindow: false, isHosted: true },
      ...{ isWorking: false, isEnded: false, isLost: false, knocks: [], requests: [] },
    });
    const due = (need: string | undefined) => rules.next([watched(need)], true);
    due(undefined);
    expect(due('A script is gone.')).toMatchObject([
      { kind: 'waiting', waitingFor: 'A script is gone.' },
    ]);
    expect(due('A script is gone.')).toEqual([]);
    expect(due(undefined)).toEqual([]);
  });
});

describe('the words', () => {
  test('say of those that have left that they have, and do not offer to wait for them', () => {
    const { others } = held({});
    const two: Others = { writers: [SCRIPT, { ...SCRIPT, where: 'program' }], messages: 4 };
    expect(others && othersHead(others, untranslated)).toBe(
      'A script has written in this conversation and is gone.',
    );
    expect(othersHead(two, untranslated)).toBe(
      'A script and others have written in this conversation and are gone.',
    );
    expect(othersHead({ writers: [TERMINAL, SCRIPT] }, untranslated)).toBe(
      'A terminal (process 7) has this conversation open as well.',
    );
    const kinds = (of: Others) => writersChoices(of, untranslated).map(([choice]) => choice);
    expect(kinds(two)).toEqual(['take-in', 'fork']);
    expect(kinds({ writers: [TERMINAL] })).toEqual(['take-in', 'fork', 'wait']);
  });

  test('do not promise that the hold ends by itself where something was written', () => {
    expect(othersDetail(held({}), untranslated)).toMatch(/held until the owner chooses\.$/);
    const silent = held({ writers: [TERMINAL], messages: 0 });
    expect(othersDetail(silent, untranslated)).toMatch(/or they leave without a word\.$/);
  });

  test('[Z6] name the background work that a choice waits for, or ends', () => {
    const chosen = held({ choice: 'fork' }, { tasks: [TASK], tasksMore: 2 });
    expect(othersDetail(chosen, untranslated)).toMatch(
      /done when what runs in the background has ended: “Wait long” \+ 2$/,
    );
    expect(waitsForTasks(chosen)).toBe(true);
    const forced = held({ choice: 'fork', force: true }, { tasks: [TASK] });
    expect(othersDetail(forced, untranslated)).toMatch(/and ends what runs .*: “Wait long”$/);
    expect(waitsForTasks(forced)).toBe(false);
    const wait = held({ choice: 'wait', writers: [TERMINAL] }, { tasks: [TASK] });
    expect(othersDetail(wait, untranslated)).toMatch(/goes on when they have left/);
    expect(waitsForTasks(wait)).toBe(false);
    expect(othersDetail(held({ choice: 'fork' }), untranslated)).toMatch(/the turn has ended\.$/);
  });
});
