// Files of this computer that go with prompts from a terminal or a script.
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAttachment } from '../../src/cli/join/attachFile.ts';
import { sendVerb } from '../../src/cli/join/viewActions.ts';
import { scriptInputSchema } from '../../src/protocol/local/script.ts';
import { FakeView } from '../client/samples.ts';
import { temporaryFolder } from '../host/folders.ts';
import { pngOf } from '../host/samplePictures.ts';

const folder = temporaryFolder();
const file = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('a file that is to be attached', () => {
  it('[I1] goes as a picture if its bytes are one, else as a file', async () => {
    const picture = await readAttachment(file('a.bin', pngOf(100)));
    expect(picture).toMatchObject({ use: 'picture', name: 'a.bin' });
    expect(await readAttachment(file('b.png', 'no picture'))).toMatchObject({ use: 'file' });
  });

  it('is refused with the reason: not there, no file, empty, too large', async () => {
    mkdirSync(join(folder, 'sub'));
    const large = file('large', 'x');
    truncateSync(large, 50 * 1024 * 1024);
    for (const [path, why] of [
      [join(folder, 'nowhere'), /cannot be read/],
      [join(folder, 'sub'), /it is no file/],
      [file('empty', ''), /it is empty/],
      [large, /it has 50 MB, and 32 MB go with one prompt/],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one reason after the other
      await expect(readAttachment(path)).rejects.toThrow(why);
    }
  });
});

describe('a line of a script', () => {
  it('takes files along with a prompt, and with nothing else', () => {
    const line = scriptInputSchema.parse({ prompt: 'look', attach: ['a.png'] });
    expect(line.attach).toEqual(['a.png']);
    expect(scriptInputSchema.safeParse({ promptNow: 'look', attach: [] }).success).toBe(true);
    for (const wrong of [{ attach: ['a.png'] }, { interrupt: true, attach: ['a.png'] }]) {
      expect(scriptInputSchema.safeParse(wrong).success).toBe(false);
    }
  });

  it('hands them over with its prompt', () => {
    const view = new FakeView();
    const files = [{ use: 'file', name: 'a', bytes: new Uint8Array(1) }] as const;
    sendVerb(view, { prompt: 'look' }, files);
    expect(view.files).toEqual([files]);
  });
});
