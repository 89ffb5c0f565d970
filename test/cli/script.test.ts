// The scripting interface on a served room, with bad input of every kind.
import { afterEach, describe, expect, it } from 'vitest';
import { textEntry } from '../sync/syncRig.ts';
import { bodyId } from '../../src/host/session/cutEntry.ts';
import { textHash } from '../../src/crypto/keys.ts';
import { askFor, JoinRig, requestEntry } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

describe('join --json', () => {
  it('prints joined, history, stream, entries, state, and the end', async () => {
    const { relay, room } = await rig.serve();
    room.append([textEntry('one', 'first')]);
    const script = rig.run(await rig.invite(room, relay), 'Vic', { flags: ['--json'] });
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
    ['a 3 MB prompt', `{"ref":5,"prompt":"${'x'.repeat(3 << 20)}"}`, 'too long to send'],
  ])('%s on stdin gets a clear error line, and it goes on', async (_title, line, text) => {
    const prompts: string[] = [];
    const { relay, room } = await rig.serve((prompt) => prompts.push(prompt));
    const link = await rig.controlLink(room, relay);
    const script = rig.run(link, 'Ben', { flags: ['--json'] });
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
    const { relay, room } = await rig.serve();
    const scopes = ['prompt', 'interrupt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const script = rig.run(await rig.invite(room, relay, options), 'Ben', { flags: ['--json'] });
    await script.until('"joined"');
    askFor(room, requestEntry('a'), requestEntry('b'));
    await script.until('"requestId":"b","index":1');
    script.say('{"ref":1,"answer":{"behavior":"allow"}}');
    await script.until('Several requests wait');
    script.say('{"ref":2,"answer":{"requestId":"b","behavior":"deny","message":"no"}}');
    await script.until('"ref":2,"kind":"answer","status":"done"');
  });

  it('[R13] fetch prints a cut input whole, and the answer behind it says so', async () => {
    const { relay, room, executed, blobs } = await rig.serve();
    const scopes = ['prompt', 'approve'] as const;
    const options = { role: 'controller', allowControl: true, scopes } as const;
    const script = rig.run(await rig.invite(room, relay, options), 'Ben', { flags: ['--json'] });
    await script.until('"joined"');
    const whole = JSON.stringify({ command: 'x'.repeat(3000) });
    const blob = bodyId(Buffer.from(whole));
    blobs.set(blob, whole);
    const inputCut = { totalBytes: whole.length, blob };
    askFor(room, requestEntry('a', { input: { command: 'x…' }, inputCut }));
    await script.until('"inputCut"');
    script.say('{"ref":1,"answer":{"behavior":"allow"}}');
    script.say(
      `{"ref":2,"fetch":"${blob}"}\n{"ref":3,"answer":{"behavior":"allow"}}\n{"prompt":"next"}`,
    );
    await script.until('"kind":"prompt","status":"done"');
    expect(script.lines()).toContainEqual({ type: 'blob', ref: 2, blob, text: whole });
    expect(executed.map(({ kind }) => kind)).toEqual(['answer', 'answer', 'prompt']);
    expect(executed[0]?.args).not.toHaveProperty('seen');
    expect(executed[1]?.args).toMatchObject({ seen: await textHash(`a${whole}`) });
  });

  it('the end of stdin ends nothing, a signal does', async () => {
    const { relay, room } = await rig.serve();
    const script = rig.run(await rig.invite(room, relay), 'Vic', { flags: ['--json'] });
    script.endInput();
    await script.until('"joined"');
    room.append([textEntry('one', 'after the end of stdin')]);
    await script.until('after the end of stdin');
    script.stop();
    expect(await script.ended).toBe(0);
    expect(script.lines().at(-1)).toEqual({ type: 'end', reason: 'signal' });
  });

  it('being removed ends it with the reason and exit code 4', async () => {
    const { relay, room } = await rig.serve();
    const script = rig.run(await rig.invite(room, relay), 'Vic', { flags: ['--json'] });
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
    const { relay, room } = await rig.serve();
    const link = await rig.controlLink(room, relay);
    const script = rig.run(link, 'Ben', { flags: ['--json'] });
    await script.until('"joined"');
    script.say('{"ref":1,"prompt":"last words"}\n{"quit":true}');
    expect(await script.ended).toBe(0);
    expect(script.lines()).toContainEqual(expect.objectContaining({ ref: 1, status: 'done' }));
    expect(room.control.holder).toBeUndefined();
  });

  it('a line separator inside a JSON string does not end its line', async () => {
    const prompts: string[] = [];
    const { relay, room } = await rig.serve((prompt) => void prompts.push(prompt));
    const link = await rig.controlLink(room, relay);
    const script = rig.run(link, 'Ben', { flags: ['--json'] });
    await script.until('"joined"');
    const bytes = new TextEncoder().encode('{"prompt":"one\u2028two\u2029 ü"}\r\n');
    // Cut in the middle of a character, as a pipe may do.
    const at = bytes.indexOf(0xc3) + 1;
    script.write(bytes.subarray(0, at));
    script.write(bytes.subarray(at));
    await script.until('"done"');
    expect(prompts).toEqual(['one\u2028two\u2029 ü']);
  });
});
