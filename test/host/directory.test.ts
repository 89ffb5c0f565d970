// The directory of a machine: order, bounds, each conversation once.
import { describe, expect, it } from 'vitest';
import {
  closedRow,
  foundId,
  foundRow,
  page,
  rowsForState,
  sortRows,
} from '../../src/host/machine/directory.ts';
import { listRows, storedOfFound } from '../../src/host/machine/directoryRows.ts';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { jsonBytes } from '../../src/base/jsonText.ts';
import type { FoundSession } from '../../src/protocol/agent.ts';
import { directoryRowSchema, type DirectoryRow } from '../../src/protocol/state.ts';

const CONTEXT = { computer: 'here', agent: { name: 'Agent', rules: CLAUDE_RULES } };

function found(n: number, more: Partial<FoundSession> = {}): FoundSession {
  return {
    key: `key-${n}`,
    agentSessionId: `conversation-${n}`,
    cwd: '/home/dev/project',
    status: 'ended',
    lastActivityAt: n,
    ...more,
  };
}

const many: readonly DirectoryRow[] = Array.from({ length: 500 }, (_, n) =>
  foundRow(found(n), CONTEXT),
);

describe('directory', () => {
  it('what does not fit the state is counted and fetched, each row once', () => {
    const { sessions, more = 0 } = rowsForState(many);
    expect(jsonBytes(sessions)).toBeLessThan(33 * 1024);
    expect(sessions.length + more).toBe(500);
    const fetched = [...sessions];
    while (fetched.length < many.length) {
      const next = page(many, fetched.length);
      expect(next.length).toBeGreaterThan(0);
      fetched.push(...next);
    }
    expect(fetched).toEqual(many);
    expect(page(many, 500)).toEqual([]);
    expect(page(many, -5).length).toBeGreaterThan(0);
  });

  it('[B2] texts of any length in a found session take no more than their bounds, and every answer goes on', () => {
    const long = '\u0001'.repeat(100_000);
    const texts = { title: long, branch: long, cwd: `/${long}`, waitingFor: long };
    const listed = listRows({
      open: [],
      stored: [],
      found: Array.from({ length: 30 }, (_, n) => found(n, texts)),
      ...CONTEXT,
    });
    expect(jsonBytes(listed)).toBeLessThan(30 * 2_048);
    for (let offset = 0; offset < 30;) {
      const { length } = page(listed, offset, 4_096);
      expect(length).toBeGreaterThan(0);
      offset += length;
    }
  });

  it('waiting comes first, archived last, the newest of a kind first', () => {
    const row = (n: number, status: FoundSession['status'], archived = false): DirectoryRow => ({
      ...foundRow(found(n, { status }), CONTEXT),
      archived,
    });
    const rows = [
      row(1, 'ended'),
      row(2, 'idle', true),
      row(3, 'idle'),
      row(4, 'ended'),
      row(5, 'working'),
      row(6, 'waiting'),
    ];
    expect(sortRows(rows).map(({ session }) => session.lastActivityAt)).toEqual([6, 5, 3, 4, 1, 2]);
  });

  it('a found session has the same id before and after it is opened, and a valid row', () => {
    const one = found(1, { status: 'idle', title: 'T', branch: 'main' });
    const stored = storedOfFound(one, 'room', 7);
    expect(stored.id).toBe(foundId('key-1'));
    expect(foundRow(one, CONTEXT).session.id).toBe(stored.id);
    for (const row of [foundRow(one, CONTEXT), closedRow(stored, CONTEXT)]) {
      expect(directoryRowSchema.safeParse(row).success).toBe(true);
    }
  });

  it('each conversation is listed once: one of ours that a terminal took up runs under its own id', () => {
    const running = found(1, { status: 'idle' });
    const over = found(2);
    const stored = [
      storedOfFound({ ...running, key: 'ours-1' }, 'r', 1),
      storedOfFound({ ...over, key: 'ours-2' }, 'r', 1),
    ];
    const rows = listRows({ open: [], stored, found: [running, over], ...CONTEXT });
    expect(rows.map(({ session, foundKey }) => [session.id, session.status, foundKey])).toEqual([
      [foundId('ours-1'), 'idle', foundId('ours-1')],
      [foundId('ours-2'), 'ended', foundId('ours-2')],
    ]);
  });

  it('a shared session of ours stays beside the terminal that took its conversation up', () => {
    const running = found(1, { status: 'idle' });
    const sharing = { since: 1, where: 'this computer only', invites: [] };
    const stored = [{ ...storedOfFound({ ...running, key: 'ours-1' }, 'r', 1), sharing }];
    const rows = listRows({ open: [], stored, found: [running], ...CONTEXT });
    expect(rows.map(({ session, foundKey }) => [session.status, foundKey])).toEqual([
      ['idle', 'key-1'],
      ['ended', foundId('ours-1')],
    ]);
  });
});
