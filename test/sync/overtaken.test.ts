// A window that hears late: what it sends under control that somebody else has had since.
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { SyncRig } from './syncRig.ts';

const rig = new SyncRig();
afterEach(() => rig.close());

/** Sockets that hear nothing of the room's main document from `hold` on. */
function deafSockets(room: string) {
  let isDeaf = false;
  class Deaf extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      const isMain = this.url.endsWith(`/${room}`);
      const listen = this.addEventListener.bind(this);
      const addEventListener = (type: string, listener: (event: Event) => void): void =>
        listen(type, (event) => {
          if (type !== 'message' || !isDeaf || !isMain) listener(event);
        });
      Object.assign(this, { addEventListener });
    }
  }
  return { webSocket: Deaf, hold: () => (isDeaf = true) };
}

it('[F10] a prompt is refused that was typed before its window heard that somebody else had control', async () => {
  const prompts: string[] = [];
  const relay = await rig.relay();
  const room = await rig.host(relay, {
    commands: playedSession((command) => {
      if (command.kind === 'prompt') prompts.push(command.args.text);
      return undefined;
    }),
  });
  const invite = () => rig.invite(room, relay, { role: 'controller', allowControl: true });
  const link = await invite();
  const sockets = deafSockets(parseLink(link).room);
  const ben = await Attachment.join({
    ...{ link, identity: await createIdentity(), name: 'Ben', device: 'test' },
    ...{ clock: systemClock, log: silentLogger, webSocket: sockets.webSocket },
  });
  rig.own(() => ben.dispose());
  const cy = await rig.join(await invite(), 'Cy');
  await waitUntil('both are in', () => ben.me && cy.me);
  await ben.request('prompt', { text: 'first' });
  await waitUntil('Ben sees his control', () => ben.state?.focus.holder?.member === ben.member);
  sockets.hold();
  await cy.request('focus-request', {});
  await ben.request('focus-release', {});
  await waitUntil('Cy has it', () => cy.state?.focus.holder?.member === cy.member);
  await cy.request('focus-release', {});
  await waitUntil('nobody has it', () => cy.state?.focus.holder === undefined);
  await expect(ben.request('prompt', { text: 'late' })).rejects.toThrow();
  expect(prompts).toEqual(['first']);
});
