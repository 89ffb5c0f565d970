// A prompt on its way from the queue to the agent: what is known when, and what may still come in between.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StoredPrompt } from '../../src/host/journal/sessionTables.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { execute, joined, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
beforeEach(async () => {
  rig = await SessionsRig.create();
});
afterEach(() => rig.close());

it('before the agent gets a prompt it is written down that it may have run', async () => {
  const session = await rig.start();
  const states: (StoredPrompt['state'] | undefined)[] = [];
  const [child] = rig.agent.alive;
  if (child === undefined) throw new Error('no agent');
  child.prompt = async () => {
    const stored = rig.journal.sessions.openPrompts(session.id);
    states.push(stored.at(-1)?.state);
  };
  await execute(session, 'prompt', { text: 'go' });
  await waitUntil('it is handed over', () => states.length > 0);
  expect(states).toEqual(['sent']);
});

it('a guest’s prompt that is cancelled while the files that it names are read does not run', async () => {
  const session = await rig.start();
  const [child] = rig.agent.alive;
  if (child === undefined) throw new Error('no agent');
  let endRead: (() => void) | undefined;
  rig.agent.readRules = async () => {
    await new Promise<void>((resolve) => (endRead = resolve));
    return () => false;
  };
  const { link } = await session.room.createInvite({
    ...{ role: 'controller', allowControl: true, lifetimeMs: 60_000 },
    relay: rig.relay.address.url,
  });
  const bob = await joined(link, 'Bob');
  try {
    await bob.request('prompt', { text: 'see @notes.txt' });
    const end = await waitUntil('its files are read', () => endRead);
    const [waiting] = session.recorder.prompts.queue();
    await execute(session, 'cancel-queued', { promptId: waiting?.promptId ?? '' });
    end();
    await execute(session, 'prompt', { text: 'next' });
    await waitUntil('the next one runs', () => child.prompts.includes('next'));
    expect(child.prompts).toEqual(['next']);
  } finally {
    endRead?.();
    await bob.close();
  }
});

it('of a prompt whose outcome is unknown everybody is told once, however often an agent ends after it', async () => {
  const session = await rig.start();
  const { stored } = session.recorder;
  for (const text of ['first', 'second']) {
    await execute(session, 'prompt', { text });
    const child = await waitUntil(`${text} is handed over`, () =>
      rig.agent.alive.find(({ prompts }) => prompts.includes(text)),
    );
    child.exit(false);
    await waitUntil('its end is settled', () => session.recorder.status === 'idle');
    await waitUntil(`${text} is settled`, () =>
      session.recorder.prompts.unfinished().every((prompt) => prompt.text !== text),
    );
  }
  const log = rig.journal.room(stored.room).readLog(0, 100);
  const told = log.filter(({ text }) => text.includes('"prompt-unknown"'));
  expect(told).toHaveLength(2);
});
