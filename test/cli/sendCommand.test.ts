// `send` to a served room: what it waits for, and what it prints of it.
import { afterEach, expect, it } from 'vitest';
import { sendCommand } from '../../src/cli/commands/sendCommand.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { textEntry } from '../sync/syncRig.ts';
import { JoinRig } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

/** Sends a prompt that is answered by these entries; what was printed, and the exit code. */
async function sent(answer: readonly Entry[]): Promise<readonly [string, number]> {
  const relay = await rig.relay();
  const served: { room?: HostRoom } = {};
  served.room = await rig.host(relay, {
    commands: playedSession(({ kind, id }) => {
      const prompt = { kind: 'prompt', id, at: 1, text: 'go', origin: 'person' } as const;
      if (kind === 'prompt') served.room?.append([{ ...prompt, promptId: id }, ...answer]);
      return undefined;
    }),
  });
  served.room.append([textEntry('before', 'Said before.')]);
  const link = await rig.controlLink(served.room, relay);
  const run = rig.run(link, 'Ben', {
    command: (io) => sendCommand.run([link, 'go', '--wait'], io),
  });
  const code = await run.ended;
  return [run.text(), code];
}

it('--wait prints what the agent itself said in this turn, and nothing of its subagents', async () => {
  const nested: Entry = { ...textEntry('nested', 'To the agent alone.'), parent: 'call' };
  const turn: Entry = { kind: 'turn', id: 'turn', at: 1, outcome: 'completed' };
  const answer = [textEntry('one', 'Looking.'), nested, textEntry('two', 'Found it.'), turn];
  expect(await sent([...answer, textEntry('after', 'Later.')])).toEqual([
    'Looking.\n\nFound it.\n',
    0,
  ]);
});
