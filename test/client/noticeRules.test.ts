// Which notifications are due.
import { describe, expect, test } from 'vitest';
import {
  countedDecisions,
  NoticeRules,
  type WatchedSession,
} from '../../src/client/lists/noticeRules.ts';

const session = (changes: Partial<WatchedSession> = {}): WatchedSession => ({
  ref: { kind: 'own', session: 's' },
  title: 'Parser',
  isOpenHere: true,
  isLookedAt: false,
  isOfThisWindow: true,
  isHosted: true,
  decisions: [],
  isWorking: false,
  isEnded: false,
  isLost: false,
  knocks: [],
  requests: [],
  ...changes,
});

const kinds = (rules: NoticeRules, next: WatchedSession, isFocused = true): readonly string[] =>
  rules.next([next], isFocused).map(({ kind }) => kind);

describe('decisions and turns', () => {
  test('what is already so when the window opens is no news', () => {
    const rules = new NoticeRules();
    expect(kinds(rules, session({ decisions: ['d1'], isLost: true }))).toEqual([]);
  });

  test('a decision that begins to wait is told once', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true }));
    expect(kinds(rules, session({ decisions: ['d1'] }))).toEqual(['waiting']);
    expect(kinds(rules, session({ decisions: ['d1'] }))).toEqual([]);
  });

  test('a decision for a guest’s prompt says so', () => {
    const waitingCause = { name: 'Bo', text: 'run the tests' };
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true }));
    const [notice] = rules.next([session({ decisions: ['d1'], waitingCause })], true);
    expect(notice).toMatchObject({ kind: 'waiting', waitingCause });
  });

  test('the next decision is told even if nobody saw the session at work between the two', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true }));
    expect(kinds(rules, session({ decisions: ['d1'] }))).toEqual(['waiting']);
    expect(kinds(rules, session({ decisions: ['d2'] }))).toEqual(['waiting']);
    expect(kinds(rules, session({ decisions: ['d2', 'd3'] }))).toEqual(['waiting']);
    expect(kinds(rules, session({ decisions: ['d2'] }))).toEqual([]);
  });

  test('where only the number of decisions is known, one more is news, and its id later is none', () => {
    const rules = new NoticeRules();
    kinds(rules, session());
    expect(kinds(rules, session({ decisions: countedDecisions(1) }))).toEqual(['waiting']);
    expect(kinds(rules, session({ decisions: countedDecisions(2) }))).toEqual(['waiting']);
    expect(kinds(rules, session({ decisions: ['d1', 'd2'] }))).toEqual([]);
    expect(kinds(rules, session({ decisions: countedDecisions(2) }))).toEqual([]);
  });

  test('a decision of a session without a window is told in the window that has the focus', () => {
    const elsewhere = { isOpenHere: false, isOfThisWindow: false };
    const decide = (isFocused: boolean, isHosted: boolean): readonly string[] => {
      const rules = new NoticeRules();
      kinds(rules, session({ ...elsewhere, isHosted }), isFocused);
      return kinds(rules, session({ ...elsewhere, isHosted, decisions: ['d1'] }), isFocused);
    };
    expect(decide(true, true)).toEqual(['waiting']);
    expect(decide(false, true)).toEqual([]);
    // A terminal shows its own.
    expect(decide(true, false)).toEqual([]);
  });

  test('nothing is told about a session that is looked at', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true, isLookedAt: true }));
    expect(kinds(rules, session({ decisions: ['d1'], isLookedAt: true }))).toEqual([]);
  });

  test('a turn that ends unseen is told in the windows that the session belongs to', () => {
    const open = new NoticeRules();
    kinds(open, session({ isWorking: true }));
    expect(kinds(open, session())).toEqual(['turnEnded']);
    const elsewhere = new NoticeRules();
    const other = { isOpenHere: false, isOfThisWindow: false };
    kinds(elsewhere, session({ ...other, isWorking: true }));
    expect(kinds(elsewhere, session(other))).toEqual([]);
  });

  test('a turn that ends right after its decision is told', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ decisions: ['d1'] }));
    expect(kinds(rules, session())).toEqual(['turnEnded']);
  });

  test('a session that ends in mid-turn is told as ended, with what happened', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true }));
    const ended = session({ isEnded: true, problem: 'Claude Code crashed.' });
    expect(rules.next([ended], true)).toMatchObject([
      { kind: 'turnEnded', isEnded: true, problem: 'Claude Code crashed.' },
    ]);
  });

  test('a lost computer is told once, and not as the end of a turn', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true }));
    expect(kinds(rules, session({ isLost: true }))).toEqual(['hostLost']);
    expect(kinds(rules, session({ isLost: true }))).toEqual([]);
  });
});

describe('people', () => {
  const knocks = [{ member: 'bo', name: 'Bo' }];
  const requests = [{ member: 'bo', window: 'w', name: 'Bo' }];

  test('a knock and a request are told once each, and again after they went away', () => {
    const rules = new NoticeRules();
    expect(kinds(rules, session({ knocks, requests }))).toEqual(['knock', 'controlRequest']);
    expect(kinds(rules, session({ knocks, requests }))).toEqual([]);
    expect(kinds(rules, session())).toEqual([]);
    expect(kinds(rules, session({ requests }))).toEqual(['controlRequest']);
  });

  test('a knock and a request are not told over the panel that asks by itself, but when it is left', () => {
    const rules = new NoticeRules();
    expect(kinds(rules, session({ knocks, requests, isLookedAt: true }))).toEqual([]);
    expect(kinds(rules, session({ knocks, requests }))).toEqual(['knock', 'controlRequest']);
  });

  test('a window that is neither focused nor shows the session waits until it is focused', () => {
    const rules = new NoticeRules();
    const elsewhere = session({ knocks, isOpenHere: false });
    expect(kinds(rules, elsewhere, false)).toEqual([]);
    expect(kinds(rules, elsewhere, true)).toEqual(['knock']);
  });
});
