// What travels is open: tomorrow's members and words are read, kept, and count as what allows least.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ackStatusSchema, rejectionSchema } from '../../src/protocol/command.ts';
import { ackStatusOf, rejectionOf } from '../../src/protocol/openAnswers.ts';
import {
  canOf,
  capabilitiesOf,
  holdReasonOf,
  limitKindOf,
  modeKindOfSession,
  queueWaitOf,
  taskKindOf,
  questionKindOf,
  requestKindOf,
  roleOf,
  scopesOf,
  SOURCE_CAN,
  sourceOf,
  statusOf,
  unknownStatus,
  promptOriginOf,
  waitKindOf,
  writerPlaceOf,
  writersChoiceOf,
} from '../../src/protocol/openValues.ts';
import {
  actionOf,
  familyOf,
  toolActionSchema,
  toolFamilySchema,
} from '../../src/protocol/toolView.ts';
import { roleSchema } from '../../src/protocol/role.ts';
import {
  capabilitySchema,
  holdReasonSchema,
  modeKindSchema,
  queueWaitSchema,
  taskKindSchema,
  writerPlaceSchema,
  writersChoiceSchema,
  scopeSchema,
  sessionStatusSchema,
  sourceSchema,
} from '../../src/protocol/state.ts';
import {
  promptOriginSchema,
  questionKindSchema,
  requestKindSchema,
} from '../../src/protocol/entryParts.ts';
import {
  fieldTypeOf,
  fieldTypeSchema,
  formProblemOf,
  formProblemSchema,
} from '../../src/protocol/forms/form.ts';
import { limitKindSchema, waitKindSchema } from '../../src/protocol/wait.ts';
import { parseEntry } from '../../src/protocol/transcript.ts';
import {
  closedPlaces,
  TODAY,
  TOMORROW,
  type TomorrowOptions,
  unknownWord,
  valuesOf,
} from './tomorrowValues.ts';
import { type JsonNode, jsonSchemaOf, openWords, TRAVELLING } from './travellingSchemas.ts';

const names = Object.keys(TRAVELLING);
const nodes = new Map(
  Object.entries(TRAVELLING).map(([name, schema]) => [name, jsonSchemaOf(schema)]),
);

function nodeOf(name: string): JsonNode {
  const node = nodes.get(name);
  if (!node) throw new Error(`no schema ${name}`);
  return node;
}

/** Open lists of words below a node, each as its known words. */
function openLists(node: JsonNode): readonly string[] {
  const words = openWords(node);
  if (words) return [words.join(' ')];
  const children = [
    ...Object.values(node.properties ?? {}),
    ...(node.oneOf ?? []),
    ...(node.anyOf ?? []),
    ...(node.items ? [node.items] : []),
  ];
  return children.flatMap(openLists);
}

/** Every open list: its words, and what each word counts as; `unknown` is what every other one does. */
const LISTS = [
  { known: roleSchema.options, countsAs: roleOf, unknown: 'viewer' },
  { known: scopeSchema.options, countsAs: (one: string) => scopesOf([one])[0], unknown: undefined },
  { known: sourceSchema.options, countsAs: sourceOf, unknown: 'observed' },
  { known: sessionStatusSchema.options, countsAs: statusOf, unknown: 'working' },
  { known: requestKindSchema.options, countsAs: requestKindOf, unknown: 'unknown' },
  { known: rejectionSchema.options, countsAs: rejectionOf, unknown: 'failed' },
  { known: promptOriginSchema.options, countsAs: promptOriginOf, unknown: 'system' },
  { known: ackStatusSchema.options, countsAs: ackStatusOf, unknown: 'received' },
  {
    known: capabilitySchema.options,
    countsAs: (one: string) => capabilitiesOf([one])[0],
    unknown: undefined,
  },
  { known: queueWaitSchema.options, countsAs: queueWaitOf, unknown: 'control' },
  { known: taskKindSchema.options, countsAs: taskKindOf, unknown: 'agent' },
  { known: holdReasonSchema.options, countsAs: holdReasonOf, unknown: 'stop' },
  {
    known: questionKindSchema.options,
    countsAs: (kind: string) => questionKindOf({ kind }),
    unknown: 'choice',
  },
  {
    known: fieldTypeSchema.options,
    countsAs: (type: string) => fieldTypeOf({ type }),
    unknown: 'json',
  },
  {
    known: formProblemSchema.options,
    countsAs: (problem: string) => formProblemOf({ problem }),
    unknown: 'unreadable',
  },
  { known: writerPlaceSchema.options, countsAs: writerPlaceOf, unknown: 'program' },
  { known: writersChoiceSchema.options, countsAs: writersChoiceOf, unknown: 'wait' },
  { known: modeKindSchema.options, countsAs: modeKindOfSession, unknown: 'unattended' },
  { known: waitKindSchema.options, countsAs: waitKindOf, unknown: 'unknown' },
  { known: limitKindSchema.options, countsAs: limitKindOf, unknown: undefined },
  {
    known: toolFamilySchema.options,
    countsAs: (family: string) => familyOf({ view: { family } }),
    unknown: 'other',
  },
  {
    known: toolActionSchema.options,
    countsAs: (action: string) => actionOf({ view: { family: 'other', action } }),
    unknown: undefined,
  },
] as const;

