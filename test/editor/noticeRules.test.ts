// Which notifications are due.
import { describe, expect, test } from 'vitest';
import { NoticeRules, type WatchedSession } from '../../src/editor/noticeRules.ts';

const session = (changes: Partial<WatchedSession> = {}): WatchedSession => ({
  ref: { kind: 'own', session: 's' },
  title: 'Parser',
  isOpenHere: true,
  isLookedAt: false,
  isOfThisWindow: true,
  waits: false,
  isWorking: false,
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
    expect(kinds(rules, session({ waits: true, isLost: true }))).toEqual([]);
  });

  test('a decision that begins to wait is told once', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true }));
    expect(kinds(rules, session({ waits: true }))).toEqual(['waiting']);
    expect(kinds(rules, session({ waits: true }))).toEqual([]);
  });

  test('nothing is told about a session that is looked at', () => {
    const rules = new NoticeRules();
    kinds(rules, session({ isWorking: true, isLookedAt: true }));
    expect(kinds(rules, session({ waits: true, isLookedAt: true }))).toEqual([]);
  });

  test('a turn that ends unseen is told for open panels only', () => {
    const open = new NoticeRules();
    kinds(open, session({ isWorking: true }));
    expect(kinds(open, session())).toEqual(['turnEnded']);
    const closed = new NoticeRules();
    kinds(closed, session({ isWorking: true, isOpenHere: false }));
    expect(kinds(closed, session({ isOpenHere: false }))).toEqual([]);
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

  test('a window that is neither focused nor shows the session waits until it is focused', () => {
    const rules = new NoticeRules();
    const elsewhere = session({ knocks, isOpenHere: false });
    expect(kinds(rules, elsewhere, false)).toEqual([]);
    expect(kinds(rules, elsewhere, true)).toEqual(['knock']);
  });
});
