// One truth in all places: every combination of connection, status, control and role, read beside docs/one-truth.md.
import { describe, expect, test } from 'vitest';
import { personText } from '../../src/cli/join/terminalStatus.ts';
import { TerminalView } from '../../src/cli/join/terminalView.ts';
import { ViewLines } from '../../src/cli/join/viewLines.ts';
import { createPaint } from '../../src/cli/text/entryText.ts';
import { peopleRows } from '../../src/client/lists/peopleRows.ts';
import { sessionTree, type TreeNode } from '../../src/client/lists/sessionTree.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import { panelHeader, viewStanding } from '../../src/client/panel/panelModel.ts';
import { standing } from '../../src/client/standing/standing.ts';
import {
  activityText,
  connectionText,
  controlText,
  holderText,
} from '../../src/client/standing/standingWords.ts';
import { waitOutlook, waitText } from '../../src/client/standing/waitWords.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { PanelControl } from '../../src/protocol/local/panel.ts';
import type { Person } from '../../src/protocol/state.ts';
import { type Wait, waitKindSchema } from '../../src/protocol/wait.ts';
import { closedHere } from '../../src/sync/errors.ts';
import type { Truth } from '../../src/session/view.ts';
import { withoutWhatIsOver } from '../../src/session/state/withoutWhatIsOver.ts';
import {
  activityWord,
  canStop,
  connectionWord,
  controlActions,
  sendBlock,
  waitWord,
  watchingReason,
} from '../../webview-ui/model/words.ts';
import { type Translate, translate } from '../../webview-ui/strings.ts';
import { FakeView, member, row, sessionState, summary } from '../client/samples.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import {
  CONNECTIONS,
  CONTROLS,
  forbiddenIn,
  says,
  type Situation,
  STATUSES,
  WAITS,
} from './truthTables.ts';

const NOW = 100_000;
const TRUTHS: readonly Truth[] = [
  { kind: 'connecting' },
  { kind: 'live', lastBeatAt: NOW - 1000 },
  { kind: 'unconfirmed', since: NOW - 2000 },
  { kind: 'behind', since: NOW, lastBeatAt: NOW - 500, missing: 3 },
  { kind: 'behind', since: NOW, lastBeatAt: NOW - 500, lateMs: 4_200_000 },
  { kind: 'host-offline', lastBeatAt: NOW - 40_000 },
  { kind: 'host-offline', lastBeatAt: undefined },
  { kind: 'relay-offline', since: NOW, lastBeatAt: NOW - 1200, reason: 'refused' },
  { kind: 'over', error: closedHere() },
];
/** One that this version does not know is work. */
const ALL_STATUSES = [...STATUSES.keys(), 'compacting'];
const HOLDERS = ['nobody', 'this window', 'another window', 'somebody else'] as const;
const WAITING = ['nobody', 'me', 'somebody else'] as const;
const ROLES = ['none', 'viewer', 'asking', 'controller', 'owner'] as const;

interface Combination {
  readonly truth: Truth;
  readonly status: string | undefined;
  readonly holder: (typeof HOLDERS)[number];
  readonly waiting: (typeof WAITING)[number];
  readonly role: (typeof ROLES)[number];
  readonly wait?: Wait;
}

/** Wall time of the host. */
const HOST_NOW = 1_800_000_000_000;
const AGENT_WAITS: readonly (Wait | undefined)[] = [
  undefined,
  { why: 'usage-limit', limit: 'hours', since: HOST_NOW - 1000, until: HOST_NOW + 3_480_000 },
  { why: 'overloaded', since: HOST_NOW, until: HOST_NOW + 12_000, attempt: 3, maxAttempts: 10 },
];

const combinations: readonly Combination[] = TRUTHS.flatMap((truth) =>
  [undefined, ...ALL_STATUSES].flatMap((status) =>
    HOLDERS.flatMap((holder) =>
      WAITING.flatMap((waiting) =>
        ROLES.flatMap((role) =>
          // What the agent waits for has nothing to do with who has control.
          (holder === 'nobody' && waiting === 'nobody' ? AGENT_WAITS : [undefined]).map((wait) => ({
            ...{ truth, status, holder, waiting, role },
            ...(wait && { wait }),
          })),
        ),
      ),
    ),
  ),
);

