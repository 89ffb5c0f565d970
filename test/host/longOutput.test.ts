// Outputs that the CLI keeps in a file of its own: whole to whoever reads the session, and only those.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { toolResultEntry } from '../../src/claude/entries/toolResultEntry.ts';
import { OutputStore } from '../../src/host/journal/outputStore.ts';
import { temporaryFolder } from './folders.ts';
import { HostRig } from './hostRig.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a long output', () => {
  it('of 1 MB is read by a guest from first to last byte', async () => {
    const rig = await HostRig.create();
    try {
      await rig.start();
      const machine = await rig.machine();
      const ada = await machine.startSession();
      const line = 'all work and no play makes Jack a dull boy\n';
      const whole = Buffer.from(line.repeat(25_000) + 'the very end\n');
      writeFileSync(join(rig.project, 'big.txt'), whole);
      const shared = await machine.request('share', {
        ...{ session: ada.session, role: 'viewer', where: { kind: 'loopback' } },
      });
      const link = /"link":"([^"]+)"/.exec(JSON.stringify(shared))?.[1] ?? '';
      const vic = await rig.join(link, 'Vic');
      await ada.view.request('prompt', { text: '[[bash:cat big.txt]][[text:done]]' });
      await vic.until('it is done', () => vic.text.includes('done'));
      const result = vic.ofKind('tool-result').at(-1);
      expect(result?.cut?.totalBytes).toBe(whole.length);
      expect(result?.text.startsWith(line)).toBe(true);
      expect(result?.text.length).toBeGreaterThan(15_000);
      expect(result?.cut?.tail.trimEnd().endsWith('the very end')).toBe(true);
      expect(JSON.stringify(result)).not.toContain('tool-results');
      const read = await vic.view.fetchBlob(result?.cut?.blob ?? '');
      expect(sha256(read)).toBe(sha256(whole));
      const [folder = ''] = readdirSync(rig.paths.outputs);
      const [file = ''] = readdirSync(join(rig.paths.outputs, folder));
      expect(statSync(join(rig.paths.outputs, folder, file)).mode & 0o777).toBe(0o600);
      expect(statSync(join(rig.paths.outputs, folder)).mode & 0o777).toBe(0o700);
    } finally {
      await rig.close();
    }
  });
});

describe('the store of outputs', () => {
  function store() {
    const top = temporaryFolder();
    const outputs = new OutputStore({ folder: join(top, 'outputs'), log: silentLogger });
    return { top, outputs };
  }

  it('takes no link, pipe, folder or missing file, and hangs on none', async () => {
    const { top, outputs } = store();
    writeFileSync(join(top, 'secret'), 'secret');
    symlinkSync(join(top, 'secret'), join(top, 'link'));
    mkdirSync(join(top, 'folder'));
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(top, 'pipe')]);
    for (const name of ['link', 'pipe', 'folder', 'missing']) {
      expect(outputs.take(join(top, name))).toBeUndefined();
    }
    await outputs.settled();
  });

  it('keeps what a file was, also when it is replaced at once', async () => {
    const { top, outputs } = store();
    const path = join(top, 'file');
    writeFileSync(path, 'x'.repeat(100_000));
    const taken = outputs.take(path);
    execFileSync('sh', ['-c', 'rm "$0"; ln -s /etc/hostname "$0"', path]);
    const blob = taken?.cut?.blob ?? '';
    expect((await outputs.read(blob, 0, 10))?.bytes.toString()).toBe('x'.repeat(10));
    expect(await outputs.read(blob, 99_999, 10)).toMatchObject({ totalBytes: 100_000 });
  });

  it('gives nothing but outputs, whatever is asked for', async () => {
    const { outputs } = store();
    for (const blob of [
      '',
      '..',
      '../x',
      'output-',
      `output-${'a'.repeat(26)}`,
      'output-../../x',
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- a handful
      expect(await outputs.read(blob, 0, 10)).toBeUndefined();
    }
  });

  it('an empty file, and one that ends within a character, are text', async () => {
    const { top, outputs } = store();
    writeFileSync(join(top, 'empty'), '');
    writeFileSync(join(top, 'cut'), Buffer.from('é'.repeat(20_001)).subarray(0, 40_001));
    expect(outputs.take(join(top, 'empty'))).toMatchObject({ text: '', cut: { totalBytes: 0 } });
    expect(outputs.take(join(top, 'cut'))?.cut?.totalBytes).toBe(40_001);
    await outputs.settled();
  });

  it('only files of the conversation’s own folder are named, and no path is left in the entry', () => {
    const entry = (persistedOutputPath: string) =>
      toolResultEntry(
        {
          ...{ type: 'user', uuid: 'u', message: { content: '' } },
          tool_use_result: { stdout: 'x', persistedOutputPath, persistedOutputSize: 9 },
        },
        { type: 'tool_result', tool_use_id: 'c', content: 'preview' },
        { id: 'e', at: 1 },
        undefined,
      );
    const good = '/h/.claude/projects/-p/7c70b7a4/tool-results/b1.txt';
    expect(entry(good)).toMatchObject({ outputFile: good, structured: { persistedOutputSize: 9 } });
    for (const bad of [
      '/etc/passwd',
      '/h/projects/a/tool-results/../../x',
      'tool-results/x',
      '/h/tool-results/x',
    ]) {
      expect(entry(bad)).not.toHaveProperty('outputFile');
      expect(JSON.stringify(entry(bad))).not.toContain(bad);
    }
  });
});
