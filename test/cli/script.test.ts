// The scripting interface and the terminal on a served room, with bad input of every kind.
import { PassThrough } from 'node:stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { joinCommand } from '../../src/cli/joinCommand.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { type ScriptOutput, scriptOutputSchema } from '../../src/protocol/script.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import type { HostRoom } from '../../src/sync/hostRoom.ts';
import { waitUntil } from '../probes/waitUntil.ts';
import { SyncRig, sessionApp, textEntry } from '../sync/rig.ts';

const rig = new SyncRig();
const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await rig.close();
});

async function serve(onPrompt: (text: string) => void = () => undefined) {
  const relay = await rig.relay();
  const room = await rig.host(relay, {
    requestKind: () => 'permission',
    execute: async (accepted) => {
      if (accepted.kind === 'prompt') onPrompt(accepted.args.text);
      return undefined;
    },
  });
  return { relay, room };
}

/** Runs `join` in this process with streams of its own. */
function runJoin(link: string, name: string, flags: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'twinhelm-script-'));
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stop = new AbortController();
  let text = '';
  stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const io: CliIo = {
    stdin,
    stdout,
    stderr: new PassThrough(),
    hasColours: false,
    env: { TWINHELM_HOME: home },
    cwd: home,
    userHome: home,
    signal: stop.signal,
    clock: systemClock,
    script: '',
    execPath: '',
  };
  const ended = joinCommand.run([link, '--name', name, ...flags], io);
  closers.push(async () => {
    stop.abort();
    await ended.catch(() => undefined);
    rmSync(home, { recursive: true, force: true });
  });
  return {
    ended,
    stop: () => stop.abort(),
    say: (line: string) => stdin.write(`${line}\n`),
    endInput: () => stdin.end(),
    text: () => text,
    until: (part: string) => waitUntil(`“${part}” in:\n${text}`, () => text.includes(part), 10_000),
    lines: (): ScriptOutput[] =>
      text
        .trim()
        .split('\n')
        .map((line) => scriptOutputSchema.parse(JSON.parse(line))),
  };
}

function request(requestId: string, command: string): Entry {
  return {
    kind: 'request',
    id: `entry-${requestId}`,
    at: 1,
    requestId,
    request: 'permission',
    tool: 'Bash',
    input: { command },
    inputHash: `hash-${requestId}`,
  };
}

function askFor(room: HostRoom, ...ids: readonly string[]): void {
  const placed = room.append(ids.map((id) => request(id, `run ${id}`)));
  room.setState({
    ...sessionApp({ status: 'waiting' }),
    pending: ids.map((requestId, i) => ({
      requestId,
      index: placed[i]?.index ?? 0,
      request: 'permission',
      tool: 'Bash',
      since: 1,
    })),
  });
}

