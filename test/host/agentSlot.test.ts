// The states of a session's one agent process.
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { AgentSlot } from '../../src/host/drive/agentSlot.ts';
import type { AgentSession } from '../../src/protocol/agent.ts';
import { FakeChild } from './scriptedAgent.ts';

/** A slot whose launches a test completes by hand. */
function slotOf() {
  const launches: { resolve: (agent: AgentSession) => void; reject: (error: Error) => void }[] = [];
  const said: string[] = [];
  const slot = new AgentSlot({
    launch: () => new Promise((resolve, reject) => launches.push({ resolve, reject })),
    onDidStart: () => said.push(`started:${slot.kind}`),
    onDidSettle: () => said.push(`settled:${slot.kind}`),
    log: silentLogger,
  });
  return { slot, launches, said };
}

/** Work that a test ends by hand. */
function held() {
  let end = (): void => undefined;
  const work = (): Promise<void> => new Promise((resolve) => (end = resolve));
  return { work, end: () => end() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an agent’s slot', () => {
  it('starts one agent for all who want it, and is running when its events begin to count', async () => {
    const { slot, launches, said } = slotOf();
    const [first, second] = [slot.ensure(), slot.ensure()];
    expect(slot.kind).toBe('launching');
    await turn();
    expect(launches).toHaveLength(1);
    const child = new FakeChild(1, 'c');
    launches[0]?.resolve(child);
    expect(await first).toBe(child);
    expect(await second).toBe(child);
    expect(await slot.ensure()).toBe(child);
    expect([slot.kind, slot.agent, slot.starting]).toEqual(['running', child, undefined]);
    expect(said).toEqual(['started:running']);
  });

  it('is empty after a start that failed, and the next one tries again', async () => {
    const { slot, launches } = slotOf();
    const first = slot.ensure();
    await turn();
    launches[0]?.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    expect(slot.kind).toBe('empty');
    void slot.ensure();
    await turn();
    expect(launches).toHaveLength(2);
  });

  it('starts nothing while something must be over, also what came to that later', async () => {
    const { slot, launches, said } = slotOf();
    const [old, more] = [held(), held()];
    slot.settle(old.work);
    expect([slot.kind, slot.starting]).toEqual(['settling', undefined]);
    const ready = slot.ensure();
    expect(slot.kind).toBe('waiting');
    slot.settle(more.work);
    await turn();
    old.end();
    await turn();
    expect([slot.kind, launches.length]).toEqual(['waiting', 0]);
    more.end();
    await turn();
    expect([slot.kind, launches.length, said]).toEqual(['launching', 1, ['settled:launching']]);
    const child = new FakeChild(1, 'c');
    launches[0]?.resolve(child);
    expect(await ready).toBe(child);
  });

  it('settles after an end, and what fails in that does not keep the next agent away', async () => {
    const { slot, launches, said } = slotOf();
    void slot.ensure();
    await turn();
    launches[0]?.resolve(new FakeChild(1, 'c'));
    await turn();
    slot.settle(() => Promise.reject(new Error('cannot be read')));
    expect([slot.kind, slot.agent]).toEqual(['settling', undefined]);
    await turn();
    expect(slot.kind).toBe('empty');
    expect(said).toEqual(['started:running', 'settled:empty']);
  });
});
