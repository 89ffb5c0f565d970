// The small pieces of the adapter around a process: answers, arguments, silence, where the program is.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerResponse } from '../../src/claude/cli/answerResponse.ts';
import { locateClaude } from '../../src/claude/cli/locateClaude.ts';
import { childEnvironment, compareVersions } from '../../src/claude/cli/probeClaude.ts';
import { readPlanFile } from '../../src/claude/entries/readPlanFile.ts';
import { SilenceWatch } from '../../src/claude/cli/silenceWatch.ts';
import { startArguments } from '../../src/claude/cli/startArguments.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

const REQUEST: EntryOf<'request'> = {
  kind: 'request',
  id: 'r',
  at: 0,
  requestId: 'r',
  request: 'permission',
  tool: 'Bash',
  input: { command: 'ls' },
  inputHash: '',
  suggestions: [
    { type: 'addRules', rules: [], behavior: 'allow', destination: 'localSettings' },
    { type: 'setMode', mode: 'bypassPermissions', destination: 'session' },
    { type: 'setMode', mode: 'acceptEdits', destination: 'userSettings' },
  ],
};

describe('answerResponse', () => {
  it('keeps remembered rules for the session only and never switches to a mode that asks nothing', () => {
    expect(
      answerResponse(REQUEST, { behavior: 'allow', rememberSuggestions: [0, 1, 2, 7] }),
    ).toEqual({
      behavior: 'allow',
      updatedInput: { command: 'ls' },
      updatedPermissions: [
        { type: 'addRules', rules: [], behavior: 'allow', destination: 'session' },
        { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
      ],
    });
  });

  it('[R20] writes a rule where it was chosen to and lets it hold at once; a mode is never written', () => {
    const rule = { type: 'addRules', rules: [], behavior: 'allow' };
    for (const [place, destination] of [
      ['local', 'localSettings'],
      ['project', 'projectSettings'],
      ['user', 'userSettings'],
    ] as const) {
      const answer = { behavior: 'allow', rememberSuggestions: [0, 2], place } as const;
      expect(answerResponse(REQUEST, answer)).toMatchObject({
        updatedPermissions: [
          { ...rule, destination },
          { ...rule, destination: 'session' },
          { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
        ],
      });
    }
    const unknown = { behavior: 'allow', rememberSuggestions: [0], place: 'everywhere' } as const;
    expect(answerResponse(REQUEST, unknown)).toMatchObject({
      updatedPermissions: [{ ...rule, destination: 'session' }],
    });
  });

  it('leaves the input as it was shown, and adds answers to questions', () => {
    expect(answerResponse(REQUEST, { behavior: 'allow' })).toEqual({
      behavior: 'allow',
      updatedInput: { command: 'ls' },
    });
    const question = { ...REQUEST, request: 'question' } as const;
    expect(answerResponse(question, { behavior: 'allow', answers: { Q: 'A' } })).toMatchObject({
      updatedInput: { command: 'ls', answers: { Q: 'A' } },
    });
  });

  it('denies with a reason and can end the turn', () => {
    expect(answerResponse(REQUEST, { behavior: 'deny', message: 'no', interrupt: true })).toEqual({
      behavior: 'deny',
      message: 'no',
      interrupt: true,
    });
  });
});

describe('SilenceWatch', () => {
  function watch() {
    const clock = createFakeClock();
    const told: string[] = [];
    const silence = new SilenceWatch({
      clock,
      onSilent: (ms) => told.push(`silent ${ms}`),
      onSpoke: () => told.push('spoke'),
    });
    return { clock, told, silence };
  }

  it('speaks up after 60 s of silence in a turn, once, and is taken back by a line', () => {
    const { clock, told, silence } = watch();
    silence.spoke();
    silence.state({ running: true, waiting: false });
    clock.advance(30_000);
    silence.spoke();
    clock.advance(59_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['silent 60000']);
    clock.advance(200_000);
    silence.spoke();
    expect(told).toEqual(['silent 60000', 'spoke']);
  });

  it('gives a turn that begins, or goes on after an answer, its whole time', () => {
    const { clock, told, silence } = watch();
    silence.spoke();
    clock.advance(600_000);
    silence.state({ running: true, waiting: false });
    clock.advance(59_000);
    expect(told).toEqual([]);
    silence.spoke();
    silence.state({ running: false, waiting: true });
    clock.advance(600_000);
    silence.state({ running: true, waiting: false });
    clock.advance(59_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['silent 60000']);
  });

  it('is quiet while a tool runs, a person is asked, or no turn runs', () => {
    const { clock, told, silence } = watch();
    silence.spoke();
    silence.state({ running: true, waiting: false });
    silence.toolStarted('t');
    clock.advance(600_000);
    silence.toolEnded('t');
    clock.advance(59_000);
    silence.state({ running: true, waiting: true });
    clock.advance(600_000);
    silence.spoke();
    silence.state({ running: false, waiting: false });
    clock.advance(600_000);
    expect(told).toEqual([]);
    silence.dispose();
    expect(clock.timers).toBe(0);
  });
});

describe('locateClaude', () => {
  it('takes the setting, then the variable, then PATH, then the usual places', async () => {
    const home = await mkdtemp(join(tmpdir(), 'locate-'));
    const { mkdir, chmod } = await import('node:fs/promises');
    const place = async (...parts: string[]): Promise<string> => {
      await mkdir(join(home, ...parts), { recursive: true });
      const path = join(home, ...parts, 'claude');
      await writeFile(path, '');
      await chmod(path, 0o755);
      return path;
    };
    const local = await place('.claude', 'local');
    expect(await locateClaude({ env: { HOME: home } })).toEqual({ found: true, path: local });
    const onPath = await place('bin');
    const env = { HOME: home, PATH: join(home, 'bin') };
    expect(await locateClaude({ env })).toEqual({ found: true, path: onPath });
    const own = await place('own');
    expect(await locateClaude({ env: { ...env, TWINHELM_CLAUDE: own } })).toMatchObject({
      path: own,
    });
    expect(await locateClaude({ env, path: '~/own/claude' })).toMatchObject({ path: own });
    expect(await locateClaude({ env, path: '/wrong/claude' })).toEqual({
      found: false,
      tried: ['/wrong/claude'],
    });
    await chmod(onPath, 0o644);
    expect(await locateClaude({ env })).toMatchObject({ path: local });
    await rm(home, { recursive: true });
  });
});

describe('startArguments', () => {
  const start = (model?: string, mode?: string): string[] =>
    startArguments({
      start: { ...(model === undefined ? {} : { model }), ...(mode === undefined ? {} : { mode }) },
      features: ['mode-manual'],
      sessionId: 'id',
      hasMirror: true,
    });

  it('hands names of models and modes on', () => {
    for (const model of ['opus', 'claude-opus-4-8[1m]', 'arn:aws:bedrock:us-east-1:1:x/y.z-v1:0'])
      expect(start(model)).toContain(model);
    expect(start(undefined, 'plan')).toContain('plan');
    expect(start(undefined, 'default')).toContain('manual');
    expect(start().join(' ')).not.toContain('mode');
  });

  it('leaves out what a shell would read as something else, or the program as an option', () => {
    for (const word of ['x & calc', 'a"b', '%PATH%', 'a|b', '--add-dir', '$(id)', 'a\nb']) {
      expect(start(word, word).join(' ')).not.toContain(word);
    }
  });
});

describe('small things', () => {
  it('compares versions by number', () => {
    expect(compareVersions('2.1.197', '2.1.197')).toBe(0);
    expect(compareVersions('2.1.99', '2.1.197')).toBeLessThan(0);
    expect(compareVersions('10.0.0', '9.9.9')).toBeGreaterThan(0);
  });

  it('does not hand ELECTRON_RUN_AS_NODE on', () => {
    expect(childEnvironment({ A: '1', B: undefined, ELECTRON_RUN_AS_NODE: '1' })).toEqual({
      A: '1',
    });
  });

  it('reads no file outside the plans folder', () => {
    expect(readPlanFile('../../etc/passwd', '/')).toBeUndefined();
    expect(readPlanFile(undefined, '/')).toBeUndefined();
  });
});
