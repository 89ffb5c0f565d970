// One of every kind of entry, and the variants that look different.
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import type { Json } from '../../src/protocol/json.ts';
import { parseEntry } from '../../src/protocol/transcript.ts';
import { READING_BODIES } from './sampleReading.ts';
import { SAMPLE_VIEWS } from './sampleViews.ts';

const START = 1_763_700_000_000;
const ada = { member: 'ada', name: 'Ada Lovelace', device: 'MacBook', role: 'owner' };
const bo = { member: 'bo', name: 'Bo Svensson', device: 'vscode.dev on iPad', role: 'controller' };

type Body = Readonly<Record<string, Json>>;

const reply = `I looked at the **rate limiter** and found two problems.

1. The bucket is refilled from \`Date.now()\`, so a clock jump empties it.
2. \`take()\` never returns the tokens of a cancelled request.

| case | before | after |
|---|---:|---:|
| 1,000 requests | 412 ms | 96 ms |
| cancelled | leaks | returns |

- [x] read the code
- [ ] add a test

\`\`\`ts
// Refill by the monotonic clock.
export function refill(bucket: Bucket, now: number): void {
  const elapsed = now - bucket.at;
  bucket.tokens = Math.min(bucket.size, bucket.tokens + elapsed * bucket.rate);
}
\`\`\`

> The relay keeps one bucket per address. See [the notes](https://example.org/notes).

هذه فقرة من اليمين إلى اليسار مع كلمة \`token\` في الوسط.`;

const command = (tool: string, input: Record<string, string | number | boolean>, callId: string) =>
  ({
    ...{ kind: 'tool-call', messageId: 'm1', callId, tool, input },
    ...viewOf(tool),
  }) as const;

const viewOf = (tool: string) => {
  const view = SAMPLE_VIEWS[tool];
  return view === undefined ? {} : { view };
};

const testOutput = [
  '\u001b[1m\u001b[36m RUN \u001b[0m v5.1.1',
  '',
  ...Array.from(
    { length: 14 },
    (_, n) => ` \u001b[32m✓\u001b[0m limits/bucket-${n}.test.ts \u001b[2m(${n + 3} tests)\u001b[0m`,
  ),
  ' \u001b[31m✗ limits/cancel.test.ts\u001b[0m \u001b[38;5;208m1 failed\u001b[0m',
  '\u001b[41m\u001b[97m FAIL \u001b[0m expected \u001b[32m10\u001b[0m, got \u001b[31m9\u001b[0m',
].join('\n');

/** What a command printed for the owner alone, as the host has it. */
export const OWN_OUTPUT = {
  blob: 'own-output',
  text: 'Current session: 12% used\nCurrent week: 48% used, resets on Monday\nMemory: ~/.claude/CLAUDE.md (1.2k tokens)',
};