function meOf(role: Combination['role']): readonly Person[] {
  if (role === 'none') return [];
  if (role === 'asking') return [member('me', { role: 'viewer', scopes: [], asksControl: true })];
  return [member('me', { role, scopes: role === 'viewer' ? [] : ['prompt', 'interrupt'] })];
}

/** The view that a window has of such a session. */
function viewOf({ truth, status, holder, waiting, role, wait }: Combination): FakeView {
  const view = new FakeView();
  view.member = 'me';
  view.truth = truth;
  view.hostNow = HOST_NOW;
  const windows = {
    nobody: undefined,
    me: { member: 'me', window: view.window, since: 0 },
    'this window': { member: 'me', window: view.window, since: 0 },
    'another window': { member: 'me', window: 'other', since: 0 },
    'somebody else': { member: 'bo', window: 'bo1', since: 0 },
  };
  const asks = windows[waiting];
  const has = windows[holder];
  view.state =
    status === undefined
      ? undefined
      : withoutWhatIsOver(
          sessionState({
            session: summary({ status, title: 'Fix the parser', ...(wait && { wait }) }),
            people: [
              ...meOf(role),
              member('bo'),
              member('cy', { role: 'viewer', asksControl: true }),
            ],
            focus: { fence: 1, ...(has && { holder: has }), queue: asks ? [asks] : [] },
            pending:
              status === 'waiting'
                ? [{ requestId: 'r', index: 0, request: 'permission', tool: 'Bash', since: 0 }]
                : [],
          }),
          [],
        );
  return view;
}

/** Every kind of control. */
const HELD: readonly PanelControl[] = [
  { kind: 'mine' },
  { kind: 'mine-elsewhere' },
  { kind: 'free' },
  { kind: 'other', name: '{name}', place: 0, canRequest: true, canTake: true },
  { kind: 'watching', reason: 'viewer' },
];

const t: Translate = (key, ...values) => translate({}, key, values);

const LABELS = { release: '[Release]', request: '[Request control]', take: '[Take back]' };

/** What the page says: head, bar, composer, people, and what it offers. */
function pageTexts(view: FakeView, isConnected: boolean): readonly string[] {
  const header = panelHeader(view, NOW, untranslated);
  const stands = standing(header, { isConnected });
  return [
    activityWord(stands, t)?.text,
    waitWord(stands, t)?.text,
    waitOutlook(stands, 'noon', t),
    connectionWord(stands, t)?.text,
    controlText(stands, t) ?? watchingReason(header, stands, t),
    sendBlock(header, stands, t),
    ...header.people.map((person) => person.hasControl && holderText(stands, t)),
    ...controlActions(stands).map((action) => LABELS[action]),
    canStop(header, stands) && '[Stop]',
  ].filter((text) => typeof text === 'string');
}

/** Icons that say what a session does. */
const SPEAKING: Readonly<Record<string, string>> = {
  'loading~spin': 'Working',
  'bell-dot': 'Waiting for an answer',
};

function treeTexts(nodes: readonly TreeNode[]): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'more' || node.kind === 'replacement') return [];
    if (node.kind === 'group') return [node.label, ...treeTexts(node.children)];
    return [node.title, node.description, SPEAKING[node.icon] ?? ''];
  });
}

/** The Sessions tree, once as a session of this computer and once as a joined one. */
function treesOf(view: FakeView): readonly string[] {
  const session = view.state?.kind === 'session' ? view.state.session : undefined;
  const connection = view.truth.kind;
  const joined = { room: 'r', title: 'Fix the parser', computer: 'desk', connection };
  const base = { now: 0, knownLinks: new Set<string>(), canShare: true, t: untranslated };
  return [
    ...treeTexts(
      sessionTree({ ...base, connection, own: session ? [row(session)] : [], joined: [] }),
    ),
    ...treeTexts(
      sessionTree({
        ...base,
        connection: 'live',
        own: [],
        joined: [{ ...joined, ...(session && { session }) }],
      }),
    ),
  ];
}

