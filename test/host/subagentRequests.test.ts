// A subagent asks, for a guest's prompt: everywhere it is said who asks, and for whom.
import { describe, expect, it } from 'vitest';
import { createPaint, entryText } from '../../src/cli/text/entryText.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { giveControl, letIn } from './controlledGuests.ts';
import { HostRig } from './hostRig.ts';

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  it('a request of a subagent names it, and the guest whose prompt it serves', async () => {
    const rig = await HostRig.create({ claudePath: await installClaude(version) });
    try {
      await rig.start();
      const machine = await rig.machine();
      const ada = await machine.startSession();
      const bo = await letIn(rig, machine, ada, 'Bo');
      await giveControl(ada, bo);
      const subagent = {
        ...{ description: 'look around', subagent_type: 'general-purpose' },
        prompt: '<<bash:touch asked.txt>><<text:done>>',
      };
      const text = `run it [[tool:Agent:${JSON.stringify(subagent)}]][[text:ok]]`;
      await bo.view.request('prompt', { text });
      await ada.until('it is asked', () => ada.ofKind('request').length > 0);
      const [request] = ada.ofKind('request');
      expect(request?.agent).toEqual({ title: 'look around', type: 'general-purpose' });
      expect(request?.parent).toBe(ada.ofKind('tool-call')[0]?.callId);
      const said = request === undefined ? '' : entryText(request, createPaint(false));
      expect(said).toContain('asked by the subagent general-purpose “look around”');
      const waits = {
        subagentRequests: 1,
        waitingCause: { name: 'Bo', text: expect.stringMatching(/^run it /) },
      };
      await ada.until('it is counted', () => ada.state.session.subagentRequests === 1);
      expect(ada.state.session).toMatchObject(waits);
      const row = await machine.rowWhen(
        'the list knows',
        ({ session }) => session.subagentRequests === 1,
      );
      expect(row.session).toMatchObject(waits);
      await ada.answer('deny');
      await ada.until('nothing waits', () => ada.state.session.subagentRequests === undefined);
      expect(ada.state.session.waitingCause).toBeUndefined();
    } finally {
      await rig.close();
    }
  });
});
