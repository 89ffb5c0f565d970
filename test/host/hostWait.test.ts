// [W1] [W2] From the real CLI to every place: a service that is overloaded, as a guest of the session is told.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { TerminalView } from '../../src/cli/join/terminalView.ts';
import { ViewLines } from '../../src/cli/join/viewLines.ts';
import { createPaint } from '../../src/cli/text/entryText.ts';
import { sessionTree } from '../../src/client/lists/sessionTree.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import { panelHeader } from '../../src/client/panel/panelModel.ts';
import { standing } from '../../src/client/standing/standing.ts';
import { waitText } from '../../src/client/standing/waitWords.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { ScriptOutput } from '../../src/protocol/local/script.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession({ title: 'First' });
});
afterAll(() => rig.close());

describe('a session whose service is overloaded', () => {
  it('says so in every place while it lasts, once, and no more as soon as the agent goes on', async () => {
    const { view } = ada;
    let written = '';
    const terminal = new TerminalView(view, createPaint(false), (text) => (written += text));
    terminal.begin(view.me ?? expect.fail('not admitted'));
    const lines = new ViewLines(view, systemClock);
    const said: ScriptOutput[] = [];
    view.onDidChange(() => {
      terminal.update();
      said.push(...lines.next());
    });
    await view.request('prompt', { text: 'overloaded [[err:529:2]][[text:ok]]' });
    await ada.until('it waits', () => (ada.state.session.wait?.attempt ?? 0) >= 2);
    const { wait } = ada.state.session;
    expect(wait).toMatchObject({ why: 'overloaded', maxAttempts: 10 });
    // Host and guest have one clock here: its beats tell no other time.
    expect(Math.abs((view.hostNow ?? 0) - systemClock.now())).toBeLessThan(5000);

    const header = panelHeader(view, systemClock.monotonic(), untranslated);
    const text = waitText(standing(header), untranslated);
    expect(text).toMatch(/^The service is overloaded · attempt \d of at most 10 (in \d s|now)$/);
    expect(statusText(header, [], untranslated)?.text).toContain('The service is overloaded');
    await machine.rowWhen('its row says so', (row) => row.session.wait !== undefined);
    const tree = sessionTree({
      ...{ own: machine.state.sessions, joined: [], connection: 'live', canShare: true },
      ...{ now: systemClock.now(), knownLinks: new Set<string>(), t: untranslated },
    });
    expect(JSON.stringify(tree)).toMatch(/The service is overloaded · attempt \d of at most 10/);

    await ada.until('it went on', () => ada.text.includes('ok'));
    await ada.until('it waits no more', () => ada.state.session.wait === undefined);
    await ada.until('it is idle', () => ada.state.session.status === 'idle');
    await machine.rowWhen('its row too', (row) => row.session.wait === undefined);
    const kinds = ada.entries.map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['prompt', 'retry', 'retry']);
    expect(written.match(/trying again/g)).toHaveLength(1);
    expect(written.match(/The service is overloaded/g)).toHaveLength(1);
    const stands = said.flatMap((line) => (line.type === 'standing' ? [line] : []));
    expect(stands.some((line) => line.wait?.why === 'overloaded')).toBe(true);
    expect(stands.at(-1)?.wait).toBeUndefined();
  });

  it('[Q7] that gives up holds what waits behind it; it goes on when the service answers again', async () => {
    const { view } = ada;
    const asked = (): number =>
      rig.model.requests.filter(({ body }) => JSON.stringify(body).includes('behind one')).length;
    await view.request('prompt', { text: 'refused [[err:529:9]]' });
    await ada.until('it waits', () => ada.state.session.wait !== undefined);
    for (const text of ['behind one [[text:1]]', 'behind two [[text:2]]']) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await view.request('prompt', { text });
    }
    await ada.until('the turn has failed', () => ada.ofKind('turn').at(-1)?.outcome === 'failed');
    await ada.until('what waits is held', () => ada.state.session.queueHold !== undefined);
    await ada.until('it is idle', () => ada.state.session.status === 'idle');
    expect(ada.state.session.queueHold).toMatchObject({ why: 'failed', cause: 'overloaded' });
    expect(ada.state.queue.map(({ text }) => text)).toEqual([
      'behind one [[text:1]]',
      'behind two [[text:2]]',
    ]);
    expect(asked()).toBe(0);
    const turns = ada.ofKind('turn').length;
    await view.request('prompt', { text: 'again [[text:ok]]', now: true });
    await ada.until('all have run', () => ada.ofKind('turn').length === turns + 3);
    await ada.until('nothing is held', () => ada.state.session.queueHold === undefined);
    const prompts = ada.ofKind('prompt').map(({ text }) => text);
    expect(prompts.slice(-2)).toEqual(['behind one [[text:1]]', 'behind two [[text:2]]']);
  });

  it('waits for nothing any more when it is stopped, or its host begins anew', async () => {
    await ada.view.request('prompt', { text: 'again [[err:529:9]]' });
    await ada.until('it waits', () => ada.state.session.wait !== undefined);
    await ada.view.request('interrupt', {});
    await ada.until('it is idle', () => ada.state.session.status === 'idle');
    expect(ada.state.session.wait).toBeUndefined();

    await ada.view.request('prompt', { text: 'once more [[err:529:9]]' });
    await ada.until('it waits', () => ada.state.session.wait !== undefined);
    await rig.crash();
    await rig.start();
    machine = await rig.machine();
    const row = await machine.rowWhen(
      'it is back',
      ({ session }) => session.id === ada.session && session.status === 'idle',
    );
    expect(row.session.wait).toBeUndefined();
  });
});
