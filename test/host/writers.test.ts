// Others on a conversation of ours: a terminal and scripts that take it up while our agent has it.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { LONG_VERSIONS } from '../../tools/install/claudeVersions.ts';
import type { Others } from '../../src/protocol/state.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';
import { openScript, openTui, type Tui } from './otherClaude.ts';

type Ours = Guest & { readonly session: string };

for (const version of LONG_VERSIONS) {
  describe(`claude ${version}: another writer on a conversation of ours`, () => {
    let rig: HostRig;
    let machine: MachineView;
    let ada: Ours;
    let tui: Tui;

    const others = (): Others | undefined => ada.state.session.others;
    const idOfConversation = (): string => ada.state.session.agentSessionId ?? '';
    /** What the model was given with the newest prompt of that text. */
    const asked = (text: string): string =>
      rig.model.requests
        .map(({ body }) => JSON.stringify(body.messages))
        .findLast((messages) => messages.includes(text)) ?? '';
    const prompt = (text: string): Promise<unknown> =>
      ada.view.request('prompt', { text: `[[text:${text}]]` });
    const choose = (choice: 'take-in' | 'fork' | 'wait'): Promise<unknown> =>
      ada.view.request('settle-writers', { choice });
    const notices = (): readonly string[] => ada.ofKind('notice').map(({ code }) => code);

    beforeAll(async () => {
      rig = await HostRig.create({ claudePath: await installClaude(version) });
      await rig.start();
      machine = await rig.machine();
      ada = await machine.startSession();
      await prompt('ours one');
      await ada.until('our turn ends', () => ada.ofKind('turn').length === 1);
    });
    afterAll(() => rig.close());

    it('[Z1] nobody is seen while only our agent writes', () => {
      expect(others()).toBeUndefined();
      expect(notices()).not.toContain('other-writer');
    });

    it('[Z1] a terminal that opens it is seen, and [Z2] the queue is held', async () => {
      tui = await openTui(rig, ['--resume', idOfConversation()]);
      await ada.until('it is seen', () => others()?.writers.length === 1);
      const [writer] = others()?.writers ?? [];
      expect(writer).toMatchObject({ where: 'terminal' });
      expect(writer?.pid).toBe(tui.record().pid);
      expect(others()?.holds).toBe(true);
      await prompt('held one');
      await ada.until('it waits', () => ada.state.queue.length === 1);
      expect(ada.state.session.status).toBe('idle');
    });

    it('[Z3] wait: the queue goes on by itself when it has gone without a word', async () => {
      await choose('wait');
      await ada.until('it is chosen', () => others()?.choice === 'wait');
      expect(ada.text).not.toContain('held one');
      await tui.close();
      await ada.until('nobody is there', () => others() === undefined);
      await ada.until('the queue goes on', () => ada.text.includes('held one'));
      expect(asked('held one')).toContain('ours one');
    });

    it('[Z1] a script that was there for a moment is known by its lines, and what it wrote is held back', async () => {
      await openScript(rig, ['--resume', idOfConversation(), '[[text:theirs by script]]']);
      await ada.until('it is seen', () => (others()?.messages ?? 0) > 0);
      expect(others()?.writers[0]).toMatchObject({ where: 'script', left: true });
      await prompt('after the script');
      await ada.until('it waits', () => ada.state.queue.length === 1);
      expect(ada.text).not.toContain('theirs by script');
    });

    it('[Z3] take-in: their turns are in the log, and our agent goes on from them', async () => {
      await choose('take-in');
      await ada.until('it goes on', () => ada.text.includes('after the script'));
      expect(ada.text).toContain('theirs by script');
      expect(asked('after the script')).toContain('theirs by script');
      expect(ada.ofKind('text').filter(({ text }) => text === 'theirs by script')).toHaveLength(1);
      await ada.until('nobody is there', () => others() === undefined);
    });

    it('[Z3] fork: ours goes on under an id of its own, without what a terminal wrote', async () => {
      const before = idOfConversation();
      tui = await openTui(rig, ['--resume', before]);
      await tui.type('[[text:theirs in the terminal]]');
      await ada.until('its lines are seen', () => (others()?.messages ?? 0) > 0);
      await choose('fork');
      await ada.until('ours has another id', () => idOfConversation() !== before);
      await ada.until('nobody is there', () => others() === undefined);
      await prompt('ours apart');
      await ada.until('it runs', () => ada.text.includes('ours apart'));
      expect(asked('ours apart')).not.toContain('theirs in the terminal');
      expect(asked('ours apart')).toContain('after the script');
      expect(ada.text).not.toContain('theirs in the terminal');
      expect(notices()).toContain('went-apart');
      await tui.type('[[text:theirs alone]]');
      await tui.until('its turn ends', () => tui.transcript().includes('"text":"theirs alone"'));
      expect(others()).toBeUndefined();
      expect(readFileSync(tui.file(), 'utf8')).not.toContain('ours apart');
      await tui.close();
    });
  });
}
