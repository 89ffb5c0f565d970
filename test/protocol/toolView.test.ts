// [L2] A view names parts of an input, and can hide nothing of it: whatever an adapter or a peer says.
import { expect, it } from 'vitest';
import type { Json } from '../../src/protocol/json.ts';
import {
  actionOf,
  changeParts,
  changesOf,
  familyOf,
  partOf,
  restOf,
  type ToolView,
  toolViewSchema,
  valueAt,
} from '../../src/protocol/toolView.ts';

const shell: ToolView = { family: 'shell', command: '/run/line' };

it('[L2] what stands beside a part deep in the input is shown', () => {
  const input = { run: { line: 'ls', env: { LD_PRELOAD: 'evil.so' } }, nice: true };
  const rest = restOf({ input, view: shell }, ['command']);
  expect(rest).toEqual({ run: { env: { LD_PRELOAD: 'evil.so' } }, nice: true });
  expect(restOf({ input: { run: { line: 'ls' } }, view: shell }, ['command'])).toEqual({});
  // Places in a list would move: it is shown whole.
  const listed = { input: { run: ['ls', 'rm -rf'] }, view: { family: 'shell', command: '/run/0' } };
  expect(restOf(listed, ['command'])).toEqual(listed.input);
});

it.each<[string, string]>([
  ['leads nowhere', '/no/thing'],
  ['goes through a text', '/run/line/0'],
  ['names what every object has', '/constructor/name'],
  ['names a prototype', '/__proto__/polluted'],
  ['names the length of a list', '/list/length'],
  ['is no pointer', 'run'],
])('[L2] a pointer that %s has no part, and hides nothing', (_what, command) => {
  const input = { run: { line: 'ls' }, list: ['a'] };
  const call = { input, view: { family: 'shell', command } };
  expect(partOf(call, 'command')).toBeUndefined();
  expect(restOf(call, ['command'])).toEqual(input);
});

it('an empty pointer is the whole value, another beginning is none', () => {
  expect(valueAt('ls', '')).toBe('ls');
  expect(valueAt('ls', 'ls')).toBeUndefined();
});

it('[L2] members of an input that are called like parts of a prototype are members', () => {
  const input: Json = JSON.parse('{"__proto__": "x", "run": {"line": "ls", "__proto__": "y"}}');
  const rest = restOf({ input, view: shell }, ['command']);
  expect(Object.keys(rest)).toEqual(['__proto__', 'run']);
  expect(JSON.stringify(rest)).toBe('{"__proto__":"x","run":{"__proto__":"y"}}');
});

const edit: ToolView = { family: 'edit', changes: '/steps', before: '/was', after: '/now' };
const step = { was: 'a', now: 'b' };

it.each<[string, ToolView, Json]>([
  ['something else in a change', edit, { steps: [{ ...step, force: true }] }],
  ['a change without what takes its place', edit, { steps: [step, { was: 'all of it' }] }],
  ['texts deeper than they are', { ...edit, before: '/was/x' }, { steps: [step] }],
  ['places that are not in the changes', { ...edit, after: '/now/x' }, { steps: [step] }],
])('[L2] a list of changes is not taken for shown with %s', (_what, view, input) => {
  expect(restOf({ input, view }, ['changes'])).toEqual(input);
});

it('[L2] only those parts count as shown by which a change is read', () => {
  const one = { was: 'a', now: 'b' };
  expect(changeParts({ input: { steps: [one] }, view: edit })).toEqual(['changes']);
  expect(changeParts({ input: one, view: { ...edit, changes: undefined } })).toEqual([
    'before',
    'after',
  ]);
  // All of a file is shown instead of changes, which then stand beside it.
  const both: ToolView = { ...edit, content: '/all' };
  const call = { input: { all: 'x', steps: [one] }, view: both };
  expect(changeParts(call)).toEqual(['content']);
  expect(restOf(call, changeParts(call))).toEqual({ steps: [one] });
  expect(changeParts({ input: { was: 'a' }, view: edit })).toEqual([]);
});

it('[R9] a family, an action and a member of tomorrow are taken and count as nothing known', () => {
  const view = toolViewSchema.parse({ family: 'teleport', action: 'beam', later: { a: [1] } });
  expect([familyOf({ view }), actionOf({ view })]).toEqual(['other', undefined]);
  expect(view).toHaveProperty('later');
  for (const family of ['constructor', '__proto__', '']) {
    expect(familyOf({ view: { family } })).toBe('other');
    expect(actionOf({ view: { family, action: family } })).toBeUndefined();
  }
});

it('[L2] a huge input is taken apart without running out of stack', () => {
  const deep = '/a'.repeat(20_000);
  expect(valueAt({ a: { a: 1 } }, deep)).toBeUndefined();
  const steps = Array.from({ length: 20_000 }, () => step);
  const call = { input: { steps }, view: edit };
  expect(changesOf(call)).toHaveLength(20_000);
  expect(restOf(call, ['changes'])).toEqual({});
});
