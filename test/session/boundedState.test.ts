// [B2] The state is bounded whatever is in it: every member is filled here from the schema, a new one too.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { jsonBytes, textBytes } from '../../src/base/jsonText.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import {
  directoryRowSchema,
  type MachineState,
  machineStateSchema,
  roomStateSchema,
  type SessionState,
  sessionStateSchema,
} from '../../src/protocol/state.ts';
import { boundedRow, boundedState } from '../../src/session/state/boundedState.ts';
import { fairTexts } from '../../src/session/state/fairTexts.ts';

/** What is worst for a bound: escapes of two and six bytes, characters of two to four. */
const WORST = '"\\\u0001ä文😀\ud800'.repeat(200);

/** Ids by the names of their members: their lengths come from how they are made. */
const IDS: Readonly<Record<string, string>> = {
  id: 'i'.repeat(26),
  member: 'm'.repeat(26),
  key: 'k'.repeat(43),
  window: 'w'.repeat(22),
  hash: 'h'.repeat(43),
  secret: 's'.repeat(43),
  requestId: 'r'.repeat(36),
  promptId: 'p'.repeat(36),
  inviteId: 'i'.repeat(26),
  link: 'l'.repeat(600),
  foundKey: 'f'.repeat(64),
};
/** What hosts do not publish, what the state counts by itself, and what only stands where scopes are missing. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'exchangeKey',
  'pendingMore',
  'queueMore',
  'more',
  'asksControl',
  'writersMore',
]);
/** Numbers that are no times. */
const NUMBERS: Readonly<Record<string, number>> = {
  rev: Number.MAX_SAFE_INTEGER,
  fence: Number.MAX_SAFE_INTEGER,
  index: 9_999_999_999,
  images: 99,
  costUsd: 1_234.567_890_123_456,
};
/** Lists at their bounds; any other list is endless. */
const LENGTHS: Readonly<Record<string, number>> = {
  people: LIMITS.members,
  invites: LIMITS.invites,
  pending: LIMITS.requests,
  queue: LIMITS.queuedPrompts,
  waiting: LIMITS.controlQueue,
  writers: LIMITS.writers,
  scopes: 4,
  epochs: 16,
  args: 3,
  sessions: 40,
};

type Schema = z.ZodMiniType;

/** What is read of a schema's own definition. */
const definitionSchema = z.looseObject({
  type: z.string(),
  shape: z.optional(z.record(z.string(), z.custom<Schema>())),
  element: z.optional(z.custom<Schema>()),
  innerType: z.optional(z.custom<Schema>()),
  options: z.optional(z.array(z.custom<Schema>())),
  values: z.optional(z.array(z.unknown())),
  entries: z.optional(z.record(z.string(), z.string())),
});

/** A value of the schema with everything in it, and everything as large as it can be. */
function filled(schema: Schema | undefined, name = '', at = 0): unknown {
  const definition = definitionSchema.parse(schema?._zod.def);
  const { type, shape, element, innerType, options, values, entries } = definition;
  switch (type) {
    case 'object': {
      const isFocus = shape !== undefined && 'fence' in shape;
      const nameOf = (key: string): string => (isFocus && key === 'queue' ? 'waiting' : key);
      const given = Object.entries(shape ?? {}).filter(([key]) => !LEFT_OUT.has(key));
      return Object.fromEntries(given.map(([key, one]) => [key, filled(one, nameOf(key), at)]));
    }
    case 'array':
      return Array.from({ length: LENGTHS[name] ?? 5_000 }, (_, n) => filled(element, name, n));
    case 'optional':
      return filled(innerType, name, at);
    // An open list of words: hosts say the known ones.
    case 'union':
      return filled(options?.[0], name, at);
    case 'string':
      return IDS[name] ?? WORST;
    case 'number':
      return NUMBERS[name] ?? 9_999_999_999_999;
    case 'boolean':
      return false;
    case 'literal':
      return values?.[0];
    case 'enum': {
      const all = Object.values(entries ?? {});
      return name === 'scopes' ? all[at] : all.toSorted((x, y) => y.length - x.length)[0];
    }
    default:
      throw new Error(`no filling for ${type} (${name})`);
  }
}