describe('[R9] what travels', () => {
  it.each(names)('%s is read with a member more in every object and other words', (name) => {
    const schema = TRAVELLING[name];
    const read = (options: TomorrowOptions): void => {
      fc.assert(
        fc.property(valuesOf(nodeOf(name), options), (value) => {
          const text = JSON.stringify(value);
          const parsed = schema?.safeParse(JSON.parse(text));
          expect(parsed?.error?.issues).toBeUndefined();
          expect(parsed?.data).toEqual(value);
          expect(JSON.parse(JSON.stringify(parsed?.data))).toEqual(JSON.parse(text));
        }),
        { numRuns: 60 },
      );
    };
    read(TODAY);
    read(TOMORROW);
  });

  it('every open list of words says what an unknown one counts as', () => {
    const found = new Set([...nodes.values()].flatMap(openLists));
    expect([...found].toSorted()).toEqual(LISTS.map(({ known }) => known.join(' ')).toSorted());
  });

  it.each(LISTS)('a word that is not in $known counts as $unknown', (list) => {
    for (const word of list.known) expect(list.countsAs(word)).toBe(word);
    fc.assert(
      fc.property(unknownWord(list.known), (word) => {
        expect(list.countsAs(word)).toBe(list.unknown);
      }),
    );
  });

  it('[R19] what is said that can be done holds, wherever it runs; only where nothing is said, where it runs', () => {
    const ended = { source: 'hosted', can: ['continue'] };
    const linked = { source: 'observed', can: ['prompt', 'levitate'] };
    const all = capabilitySchema.options;
    expect(all.filter((one) => canOf(ended, one))).toEqual(['continue']);
    expect(all.filter((one) => canOf(linked, one))).toEqual(['prompt']);
    expect(all.filter((one) => canOf({ source: 'hosted', can: [] }, one))).toEqual([]);
    // [I2] What hosts before 0.4.0 could.
    const before = SOURCE_CAN.hosted.filter((one) => one !== 'attach');
    expect(all.filter((one) => canOf({ source: 'hosted' }, one))).toEqual(before);
    expect(all.filter((one) => canOf({ source: 'orbit' }, one))).toEqual([]);
  });

  it('a status that is not known is shown with its own word', () => {
    expect(unknownStatus('paused')).toBe('paused');
    expect(unknownStatus('toString')).toBe('toString');
    expect(unknownStatus('idle')).toBeUndefined();
  });
});

/** What becomes of a value with an unknown word in a closed list, by schema. */
function fateOf(name: string): 'shown as it is' | 'refused' | 'left out' | undefined {
  if (name === 'entry') return 'shown as it is';
  // At the gate, and at a relay, nothing is guessed.
  if (name.startsWith('args.') || name === 'claim') return 'refused';
  // Streamed text: its entry brings it.
  return name === 'delta' ? 'left out' : undefined;
}

test('[R9] a word that is not in a closed list is shown in its entry, or refused at the gate', () => {
  const seen = new Set<string>();
  for (const name of names) {
    fc.assert(
      fc.property(valuesOf(nodeOf(name), TODAY), (made) => {
        for (const { path } of closedPlaces(nodeOf(name), structuredClone(made))) {
          const value = structuredClone(made);
          const place = closedPlaces(nodeOf(name), value).find((one) => one.path === path);
          if (!place) throw new Error(`no place ${path}`);
          place.put('tomorrow');
          seen.add(`${name}${path}: ${fateOf(name)}`);
          expect(TRAVELLING[name]?.safeParse(value).success).toBe(false);
          if (fateOf(name) !== 'shown as it is') continue;
          const entry = parseEntry(value);
          expect(entry.kind).toBe('unknown');
          expect(entry.kind === 'unknown' && JSON.parse(entry.json)).toEqual(value);
        }
      }),
      { numRuns: 500 },
    );
  }
  expect([...seen].toSorted()).toEqual([
    'args.admit.role: refused',
    'args.admit.scopes[]: refused',
    'args.answer.behavior: refused',
    'args.edit-queued.attached[].use: refused',
    'args.prompt.attached[].use: refused',
    'args.settle-writers.choice: refused',
    'args.share.role: refused',
    'args.share.scopes[]: refused',
    'claim.tokens[].grants[].access: refused',
    'delta.type: left out',
    'entry.items[].status: shown as it is',
    'entry.level: shown as it is',
    'entry.outcome: shown as it is',
    'entry.status: shown as it is',
    'entry.trigger: shown as it is',
    'entry.view.todos[].status: shown as it is',
  ]);
});