function terminalTexts(view: FakeView): readonly string[] {
  let written = '';
  const terminal = new TerminalView(view, createPaint(false), (text) => (written += text));
  terminal.begin(view.me ?? member('me', { role: 'viewer' }));
  const stands = viewStanding(view, NOW, untranslated);
  const { state } = view;
  const people =
    state?.people.map((person) => personText(state, person, view.member, stands)) ?? [];
  return [...written.split('\n'), ...people];
}

/** Every place, by its name. */
const PLACES: Readonly<Record<string, (view: FakeView) => readonly string[]>> = {
  page: (view) => pageTexts(view, true),
  people: (view) =>
    peopleRows(panelHeader(view, NOW, untranslated), untranslated).flatMap((one) => [
      one.description,
      one.context.includes(';give;') ? '[Give control]' : '',
      one.icon === 'edit' ? 'has control' : '',
    ]),
  tree: treesOf,
  'status bar': (view) => {
    const status = statusText(panelHeader(view, NOW, untranslated), [], untranslated);
    return status ? [status.text] : [];
  },
  terminal: terminalTexts,
  'join --json': (view) =>
    new ViewLines(view, createFakeClock())
      .next()
      .flatMap((line) => (line.type === 'standing' ? [line.text] : [])),
};

function situationOf({ truth, status, role }: Combination, isConnected = true): Situation {
  return {
    connection: isConnected ? truth.kind : 'no-extension',
    status: status === 'compacting' ? 'working' : status,
    role: role === 'none' ? undefined : role === 'asking' ? 'viewer' : role,
  };
}

const short = (one: Combination): string =>
  `${one.truth.kind}/${one.status}/${one.holder}/${one.waiting}/${one.role}`;

describe('the table', () => {
  test('has every connection, status and control, with the words that are said', () => {
    const kinds = new Set<string>(TRUTHS.map(({ kind }) => kind));
    expect([...CONNECTIONS.keys()].toSorted()).toEqual([...kinds, 'no-extension'].toSorted());
    const control = { kind: 'free' } as const;
    for (const truth of TRUTHS) {
      const stands = standing({ truth: { kind: truth.kind }, control, session: summary() });
      const row = CONNECTIONS.get(truth.kind);
      const said = row?.saidAs.replace('{computer}', "Ada's computer");
      expect(connectionText(stands, untranslated)).toMatch(new RegExp(`^${said}(?:$|:)`));
      expect([stands.isPresent, stands.isReachable]).toEqual([row?.isPresent, row?.isReachable]);
    }
    for (const [status, said] of STATUSES) {
      const stands = standing({ truth: { kind: 'live' }, control, session: summary({ status }) });
      expect(activityText(stands, untranslated)).toBe(said);
    }
    expect([...CONTROLS.keys()].toSorted()).toEqual(HELD.map(({ kind }) => kind).toSorted());
    for (const [kind, said] of CONTROLS) {
      if (said === '') continue;
      const held = HELD.find((one) => one.kind === kind);
      if (!held) throw new Error(`${kind} is no kind of control`);
      const stands = standing({ truth: { kind: 'live' }, control: held });
      const text = controlText(stands, untranslated);
      expect(text).toContain(said);
    }
  });

  test('has every wait, with the words that are said, and what is left by the time of the host', () => {
    const whys = new Set([...WAITS.keys()].map((key) => key.split(' ')[0]));
    expect(whys).toEqual(new Set(waitKindSchema.options));
    const control = { kind: 'free' } as const;
    const lefts: Readonly<Record<string, number>> = {
      'usage-limit hours': 58 * 60_000,
      'usage-limit week': 51 * 3_600_000,
      'usage-limit model': 5 * 3_600_000 + 60_000,
      'usage-limit spending': 12 * 86_400_000,
      failing: 0,
    };
    for (const [key, [reason, rest]] of WAITS) {
      const [why = '', limit] = key.split(' ');
      const until = HOST_NOW + (lefts[key] ?? 12_000);
      const attempt = limit === undefined ? { attempt: 3, maxAttempts: 10 } : { limit };
      const session = summary({ wait: { why, since: 0, until, ...attempt } });
      const source = { truth: { kind: 'live' as const }, control, session };
      const stands = standing({ ...source, hostNow: HOST_NOW - 5000 }, { sinceMs: 5000 });
      expect(waitText(stands, t)).toBe(`${reason} · ${rest}`);
      // Nobody's clock tells what is left of a time of the host's.
      expect(waitText(standing(source), t)).toContain(reason);
      expect(standing(source).wait?.leftMs).toBeUndefined();
    }
  });

  test('finds words unless they are marked as of then, or part of others', () => {
    expect(says('Working · Live', 'Working')).toBe(true);
    expect(says('Working when last seen', 'Working')).toBe(false);
    expect(says('Networking', 'Working')).toBe(false);
    const dead = { connection: 'relay-offline', status: 'working', role: 'owner' };
    expect(forbiddenIn('Working · Live · You have control [Release]', dead).length).toBe(4);
  });
});

