// A window that hears late: what it sends under control that somebody else has had since.
import { afterEach, expect, it } from 'vitest';
import { parseLink } from '../../src/protocol/link.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** Sockets that hear nothing of the room's main document from `hold` on. */
function deafSockets(room: string) {
  let isDeaf = false;
  const webSocket = new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      const isMain = url.endsWith(`/${room}`);
      const listen = socket.addEventListener.bind(socket);
      const addEventListener = (type: string, listener: (event: Event) => void): void =>
        listen(type, (event) => {
          if (type !== 'message' || !isDeaf || !isMain) listener(event);
        });
      return Object.assign(socket, { addEventListener });
    },
  });
  return { webSocket, hold: () => (isDeaf = true) };
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
  const ben = await rig.join(link, 'Ben', undefined, { webSocket: sockets.webSocket });
  const cy = await rig.join(await invite(), 'Cy');
  await rig.until('both are in', () => ben.me && cy.me);
  await rig.run(ben.request('prompt', { text: 'first' }));
  await rig.until('Ben sees his control', () => ben.state?.focus.holder?.member === ben.member);
  sockets.hold();
  await rig.run(cy.request('focus-request', {}));
  await rig.run(ben.request('focus-release', {}));
  await rig.until('Cy has it', () => cy.state?.focus.holder?.member === cy.member);
  await rig.run(cy.request('focus-release', {}));
  await rig.until('nobody has it', () => cy.state?.focus.holder === undefined);
  await expect(rig.run(ben.request('prompt', { text: 'late' }))).rejects.toThrow();
  expect(prompts).toEqual(['first']);
});