const fullSession = sessionStateSchema.parse(filled(sessionStateSchema));
const fullMachine = machineStateSchema.parse(filled(machineStateSchema));
const fullRow = directoryRowSchema.parse(filled(directoryRowSchema));

const ordinary: SessionState = {
  ...fullSession,
  session: {
    id: 'one',
    title: 'A title',
    source: 'hosted',
    status: 'idle',
    computer: 'desk',
    cwd: '/home/ada/shop',
    project: 'shop',
    agent: 'Claude Code',
    startedAt: 1,
    lastActivityAt: 1,
  },
  people: fullSession.people.slice(0, 3),
  focus: { fence: 1, queue: [] },
  pending: [],
  queue: [],
};

/** So many bytes of text that need no escape. */
const letters = (bytes: number): string => 'x'.repeat(bytes);

describe('[B2] a state with everything in it', () => {
  it('names every person, request, prompt and link, and leaves 7 KiB for members to come', () => {
    expect(roomStateSchema.safeParse(fullSession).success).toBe(true);
    const { state, leftOut } = boundedState(fullSession);
    if (state.kind !== 'session') throw new Error('another kind');
    console.info(`full session state: ${jsonBytes(state)} B`);
    expect(leftOut).toBeUndefined();
    expect(jsonBytes(state)).toBeLessThanOrEqual(LIMITS.stateFillBytes);
    expect(LIMITS.stateBytes - LIMITS.stateFillBytes).toBe(7 * 1024);
    expect(state.people).toHaveLength(64);
    expect(state.pending).toHaveLength(64);
    expect(state.queue).toHaveLength(32);
    expect(state.sharing?.invites).toHaveLength(16);
    expect([state.pendingMore, state.queueMore]).toEqual([undefined, undefined]);
    expect(state.people.every(({ name, device }) => name !== '' && device !== '')).toBe(true);
    expect(state.queue.every(({ text }) => text !== '')).toBe(true);
    expect(roomStateSchema.safeParse(state).success).toBe(true);
  });

  it('of a machine has room for rows beside 64 people, and counts those that are left', () => {
    const { state, leftOut } = boundedState(fullMachine);
    if (state.kind !== 'machine') throw new Error('another kind');
    console.info(`full machine state: ${jsonBytes(state)} B, ${state.sessions.length} rows`);
    expect(leftOut).toBeUndefined();
    expect(jsonBytes(state)).toBeLessThanOrEqual(LIMITS.stateFillBytes);
    expect(state.people).toHaveLength(64);
    expect(state.sessions.length).toBeGreaterThan(0);
    expect(state.sessions.length + (state.more ?? 0)).toBe(40);
    // [G6] What a newer version waits for.
    expect(state.replacement?.tasks).toHaveLength(LIMITS.backgroundTasks);
    expect(state.replacement?.tasksMore).toBeGreaterThan(5_000 - LIMITS.backgroundTasks - 1);
    expect(textBytes(state.replacement?.version ?? '')).toBeLessThanOrEqual(40);
  });
});