describe('no forbidden pair', () => {
  test.each(Object.keys(PLACES))('in place: %s', (place) => {
    const found = combinations.flatMap((one) =>
      (PLACES[place]?.(viewOf(one)) ?? []).flatMap((text) =>
        forbiddenIn(text, situationOf(one)).map((pair) => `${short(one)}: ${pair}`),
      ),
    );
    expect(found.slice(0, 5)).toEqual([]);
  });

  test('on a page whose extension does not answer', () => {
    const found = combinations.flatMap((one) =>
      pageTexts(viewOf(one), false).flatMap((text) => forbiddenIn(text, situationOf(one, false))),
    );
    expect(found.slice(0, 5)).toEqual([]);
  });

  test('in the words by themselves, whatever is put together', () => {
    const found = TRUTHS.flatMap(({ kind }) =>
      ALL_STATUSES.flatMap((status) =>
        HELD.flatMap((control) => {
          const stands = standing({ truth: { kind }, session: summary({ status }), control });
          const situation = { connection: kind, status, role: undefined };
          const texts = [activityText, connectionText, controlText, holderText].map(
            (say) => say(stands, untranslated) ?? '',
          );
          return [...texts, ...controlActions(stands).map((action) => LABELS[action])].flatMap(
            (text) => forbiddenIn(text, situation),
          );
        }),
      ),
    );
    expect(found).toEqual([]);
  });

  test('in the state that a script is given: who has control has it', () => {
    const held = combinations.filter((one) => {
      const { state } = viewOf(one);
      return one.status === 'ended' && (state?.focus.holder || state?.focus.queue.length);
    });
    expect(held).toEqual([]);
  });
});

describe('where the picture is present', () => {
  test('status, connection and control are said, and by a script’s line as now', () => {
    const view = viewOf({
      ...{ truth: { kind: 'live', lastBeatAt: NOW }, status: 'working' },
      ...{ holder: 'this window', waiting: 'nobody', role: 'owner' },
    });
    expect(pageTexts(view, true)).toEqual([
      ...['Working', 'Live', 'You have control', 'has control', '[Release]', '[Stop]'],
    ]);
    const lines = new ViewLines(view, createFakeClock()).next();
    expect(lines.find(({ type }) => type === 'standing')).toEqual({
      ...{ type: 'standing', connection: 'live', status: 'working', asOf: 'now' },
      ...{ control: 'mine', role: 'owner', text: 'Working · Live · You have control' },
    });
    view.truth = { kind: 'behind', since: NOW, lastBeatAt: NOW, missing: 3 };
    expect(pageTexts(view, true)).toEqual([
      'Working when last seen',
      'Not up to date: the relay holds back 3 entries',
      'You had control when last seen',
      'had control when last seen',
      '[Release]',
      '[Stop]',
    ]);
  });
});
