// The list by command line, with the real CLI: names, pins, search, fork, remove; Claude Code's files stay as they are.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRig, createCliRig } from './cliRig.ts';

let rig: CliRig;
let first: string;

beforeAll(async () => {
  rig = await createCliRig();
  const started = await rig.json(['start', '--title', 'First', '--cwd', '.']);
  first = String(started['sessionId']);
  await rig.run(['send', first, '--wait', '[[text:Remember the number 7.]]']);
});

afterAll(() => rig.close());

/** Transcripts of Claude Code by name, with what is in them. */
function transcripts(): Record<string, string> {
  const folder = join(String(rig.env['CLAUDE_CONFIG_DIR']), 'projects');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => {
        const bytes = readFileSync(join(folder, name));
        return [name, createHash('sha256').update(bytes).digest('hex')];
      }),
  );
}

async function found(...args: string[]): Promise<readonly string[]> {
  const { sessions } = await rig.json(['sessions', ...args]);
  if (!Array.isArray(sessions)) throw new Error('no list');
  return sessions.map(({ id }: { id: string }) => id);
}

describe('the list', () => {
  it('[H7] a fork has what was said and goes on by itself; the first one’s file is untouched', async () => {
    const before = transcripts();
    const { sessionId } = await rig.json(['fork', first.slice(0, 8)]);
    const fork = String(sessionId);
    expect(fork).not.toBe(first);
    expect(transcripts()).toMatchObject(before);
    const watched = await rig.join(fork, 'me');
    await watched.find('entry', ({ entry }) => {
      return entry.kind === 'text' && entry.text === 'Remember the number 7.';
    });
    await watched.quit();
    const answer = await rig.run(['send', fork, '--wait', '[[text:Apart now.]]']);
    expect(answer).toMatchObject({ code: 0, stdout: 'Apart now.\n' });
    expect(transcripts()).toMatchObject(before);
    expect(Object.keys(transcripts())).toHaveLength(Object.keys(before).length + 1);
    const { sessions } = await rig.json(['sessions', '--search', '(fork)']);
    expect(sessions).toEqual([expect.objectContaining({ id: fork, title: 'First (fork)' })]);
    const again = await rig.run(['send', first, '--wait', '[[text:Still here.]]']);
    expect(again).toMatchObject({ code: 0, stdout: 'Still here.\n' });
    await rig.json(['end', fork]);
  });

  it('[H5] [H8] a session is renamed, found by its words and its state, and pinned', async () => {
    await rig.json(['rename', first, 'Another', 'name']);
    expect(await found('--search', 'another NAME state:idle')).toEqual([first]);
    expect(await found('--search', 'another state:ended')).toEqual([]);
    const other = String((await rig.json(['start', '--cwd', '.']))['sessionId']);
    expect((await found())[0]).toBe(other);
    await rig.json(['pin', first]);
    expect((await found())[0]).toBe(first);
    await rig.json(['pin', first, '--undo']);
    expect((await found())[0]).toBe(other);
    const long = await rig.run(['rename', first, 'x'.repeat(201)]);
    expect(long).toMatchObject({ code: 2, stdout: '' });
    await rig.json(['end', other]);
  });

  it('[H6] an ended one is archived, removed and brought back, and goes on; a running one is refused', async () => {
    const refused = await rig.run(['remove', first]);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/This session runs\..*End it first/s);
    await rig.json(['end', first]);
    await rig.json(['archive', first]);
    expect(await found()).not.toContain(first);
    await rig.json(['archive', first, '--undo']);
    const before = transcripts();
    await rig.json(['remove', first]);
    expect(await found('--all')).not.toContain(first);
    expect(transcripts()).toEqual(before);
    await rig.json(['remove', first, '--undo']);
    expect(await found()).toContain(first);
    await rig.json(['continue', first]);
    const answer = await rig.run(['send', first, '--wait', '[[text:On it goes.]]']);
    expect(answer).toMatchObject({ code: 0, stdout: 'On it goes.\n' });
  });
});