describe('[B2] each text and list', () => {
  it('has its bound in bytes, cut before a character, with an ellipsis', () => {
    const { session, people, queue, pending, sharing } = sessionOf(fullSession);
    const alone = sessionOf({ ...ordinary, people: fullSession.people.slice(0, 1) });
    for (const text of [alone.people[0]?.name ?? '', alone.people[0]?.device ?? '']) {
      expect(textBytes(text)).toBeLessThanOrEqual(64);
      expect(textBytes(text)).toBeGreaterThan(52);
      expect(text.endsWith('…')).toBe(true);
      expect(text).not.toMatch(/[\ud800-\udbff]…$/);
    }
    expect(textBytes(session.title)).toBeLessThanOrEqual(200);
    const texts = [people, queue, pending, sharing, session].map((part) => JSON.stringify(part));
    for (const text of texts) expect(text).not.toContain(JSON.stringify(WORST).slice(1, 600));
  });

  it('[B6] is whole while it is within its bound, however full its list is', () => {
    const name = letters(64);
    const people = fullSession.people.map((one) => ({ ...one, name, device: name }));
    const crowd = sessionOf({ ...ordinary, people, sharing: fullSession.sharing });
    expect(crowd.people).toEqual(people);
    expect(crowd.sharing?.invites).toHaveLength(16);

    const pending = fullSession.pending.map((one) => ({ ...one, tool: letters(64) }));
    const author = { member: 'm'.repeat(26), name, device: name };
    const queue = fullSession.queue.map((one) => ({ ...one, author, text: letters(200) }));
    const title = letters(200);
    const busy = sessionOf({
      ...ordinary,
      session: { ...ordinary.session, title },
      pending,
      queue,
    });
    expect(busy.pending).toEqual(pending);
    expect(busy.queue).toEqual(queue);
    expect(busy.session.title).toBe(title);
  });

  it('[B6] in a crowd the long texts give way, beginnings of prompts first, and short names stay whole', () => {
    const people = fullSession.people.map((one, n) => ({
      ...one,
      name: n % 2 === 0 ? 'Ada' : one.name,
    }));
    const state = sessionOf({ ...fullSession, people });
    expect(jsonBytes(state)).toBeLessThanOrEqual(LIMITS.stateFillBytes);
    expect(state.people.filter(({ name }) => name === 'Ada')).toHaveLength(32);
    const some = sessionOf({ ...fullSession, queue: fullSession.queue.slice(0, 20) });
    expect(some.queue).toHaveLength(20);
    const names = (one: SessionState): number => jsonBytes(one.people);
    expect(names(some)).toBeGreaterThanOrEqual(names(sessionOf(fullSession)));
  });

  it('[B6] long texts give way evenly, by no more than is missing', () => {
    const people = fullSession.people.map((one, n) => ({
      ...one,
      name: n % 2 === 0 ? 'Ada' : letters(64),
      device: letters(64),
    }));
    const whole = { ...ordinary, people };
    const maxBytes = jsonBytes(whole) - 2_000;
    const fitted = fairTexts(whole, maxBytes);
    expect(jsonBytes(fitted)).toBeLessThanOrEqual(maxBytes);
    expect(jsonBytes(fitted)).toBeGreaterThan(maxBytes - 200);
    const lengths = fitted.people.flatMap(({ name, device }) => [
      textBytes(name),
      textBytes(device),
    ]);
    expect([...new Set(lengths)]).toEqual([3, 43]);
    expect(fairTexts(whole, jsonBytes(whole))).toEqual(whole);
  });

  it('[B6] a request over the bound waits and is counted; one with an endless id keeps nobody out', () => {
    const pending = Array.from({ length: 70 }, (_, n) => ({
      ...ordinary.pending[0],
      requestId: n === 0 ? letters(9_000) : `request-${n}`,
      index: n,
      request: 'permission' as const,
      tool: 'Bash',
      since: 1,
    }));
    const state = sessionOf({ ...ordinary, pending });
    expect(state.pending.map(({ index }) => index)).toEqual(
      Array.from({ length: 64 }, (_, n) => n + 1),
    );
    expect(state.pendingMore).toBe(6);
    const queue = Array.from({ length: 40 }, () => fullSession.queue[0]).flatMap(
      (one) => one ?? [],
    );
    const busy = sessionOf({ ...ordinary, queue });
    expect([busy.queue.length, busy.queueMore]).toEqual([32, 8]);
  });
});

describe('[Z1] others on the conversation', () => {
  it('[Z1] of many on a conversation the first are named, and all are counted', () => {
    const writers = Array.from({ length: LIMITS.writers + 3 }, (_, pid) => ({
      ...{ pid, where: 'terminal', since: 1 },
    }));
    const others = { writers, messages: 2, holds: true };
    const { state } = boundedState({ ...ordinary, session: { ...ordinary.session, others } });
    if (state.kind !== 'session') throw new Error('invariant');
    expect(state.session.others).toEqual({
      ...others,
      writers: writers.slice(0, LIMITS.writers),
      writersMore: 3,
    });
  });
});