const bodies: readonly Body[] = [
  {
    kind: 'notice',
    level: 'info',
    code: 'started',
    text: 'Session started with Claude Code 2.1.332.',
  },
  {
    kind: 'prompt',
    text: 'The rate limiter drops requests after the laptop slept. Find out why and fix it.\n\nStart with `src/limits`.',
    author: ada,
    origin: 'person',
    images: [{ mediaType: 'image/png', totalBytes: 120_000, blob: 'b9' }],
  },
  {
    kind: 'thinking',
    messageId: 'm1',
    text: 'The person wants the cause first. I should read `tokenBucket.ts`.',
  },
  { kind: 'text', messageId: 'm1', text: reply },
  command(
    'Read',
    { file_path: '/home/ada/shop/src/limits/tokenBucket.ts', offset: 10, limit: 40 },
    'c1',
  ),
  {
    kind: 'tool-result',
    callId: 'c1',
    outcome: 'ok',
    text: '10\texport class TokenBucket {\n11\t  take() {}\n12\t}\n',
  },
  command('Grep', { pattern: 'Date\\.now', path: '/home/ada/shop/src' }, 'c2'),
  {
    kind: 'tool-result',
    callId: 'c2',
    outcome: 'ok',
    text: 'src/limits/tokenBucket.ts:14\nsrc/limits/window.ts:9\n',
  },
  command(
    'Bash',
    {
      command: 'npm test -- limits --reporter=verbose',
      description: 'Run the tests of the limits',
    },
    'c3',
  ),
  {
    kind: 'tool-result',
    callId: 'c3',
    outcome: 'error',
    text: `Exit code 1\n${testOutput}`,
    exitCode: 1,
  },
  command(
    'Edit',
    {
      file_path: '/home/ada/shop/src/limits/tokenBucket.ts',
      old_string: 'const now = Date.now();\nthis.refill(now);\nreturn this.tokens > 0;',
      new_string:
        'const now = this.clock.monotonic();\nthis.refill(now);\nreturn this.tokens >= 1;',
    },
    'c4',
  ),
  {
    kind: 'tool-result',
    callId: 'c4',
    outcome: 'ok',
    text: 'The file was updated.',
    patch: '/hunks',
    structured: {
      hunks: [
        {
          oldStart: 12,
          oldLines: 5,
          newStart: 12,
          newLines: 5,
          lines: [
            '   take(): boolean {',
            '-    const now = Date.now();',
            '+    const now = this.clock.monotonic();',
            '     this.refill(now);',
            '-    return this.tokens > 0;',
            '+    return this.tokens >= 1;',
            '   }',
          ],
        },
      ],
    },
  },
  command(
    'Write',
    {
      file_path: '/home/ada/shop/test/limits/sleep.test.ts',
      content:
        "import { test } from 'vitest';\n\ntest('a nap costs nothing', () => {\n  // …\n});\n",
    },
    'c5',
  ),
  {
    kind: 'request',
    requestId: 'r0',
    request: 'permission',
    callId: 'c5',
    tool: 'Write',
    ...viewOf('Write'),
    input: {},
    inputHash: 'h0',
  },
  { kind: 'decision', requestId: 'r0', outcome: 'allowed', author: bo },
  { kind: 'tool-result', callId: 'c5', outcome: 'ok', text: 'File created.' },
  command(
    'Agent',
    {
      subagent_type: 'reviewer',
      description: 'Review the change',
      prompt: 'Look for places that still use the wall clock.',
    },
    'c6',
  ),
  { ...command('Grep', { pattern: 'wallClock' }, 'c6a'), parent: 'c6' },
  { kind: 'tool-result', callId: 'c6a', outcome: 'ok', text: 'No files found', parent: 'c6' },
  { kind: 'text', messageId: 'm2', text: 'Nothing else uses it.', parent: 'c6' },
  {
    kind: 'task',
    taskId: 't1',
    callId: 'c6',
    status: 'completed',
    title: 'Review the change',
    agentType: 'reviewer',
    summary: 'No other use of the wall clock.',
    toolUses: 7,
    totalTokens: 18_300,
    durationMs: 41_000,
  },
  { kind: 'tool-result', callId: 'c6', outcome: 'ok', text: 'No other use of the wall clock.' },
  command(
    'mcp__github__create_issue',
    { title: 'Bucket leaks tokens', body: 'When a request is cancelled …', draft: true },
    'c7',
  ),
  {
    kind: 'tool-result',
    callId: 'c7',
    outcome: 'denied',
    text: 'The person said no: not on the public repository.',
  },
  command(
    'WebFetch',
    { url: 'https://example.org/limits', prompt: 'What is a token bucket?' },
    'c8',
  ),
  { kind: 'tool-result', callId: 'c8', outcome: 'interrupted', text: '' },
  {
    kind: 'todos',
    items: [
      { text: 'Find the cause', status: 'done' },
      { text: 'Use the monotonic clock', status: 'in-progress' },
      { text: 'Return the tokens of cancelled requests', status: 'pending' },
    ],
  },
  { ...command('Bash', { command: 'cat big.log' }, 'c9'), messageId: 'm3' },
  {
    kind: 'tool-result',
    callId: 'c9',
    outcome: 'ok',
    text: 'line 1 of the log\nline 2 of the log\n',
    cut: { tail: 'last but one line\nlast line', totalBytes: 1_258_291, blob: 'blob-1' },
  },
  {
    kind: 'turn',
    outcome: 'completed',
    durationMs: 83_000,
    costUsd: 0.42,
    usage: { outputTokens: 5210 },
  },
  { kind: 'command', command: '/context', text: '', author: ada },
  {
    kind: 'command',
    command: '',
    text: 'Context: 42k of 200k tokens\n  system 12k\n  messages 30k',
  },
  { kind: 'command', command: '/usage', author: ada, text: '' },
  {
    kind: 'command',
    command: '',
    text: '',
    cut: { tail: '', totalBytes: 1024, blob: OWN_OUTPUT.blob },
    ownerOnly: true,
  },
  {
    kind: 'compaction',
    trigger: 'auto',
    preTokens: 168_000,
    postTokens: 31_000,
    summary: { text: '## What was done\n- the limiter uses the **monotonic** clock' },
  },
  { kind: 'prompt', text: 'And the tests?', author: bo, origin: 'person', folded: true },
  {
    kind: 'retry',
    attempt: 1,
    maxAttempts: 10,
    delayMs: 2000,
    status: 529,
    error: 'The service is overloaded.',
  },
  {
    kind: 'retry',
    attempt: 2,
    maxAttempts: 10,
    delayMs: 60_000,
    status: 529,
    error: 'The service is overloaded.',
  },
  { kind: 'text', messageId: 'm4', text: 'I was about to run them when', aborted: true },
  { kind: 'turn', outcome: 'interrupted', author: ada, durationMs: 4100 },
  {
    kind: 'turn',
    outcome: 'failed',
    error: 'The API key is not valid. Run /login in a terminal.',
    durationMs: 900,
  },
  {
    kind: 'request',
    requestId: 'r9',
    request: 'question',
    tool: 'AskUserQuestion',
    input: {},
    inputHash: 'h9',
    questions: [{ question: 'Which clock?', options: [{ label: 'Monotonic' }, { label: 'Wall' }] }],
  },
  {
    kind: 'decision',
    requestId: 'r9',
    outcome: 'answered',
    author: ada,
    answers: { 'Which clock?': 'Monotonic' },
  },
  { kind: 'reset' },
  { kind: 'task', taskId: 't2', status: 'running', title: 'npm run dev', toolUses: 0 },
  {
    kind: 'notice',
    level: 'warning',
    code: 'host-restarted',
    text: 'The session was restarted. Partial text of the last reply was lost.',
  },
  { kind: 'prompt', text: 'A hook says: the branch is protected.', origin: 'hook' },
  { kind: 'prompt', text: 'Monitor event: "the log"\nGET /limits 429', origin: 'task' },
  { kind: 'prompt', text: 'Look whether the build is green.', origin: 'scheduled' },
  { ...command('ExitPlanMode', { plan: '1. Use a monotonic clock' }, 'c12'), messageId: 'm12' },
  {
    kind: 'tool-result',
    callId: 'c12',
    outcome: 'error',
    text: 'You are not in plan mode. This tool is only for exiting plan mode after writing a plan.',
  },
  {
    kind: 'unknown',
    type: 'quantum_entanglement',
    json: '{"type":"quantum_entanglement","spin":"up","pairs":[1,2,3]}',
  },
  {
    kind: 'notice',
    level: 'error',
    code: 'agent',
    text: 'The agent did not answer for 60 seconds.',
  },
];

/** Every kind of entry, from index `first`. */
export function sampleEntries(first = 0): PanelEntry[] {
  const half = bodies.findIndex(({ kind }) => kind === 'compaction');
  return [...bodies.slice(0, half), ...READING_BODIES, ...bodies.slice(half)].map((body, at) => ({
    index: first + at,
    entry: parseEntry({ ...body, id: `s${first + at}`, at: START + at * 7000 }),
  }));
}