describe('join --json', { timeout: 30_000 }, () => {
  it('prints joined, history, stream, entries, state, and the end', async () => {
    const { relay, room } = await serve();
    room.append([textEntry('one', 'first')]);
    const script = runJoin(await rig.invite(room, relay), 'Vic', ['--json']);
    await script.until('"first"');
    room.delta({ messageId: 'two', block: 0, type: 'text', text: 'sec' });
    await script.until('"sec"');
    room.delta({ messageId: 'two', block: 0, type: 'text', text: 'ond' });
    await script.until('"ond"');
    room.append([textEntry('two', 'second')]);
    await script.until('"second"');
    await script.until('"truth":"live"');
    script.say('{"quit":true}');
    expect(await script.ended).toBe(0);
    const types = script.lines().map((line) => line.type);
    expect(types.indexOf('joined')).toBeLessThan(types.indexOf('entry'));
    expect(types).toContain('state');
    expect(script.lines().at(-1)).toEqual({ type: 'end', reason: 'quit' });
    const deltas = script.lines().flatMap((line) => (line.type === 'delta' ? [line.text] : []));
    expect(deltas).toEqual(['sec', 'ond']);
    const entries = script.lines().flatMap((line) => (line.type === 'entry' ? [line.index] : []));
    expect(entries).toEqual([0, 1]);
  });

  it.each([
    ['garbled JSON', '{"prompt":', 'it is no JSON'],
    ['no object', '[1]', 'it is no object'],
    ['no verb', '{"ref":5}', 'exactly one verb per line'],
    ['two verbs', '{"ref":5,"prompt":"x","interrupt":true}', 'exactly one verb per line'],
    ['an unknown verb', '{"ref":5,"dance":true}', '“dance” is unknown'],
    ['a wrong type', '{"ref":5,"prompt":7}', '“prompt” is not as expected'],
    ['nobody of that name', '{"ref":5,"give":"Nobody"}', 'Nobody here is called'],
    ['nothing to answer', '{"ref":5,"answer":{"behavior":"allow"}}', 'No such request'],
    ['a 1 MB prompt', `{"ref":5,"prompt":"${'x'.repeat(1 << 20)}"}`, 'too long to send'],
  ])('%s on stdin gets a clear error line, and it goes on', async (_title, line, text) => {
    const prompts: string[] = [];
    const { relay, room } = await serve((prompt) => prompts.push(prompt));
    const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
    const script = runJoin(link, 'Ben', ['--json']);
    await script.until('"joined"');
    script.say(line);
    await script.until('"type":"error"');
    script.say('{"prompt":"still here"}');
    await script.until('"done"');
    const error = script.lines().find((one) => one.type === 'error');
    expect(error?.error.message).toContain(text);
    if (line.includes('"ref"')) expect(error?.ref).toBe(5);
    expect(prompts).toEqual(['still here']);
  });

  it('answers need no id while one request waits, and one while several do', async () => {
    const { relay, room } = await serve();
    const scopes = ['prompt', 'interrupt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const script = runJoin(await rig.invite(room, relay, options), 'Ben', ['--json']);
    await script.until('"joined"');
    askFor(room, 'a', 'b');
    await script.until('"requestId":"b","index":1');
    script.say('{"ref":1,"answer":{"behavior":"allow"}}');
    await script.until('Several requests wait');
    script.say('{"ref":2,"answer":{"requestId":"b","behavior":"deny","message":"no"}}');
    await script.until('"ref":2,"kind":"answer","status":"done"');
  });

  it('the end of stdin ends nothing, a signal does', async () => {
    const { relay, room } = await serve();
    const script = runJoin(await rig.invite(room, relay), 'Vic', ['--json']);
    script.endInput();
    await script.until('"joined"');
    room.append([textEntry('one', 'after the end of stdin')]);
    await script.until('after the end of stdin');
    script.stop();
    expect(await script.ended).toBe(0);
    expect(script.lines().at(-1)).toEqual({ type: 'end', reason: 'signal' });
  });

  it('being removed ends it with the reason and exit code 4', async () => {
    const { relay, room } = await serve();
    const script = runJoin(await rig.invite(room, relay), 'Vic', ['--json']);
    await script.until('"truth":"live"');
    await room.stopSharing();
    expect(await script.ended).toBe(4);
    expect(script.lines().at(-1)).toMatchObject({
      type: 'end',
      reason: 'over',
      error: { code: 'link-revoked' },
    });
  });

  it('a command under way at quit is still answered', async () => {
    const { relay, room } = await serve();
    const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
    const script = runJoin(link, 'Ben', ['--json']);
    await script.until('"joined"');
    script.say('{"ref":1,"prompt":"last words"}\n{"quit":true}');
    expect(await script.ended).toBe(0);
    expect(script.lines()).toContainEqual(expect.objectContaining({ ref: 1, status: 'done' }));
    expect(room.focus.holder).toBeUndefined();
  });
});

describe('join in a terminal', { timeout: 30_000 }, () => {
  it('shows history and stream once each, and takes prompts and commands', async () => {
    const prompts: string[] = [];
    const { relay, room } = await serve((prompt) => prompts.push(prompt));
    room.append([textEntry('one', 'before\u001b[2J')]);
    const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
    const terminal = runJoin(link, 'Ben', []);
    await terminal.until('before[2J\n');
    room.delta({ messageId: 'two', block: 0, type: 'text', text: 'stream' });
    await terminal.until('stream');
    room.append([textEntry('two', 'streamed whole')]);
    await terminal.until('ed whole\n');
    expect(terminal.text().match(/stream/g)).toHaveLength(1);
    terminal.say('do it');
    terminal.say('//compact');
    await waitUntil('both prompts', () => prompts.length === 2);
    expect(prompts).toEqual(['do it', '/compact']);
    await terminal.until('you have control');
    terminal.say('/people');
    await terminal.until('Ben (terminal on');
    terminal.say('/dance');
    await terminal.until('/dance is no command here');
    terminal.say('/help');
    await terminal.until('/request');
    terminal.say('/quit');
    expect(await terminal.ended).toBe(0);
  });

  it('a refused prompt is shown with the reason and the text', async () => {
    const { relay, room } = await serve();
    const terminal = runJoin(await rig.invite(room, relay), 'Vic', []);
    await terminal.until('You are here as viewer');
    terminal.say('my long thought');
    await terminal.until('You may not send prompts');
    await terminal.until('Your text: my long thought');
  });

  it('what waits is shown, and allowed by its number', async () => {
    const { relay, room } = await serve();
    const scopes = ['prompt', 'interrupt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const terminal = runJoin(await rig.invite(room, relay, options), 'Ben', []);
    await terminal.until('You are here as controller');
    askFor(room, 'a', 'b');
    await terminal.until('? permission: Bash run b');
    terminal.say('/allow');
    await terminal.until('Several requests wait');
    terminal.say('/allow 3');
    await terminal.until('No such request');
  });
});
