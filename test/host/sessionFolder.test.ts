// [M1] The folder of a session: gone, unreadable, a file in its place, back as a link; and continue with one that is gone.
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chosenFolder, type FolderCheck, realFolder } from '../../src/host/drive/sessionFolder.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

/** Nobody but root is refused by modes, and the tests may run as root. */
const refused: FolderCheck = () =>
  Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));

describe('a folder', () => {
  let home = '';
  let shop = '';
  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'twinhelm-folder-')));
    shop = join(home, 'shop');
    mkdirSync(shop);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('[M1] that cannot be read is none to go on in, and says so', async () => {
    expect(await realFolder(shop, shop)).toBe(shop);
    await expect(realFolder(shop, shop, refused)).rejects.toMatchObject({
      code: 'agent-folder-gone',
    });
    await expect(chosenFolder(shop, refused)).rejects.toThrow(/cannot be read/);
  });

  it('[M1] in whose place there is a file now is gone', async () => {
    rmSync(shop, { recursive: true });
    // A file that may be run looks readable and enterable by its mode.
    writeFileSync(shop, 'a file', { mode: 0o755 });
    await expect(realFolder(shop, shop)).rejects.toMatchObject({ code: 'agent-folder-gone' });
    await expect(chosenFolder(shop)).rejects.toThrow(/is not a folder/);
  });

  it('[M1] that comes back as a link is not gone into, also where the link leads to what it was', async () => {
    const moved = join(home, 'moved');
    renameSync(shop, moved);
    symlinkSync(moved, shop);
    const error: unknown = await realFolder(shop, shop).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'agent-folder-gone' });
    expect(String(error)).toContain(moved);
    expect(await chosenFolder(moved)).toBe(moved);
  });

  it('[M1] that comes back as a link to nothing, or to itself, is gone', async () => {
    for (const target of [join(home, 'nowhere'), shop]) {
      rmSync(shop, { recursive: true, force: true });
      symlinkSync(target, shop);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(realFolder(shop, shop)).rejects.toMatchObject({ code: 'agent-folder-gone' });
      // oxlint-disable-next-line no-await-in-loop -- as above
      await expect(chosenFolder(shop)).rejects.toThrow(/is a link/);
    }
  });

  it('[M1] that was a link from the beginning stays one, until it leads elsewhere', async () => {
    const link = join(home, 'link');
    symlinkSync(shop, link);
    expect(await realFolder(link, undefined)).toBe(shop);
    expect(await realFolder(link, shop)).toBe(shop);
    const other = join(home, 'other');
    mkdirSync(other);
    rmSync(link);
    symlinkSync(other, link);
    await expect(realFolder(link, shop)).rejects.toThrow(/other/);
  });
});

describe('continue with a session whose folder is gone', () => {
  let rig: SessionsRig;
  let cwd = '';
  let id = '';
  beforeEach(async () => {
    rig = await SessionsRig.create();
    cwd = join(rig.folder, 'shop');
    mkdirSync(cwd);
    id = (await rig.sessions.start({ cwd })).id;
    await rig.sessions.end(id);
    renameSync(cwd, join(rig.folder, 'moved'));
  });
  afterEach(() => rig.close());

  /** It is open again; its prompt waits, and no agent was started. */
  async function continued() {
    const session = await rig.sessions.continue({ session: id });
    expect(session.recorder.summary()).toMatchObject({
      status: 'idle',
      problem: { code: 'agent-folder-gone' },
    });
    await execute(session, 'prompt', { text: 'go on' });
    // Resolves when the start that the prompt has begun has failed.
    const gone = { code: 'agent-folder-gone' };
    await expect(session.driver?.ready?.()).rejects.toMatchObject(gone);
    expect(session.recorder.prompts.queue()).toHaveLength(1);
    expect(rig.agent.alive).toHaveLength(0);
    return session;
  }

  const runs = (): Promise<unknown> =>
    waitUntil('what waited runs', () =>
      rig.agent.alive.some(({ prompts }) => prompts.includes('go on')),
    );

  it('[M1] opens it with what is wrong, and it goes on in the folder that is chosen', async () => {
    const session = await continued();
    const moved = join(rig.folder, 'moved');
    await execute(session, 'set-folder', { path: moved });
    await runs();
    expect(session.recorder.summary()).toMatchObject({ cwd: moved });
    expect(session.recorder.summary().problem).toBeUndefined();
  });

  it('[M1] goes on by itself with the next prompt once the folder is back', async () => {
    const session = await continued();
    writeFileSync(cwd, 'a file in its place');
    await execute(session, 'prompt', { text: 'not yet' });
    await waitUntil('both wait', () => session.recorder.prompts.queue().length === 2);
    expect(rig.agent.alive).toHaveLength(0);
    rmSync(cwd);
    renameSync(join(rig.folder, 'moved'), cwd);
    await execute(session, 'prompt', { text: 'now' });
    await runs();
    expect(session.recorder.summary().problem).toBeUndefined();
  });
});
