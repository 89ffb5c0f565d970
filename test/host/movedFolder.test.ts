// A session's folder that is moved, deleted or replaced while the session is there.
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { LONG_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { liveAgents } from './agentWatch.ts';
import { type Guest, HostRig } from './hostRig.ts';
import { transcriptOf } from './otherClaude.ts';

for (const version of LONG_VERSIONS) {
  describe(`claude ${version}: a session whose folder is gone`, () => {
    let rig: HostRig;
    let ada: Guest & { readonly session: string };
    let old = '';
    let moved = '';

    const prompt = (text: string): Promise<unknown> =>
      ada.view.request('prompt', { text: `[[text:${text}]]` });
    const setFolder = (path: string): Promise<unknown> => ada.view.request('set-folder', { path });
    const problem = (): string | undefined => ada.state.session.problem?.code;

    /** The next prompt starts it anew. The host has seen its end when this resolves. */
    const endAgent = async (): Promise<void> => {
      const ends = (): number => rig.log.split('agent ended').length;
      const before = ends();
      for (const { pid } of liveAgents(rig.folder)) process.kill(pid, 'SIGTERM');
      await ada.until('the host has seen its end', () => ends() > before);
    };

    beforeAll(async () => {
      rig = await HostRig.create({ claudePath: await installClaude(version) });
      await rig.start();
      const machine = await rig.machine();
      old = join(rig.folder, 'shop');
      moved = join(rig.folder, 'moved here');
      mkdirSync(old);
      ada = await machine.startSession({ cwd: old, prompt: '[[text:in the old folder]]' });
      await ada.until('its turn ends', () => ada.ofKind('turn').length === 1);
      await endAgent();
      renameSync(old, moved);
    });
    afterAll(() => rig.close());

    it('[M1] its prompts wait, and what is wrong is said with what to do', async () => {
      await prompt('it waits');
      await ada.until('the problem is said', () => problem() === 'agent-folder-gone');
      expect(ada.state.session.problem?.happened).toContain(old);
      expect(ada.state.queue).toHaveLength(1);
      expect(ada.text).not.toContain('it waits');
    });

    it('[M1] refuses a folder in which it cannot go on, each with its reason', async () => {
      const file = join(rig.folder, 'file.txt');
      writeFileSync(file, '');
      const link = join(rig.folder, 'link');
      symlinkSync(moved, link);
      await expect(setFolder('moved here')).rejects.toThrow(/not a full path/);
      await expect(setFolder(join(rig.folder, 'nowhere'))).rejects.toThrow(/no folder/);
      await expect(setFolder(file)).rejects.toThrow(/is not a folder/);
      await expect(setFolder(link)).rejects.toThrow(/is a link to .*moved here/);
      await expect(setFolder(`/${'x'.repeat(600)}`)).rejects.toThrow(/longer than 500 bytes/);
      expect(ada.state.session.cwd).toBe(old);
      expect(ada.state.queue).toHaveLength(1);
    });

    it('[M1] a folder that comes back as a link to another place is not gone into', async () => {
      const elsewhere = join(rig.folder, 'elsewhere');
      mkdirSync(elsewhere);
      symlinkSync(elsewhere, old);
      await prompt('not there either');
      await ada.until(
        'it is said',
        () => ada.state.session.problem?.happened.includes('another place') === true,
      );
      expect(ada.state.queue).toHaveLength(2);
      expect(liveAgents(rig.folder)).toHaveLength(0);
      rmSync(old);
    });

    it('[M1] goes on in the folder that the owner chooses, with its memory, and its transcript is copied', async () => {
      const before = transcriptOf(rig, ada.state.session.agentSessionId ?? '');
      const text = readFileSync(before, 'utf8');
      await setFolder(`${moved}/`);
      await ada.until('what waited runs', () => ada.text.includes('it waits'));
      await ada.until('all of it', () => ada.text.includes('not there either'));
      expect(ada.state.session).toMatchObject({ cwd: moved, project: 'moved here' });
      expect(problem()).toBeUndefined();
      expect(readFileSync(before, 'utf8')).toBe(text);
      const slug = moved.replaceAll(/[^A-Za-z0-9]/g, '-');
      const copy = join(
        rig.env['CLAUDE_CONFIG_DIR'] ?? '',
        'projects',
        slug,
        before.split('/').at(-1) ?? '',
      );
      expect(statSync(copy).mode & 0o777).toBe(0o600);
      expect(readFileSync(copy, 'utf8').startsWith(text)).toBe(true);
      expect(readFileSync(copy, 'utf8')).toContain('it waits');
      const asked = rig.model.requests.map(({ body }) => JSON.stringify(body.messages));
      expect(asked.findLast((one) => one.includes('it waits'))).toContain('in the old folder');
      expect(ada.ofKind('prompt')).toHaveLength(3);
    });

    it('[M1] a transcript that is replaced by a link is not copied, and nothing is changed', async () => {
      await endAgent();
      const slug = moved.replaceAll(/[^A-Za-z0-9]/g, '-');
      const id = ada.state.session.agentSessionId ?? '';
      const path = join(rig.env['CLAUDE_CONFIG_DIR'] ?? '', 'projects', slug, `${id}.jsonl`);
      renameSync(path, `${path}.kept`);
      symlinkSync(`${path}.kept`, path);
      const third = join(rig.folder, 'third');
      mkdirSync(third);
      await expect(setFolder(third)).rejects.toThrow(/no plain file/);
      expect(ada.state.session.cwd).toBe(moved);
    });
  });
}
