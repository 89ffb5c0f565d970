// What comes with prompts, on values: taken for what its bytes say, kept beside the project, handed over.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bytes, utf8Bytes } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { AttachedFiles, keptName } from '../../src/host/journal/attachedFiles.ts';
import { namedForAgent, readForAgent } from '../../src/host/drive/promptFiles.ts';
import { type Attachments, takeAttachments } from '../../src/host/queue/attachments.ts';
import type { Attached } from '../../src/protocol/entryParts.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { pngOf } from './samplePictures.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'twinhelm-attached-'));
  folders.push(folder);
  return folder;
}

const attachedAs = (use: Attached['use'], bytes: Bytes, name?: string): Attached => ({
  ...{ id: 'a'.repeat(26), use, bytes: bytes.length, sha256: 'h'.repeat(43) },
  ...(name === undefined ? {} : { name }),
});

/** Takes these, as if the relay had brought them. */
async function take(...all: readonly (readonly [Attached['use'], Bytes, string?])[]) {
  const files = new AttachedFiles({ folder: join(temporary(), 'attached'), log: silentLogger });
  const attachments: Attachments = {
    read: async () => all.map(([, bytes]) => bytes),
    files: () => files,
  };
  const attached = all.map((one) => attachedAs(...one));
  return takeAttachments({ id: 'prompt', member: 'm', attached }, attachments);
}

describe('what came', () => {
  it('[I4] is sorted by its use, typed by its bytes', async () => {
    const png = pngOf(10);
    const taken = await take(
      ['picture', png],
      ['file', utf8Bytes('one'), 'a.txt'],
      ['text', utf8Bytes('the words')],
    );
    expect(taken.images).toEqual([
      { mediaType: 'image/png', base64: Buffer.from(png).toString('base64') },
    ]);
    expect(taken.text).toBe('the words');
    expect(taken.files).toMatchObject([{ name: 'a.txt', bytes: 3 }]);
  });

  it.each([
    ['[I4] a picture that is none', ['picture', utf8Bytes('BM')], /is none/],
    [
      '[I1] a picture with more bytes',
      ['picture', pngOf(LIMITS.pictureBytes)],
      /takes up to 20 MB/,
    ],
    ['[I4] a text that is no UTF-8', ['text', new Uint8Array([0xff, 0xfe])], /cannot be read/],
  ] as const)('%s is refused, and nothing is kept', async (_what, one, why) => {
    await expect(take(one)).rejects.toThrow(why);
  });

  it('[I4] of pictures whose head says more pixels than memory takes nobody opens any', async () => {
    const bomb = pngOf(10);
    new DataView(bomb.buffer).setUint32(16, 100_000);
    new DataView(bomb.buffer).setUint32(20, 100_000);
    await expect(take(['picture', bomb])).rejects.toThrow(/100 million pixels/);
  });
});

describe('files', () => {
  it('[I6] are kept for their owner only, under names that lead nowhere', async () => {
    const folder = join(temporary(), 'attached');
    const files = new AttachedFiles({ folder, log: silentLogger });
    const kept = await files.keep('prompt', [
      { name: '../../../etc/passwd', bytes: utf8Bytes('1') },
      { name: 'PASSWD', bytes: utf8Bytes('2') },
      { name: 'a\u202Etxt.exe\n', bytes: utf8Bytes('3') },
    ]);
    expect(kept.map(({ name }) => name)).toEqual(['passwd', '2_PASSWD', 'a_txt.exe_']);
    for (const { path } of kept) {
      expect(dirname(path)).toBe(join(folder, 'prompt'));
      expect(statSync(path).mode & 0o077).toBe(0);
    }
    expect(readFileSync(kept[0]?.path ?? '', 'utf8')).toBe('1');
  });

  it('[I6] whatever a name is, it stays one name, and can be shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const own = keptName(name);
        expect(own).toBe(basename(own));
        expect(own).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u);
        expect(own.length).toBeLessThan(110);
      }),
    );
    for (const device of ['CON', 'nul.txt', 'com1']) expect(keptName(device)).toMatch(/^file_/);
  });

  it('[I6] of a session those of the oldest prompts go first', async () => {
    const folder = join(temporary(), 'attached');
    const files = new AttachedFiles({ folder, log: silentLogger, maxBytes: 100 });
    for (const [at, id] of ['first', 'second', 'third'].entries()) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await files.keep(id, [{ name: 'x', bytes: new Uint8Array(45) }]);
      utimesSync(join(folder, id), at, at);
    }
    expect(readdirSync(folder).toSorted()).toEqual(['second', 'third']);
  });

  it('[I6] text is handed over to whom expands nothing, the rest is named', async () => {
    const folder = join(temporary(), 'attached');
    const kept = await new AttachedFiles({ folder, log: silentLogger }).keep('p', [
      { name: 'a.txt', bytes: utf8Bytes('words') },
      { name: 'b.bin', bytes: new Uint8Array([0, 1, 0xff]) },
      { name: 'c.txt', bytes: new Uint8Array(300 * 1024).fill(65) },
    ]);
    const [a = '', b = '', c = ''] = kept.map(({ path }) => path);
    const author = { name: 'Ada' };
    const prompt = { promptId: 'p', text: 'look', author, at: 0, state: 'accepted' as const };
    expect(await readForAgent({ ...prompt, files: [...kept] })).toEqual({
      text: `look\n\nAttached file: ${b}\nAttached file: ${c}`,
      files: [{ path: a, content: 'words' }],
    });
    const mentionOf = (path: string): string => `@${path}`;
    expect(namedForAgent({ ...prompt, files: [...kept] }, { mentionOf })).toBe(
      `look\n\n@${a} @${b} @${c}`,
    );
    expect(namedForAgent({ ...prompt, text: '', files: kept.slice(0, 1) }, { mentionOf })).toBe(
      `@${a}`,
    );
  });
});
