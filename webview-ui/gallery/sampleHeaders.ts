// Heads of the panel: what an owner, a guest, and somebody who lost the connection see.
import type { PanelHeader, PanelPerson } from '../../src/protocol/local/panel.ts';

const person = (member: string, name: string, more: Partial<PanelPerson>): PanelPerson => ({
  member,
  name,
  device: 'MacBook',
  role: 'controller',
  scopes: ['prompt', 'interrupt'],
  present: true,
  isMe: false,
  hasControl: false,
  asksControl: false,
  ...more,
});

const ada = person('ada', 'Ada Lovelace', {
  role: 'owner',
  scopes: ['prompt', 'interrupt', 'approve', 'mode'],
});
const bo = person('bo', 'Bo Svensson', { device: 'vscode.dev on iPad' });
const cleo = person('cleo', 'Cléo Dubois', {
  role: 'viewer',
  scopes: [],
  device: 'ThinkPad',
  present: false,
});
const dan = person('dan', 'Dan Okafor', {
  role: 'viewer',
  scopes: [],
  device: 'Desktop',
  asksControl: true,
});

/** The owner at work. */
export const ownerHeader: PanelHeader = {
  session: {
    id: 'session-1',
    title: 'Fix the rate limiter after sleep',
    source: 'hosted',
    can: ['prompt', 'answer', 'interrupt', 'end', 'attach'],
    status: 'working',
    computer: 'Ada’s MacBook',
    cwd: '/home/ada/shop',
    project: 'shop',
    ...{ branch: 'fix/limiter', tree: { dirty: 3, ahead: 2, behind: 1 }, changedFiles: 4 },
    agent: 'Claude Code',
    model: 'claude-opus-5-5',
    mode: 'default',
    modeKind: 'asking',
    effort: 'medium',
    contextTokens: 84_000,
    contextLimit: 200_000,
    costUsd: 0.42,
    startedAt: 0,
    lastActivityAt: 0,
  },
  truth: { kind: 'live', ageMs: 1200 },
  way: { kind: 'computer', host: '127.0.0.1:8931', isSecure: false, roundTripMs: 6 },
  people: [{ ...ada, isMe: true, hasControl: true }, bo, cleo],
  control: { kind: 'mine' },
  controlRequests: [],
  me: { ...ada, isMe: true, hasControl: true },
  pending: [],
  canAnswer: true,
  canInterrupt: true,
  queue: [],
  sharing: { since: 0, where: 'this network', invites: [] },
  alarms: [],
};

const guestMe = { ...bo, isMe: true };

/** A guest while the owner has control. */
export const guestHeader: PanelHeader = {
  ...withoutSharing(ownerHeader),
  way: { kind: 'internet', host: 'relay.example.com', isSecure: true, roundTripMs: 42 },
  people: [{ ...ada, hasControl: true }, guestMe, cleo],
  me: guestMe,
  control: { kind: 'other', name: 'Ada Lovelace', place: 0, canRequest: true, canTake: false },
  canAnswer: false,
};