describe('[B7] what does not fit is said', () => {
  it('people, links and waiting people over their bounds', () => {
    const { people, focus, sharing } = fullSession;
    if (sharing === undefined) throw new Error('not filled');
    const invites = [...sharing.invites, ...sharing.invites.slice(0, 2)];
    const { state, leftOut } = boundedState({
      ...ordinary,
      people: [...people, ...people.slice(0, 6)],
      focus: { ...focus, queue: [...focus.queue, ...focus.queue.slice(0, 4)] },
      sharing: { ...sharing, invites },
    });
    if (state.kind !== 'session') throw new Error('another kind');
    expect(leftOut).toBe('6 people, 4 waiting for control, 2 links');
    expect(state.people).toHaveLength(64);
    expect(state.focus.queue).toHaveLength(16);
    expect(state.sharing?.invites).toHaveLength(16);
    expect(problemOf(state)).toMatchObject({ code: 'state-too-large' });
    expect(problemOf(state)?.happened).toContain('6 people');
  });

  it('a member of unknown size: people and control are still there, the lists are counted', () => {
    for (const whole of [fullSession, fullMachine]) {
      const { state, leftOut } = boundedState({ ...whole, later: letters(60_000) });
      expect(jsonBytes(state)).toBeLessThanOrEqual(LIMITS.stateBytes);
      expect(leftOut).toMatch(/\d+ KB/);
      expect(state.people).toHaveLength(64);
      expect(state.focus.holder).toEqual(whole.focus.holder);
      expect(problemOf(state)?.code).toBe('state-too-large');
      expect(roomStateSchema.safeParse(state).success).toBe(true);
      if (state.kind === 'session') expect([state.pendingMore, state.queueMore]).toEqual([64, 32]);
      else expect(state.more).toBe(40);
    }
  });

  it('members to come have the rest of the record to themselves', () => {
    const { state, leftOut } = boundedState({ ...fullSession, later: letters(6_900) });
    expect(leftOut).toBeUndefined();
    expect(jsonBytes(state)).toBeLessThanOrEqual(LIMITS.stateBytes);
  });
});

it('[B7] no state of any size and text is larger than its bound', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.nat(3_000).map((length) => WORST.slice(0, length)),
  );
  const count = fc.nat(120);
  fc.assert(
    fc.property(text, text, count, count, count, (one, other, people, pending, queue) => {
      const many = <T>(list: readonly T[], length: number): T[] =>
        Array.from({ length }, (_, n) => list[n % list.length]).flatMap((item) => item ?? []);
      const { state } = boundedState({
        ...fullSession,
        session: { ...fullSession.session, title: one, cwd: other },
        people: many(fullSession.people, people).map((item) => ({ ...item, name: one })),
        pending: many(fullSession.pending, pending).map((item) => ({ ...item, tool: other })),
        queue: many(fullSession.queue, queue).map((item) => ({ ...item, text: other })),
      });
      expect(jsonBytes(state)).toBeLessThanOrEqual(LIMITS.stateBytes);
      expect(roomStateSchema.safeParse(state).success).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('[B2] a row of the directory has the bounds of the state, so that some fit any answer', () => {
  const row = boundedRow(fullRow);
  expect(jsonBytes(row)).toBeLessThan(8 * 1024);
  expect(boundedRow(row)).toEqual(row);
  expect(directoryRowSchema.safeParse(row).success).toBe(true);
});

function sessionOf(whole: SessionState): SessionState {
  const { state } = boundedState(whole);
  if (state.kind !== 'session') throw new Error('another kind');
  return state;
}

function problemOf(state: SessionState | MachineState) {
  return state.kind === 'session' ? state.session.problem : state.computer.problem;
}