/** States by name: what differs from the owner's head. */
export const HEADERS: Readonly<Record<string, PanelHeader>> = {
  owner: ownerHeader,
  idle: {
    ...ownerHeader,
    session: { ...sessionOf(ownerHeader), status: 'idle' },
    control: { kind: 'free' },
  },
  asked: {
    ...ownerHeader,
    people: [{ ...ada, isMe: true }, { ...bo, hasControl: true }, dan],
    control: { kind: 'other', name: 'Bo Svensson', place: 0, canRequest: false, canTake: true },
    controlRequests: [{ member: 'cleo', window: 'w1', name: 'Cléo Dubois' }],
  },
  guest: guestHeader,
  queued: {
    ...guestHeader,
    control: { kind: 'other', name: 'Ada Lovelace', place: 2, canRequest: true, canTake: false },
    queue: [
      {
        promptId: 'q1',
        text: 'Then update the changelog, please.',
        author: { member: 'bo', name: 'Bo Svensson' },
        since: 0,
      },
    ],
  },
  stopped: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      tasks: [
        { taskId: 'b1', title: 'Watch the test suite', since: 0, kind: 'shell' },
        { taskId: 'a1', title: 'Review the limiter', since: 0, kind: 'agent' },
      ],
      queued: 3,
      queueHold: { why: 'stop', since: 0, by: { member: 'bo', name: 'Bo Svensson' } },
    },
    queue: [
      {
        promptId: 'q1',
        text: 'Then update the changelog, please.',
        author: { member: 'bo', name: 'Bo Svensson', role: 'controller' },
        since: 0,
        edited: true,
      },
      {
        promptId: 'q2',
        text: 'And compare it with these two screenshots.',
        author: { member: 'ada', name: 'Ada Lovelace', role: 'owner' },
        since: 0,
        images: 2,
      },
      {
        promptId: 'q3',
        text: 'Run the benchmark once more.',
        author: { member: 'ada', name: 'Ada Lovelace', role: 'owner' },
        since: 0,
        held: true,
        waits: 'crash',
      },
    ],
  },
  refused: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      queued: 1,
      queueHold: { why: 'failed', since: 0, cause: 'overloaded' },
    },
    queue: [
      {
        promptId: 'q1',
        text: 'Then update the changelog, please.',
        author: { member: 'bo', name: 'Bo Svensson', role: 'controller' },
        since: 0,
      },
    ],
  },
  held: {
    ...ownerHeader,
    queue: [
      {
        promptId: 'q1',
        text: 'Then update the changelog, please.',
        author: { member: 'bo', name: 'Bo Svensson' },
        since: 0,
        held: true,
      },
      {
        promptId: 'q2',
        text: 'And tell me when it is done.',
        author: { member: 'ada', name: 'Ada Lovelace' },
        since: 0,
      },
    ],
  },
  others: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      others: {
        writers: [{ pid: 48_213, where: 'terminal', since: 0 }],
        messages: 4,
        branches: 2,
        holds: true,
      },
    },
    queue: [
      {
        promptId: 'q1',
        text: 'Then update the changelog, please.',
        author: { member: 'bo', name: 'Bo Svensson' },
        since: 0,
      },
    ],
  },
  moved: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      problem: { code: 'agent-folder-gone', happened: '' },
    },
    problem: {
      code: 'agent-folder-gone',
      happened:
        'The folder of this session is not there any more, or cannot be read: /home/ada/shop',
      kept: 'The conversation is kept, and what waits goes on waiting.',
      remedy:
        'Put it back, then it goes on by itself; or choose the folder in which the session is to go on.',
    },
  },
  waited: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      others: {
        writers: [
          { pid: 48_213, where: 'terminal', since: 0 },
          { pid: 48_300, where: 'script', since: 0 },
        ],
        writersMore: 1,
        holds: true,
        choice: 'wait',
      },
    },
  },
  left: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      tasks: [{ taskId: 'b1', title: 'Watch the tests', since: 0, kind: 'shell' }],
      others: {
        writers: [{ where: 'script', since: 0, left: true }],
        messages: 2,
        holds: true,
        choice: 'take-in',
      },
    },
  },
  branched: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      source: 'observed',
      others: { writers: [{ pid: 48_300, where: 'terminal', since: 0 }], branches: 2 },
    },
    control: { kind: 'watching', reason: 'read-only' },
    canInterrupt: false,
    canAnswer: false,
  },
  limit: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      status: 'idle',
      wait: { why: 'usage-limit', limit: 'hours', since: 0, until: 3_480_000 },
    },
    hostNow: 1000,
    queue: [
      {
        promptId: 'q1',
        text: 'Then update the changelog, please.',
        author: { member: 'ada', name: 'Ada Lovelace' },
        since: 0,
      },
    ],
  },
  overloaded: {
    ...ownerHeader,
    session: {
      ...sessionOf(ownerHeader),
      wait: { why: 'overloaded', since: 0, until: 200_000, attempt: 5, maxAttempts: 10 },
    },
    hostNow: 125_000,
  },
  viewer: {
    ...guestHeader,
    me: { ...cleo, isMe: true, present: true },
    control: { kind: 'watching', reason: 'viewer' },
    canInterrupt: false,
  },
  terminal: {
    ...ownerHeader,
    session: { ...sessionOf(ownerHeader), source: 'observed', can: [] },
    control: { kind: 'watching', reason: 'read-only' },
    canInterrupt: false,
    canAnswer: false,
  },
  behind: { ...guestHeader, truth: { kind: 'behind', ageMs: 4000, missing: 3 } },
  offline: { ...guestHeader, truth: { kind: 'host-offline', ageMs: 42_000 } },
  unconfirmed: { ...guestHeader, truth: { kind: 'unconfirmed' } },
  late: { ...guestHeader, truth: { kind: 'behind', ageMs: 500, lateMs: 4_200_000 } },
  ended: {
    ...ownerHeader,
    session: { ...sessionOf(ownerHeader), status: 'ended' },
    people: [{ ...ada, isMe: true }, bo, cleo],
    me: { ...ada, isMe: true },
    control: { kind: 'watching', reason: 'ended' },
    canAnswer: false,
    canInterrupt: false,
  },
  relay: {
    ...guestHeader,
    truth: { kind: 'relay-offline', ageMs: 9000, text: 'The network connection was refused.' },
  },
  over: {
    ...guestHeader,
    truth: {
      kind: 'over',
      text: 'Ada stopped sharing this session. What was said stays readable here until you close it.',
    },
    control: { kind: 'watching', reason: 'ended' },
    canInterrupt: false,
  },
  problem: {
    ...ownerHeader,
    problem: {
      code: 'agent-not-logged-in',
      happened: 'Claude Code is not logged in.',
      kept: 'The session and your text are kept.',
      remedy: 'Run `claude /login` in a terminal, then send again.',
    },
    alarms: [
      {
        kind: 'fork',
        text: 'Two versions of this session’s history exist. Somebody between you and the computer may be changing it.',
      },
    ],
  },
};

function sessionOf(header: PanelHeader) {
  if (header.session === undefined) throw new Error('invariant: a sample without a session');
  return header.session;
}

function withoutSharing(header: PanelHeader): PanelHeader {
  const { sharing: _, ...rest } = header;
  return rest;
}
