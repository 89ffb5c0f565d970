// A member's side of awareness: how often it speaks, and how much of others it listens to.
import { afterEach, expect, test } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { type Bytes, toBase64Url } from '../../src/base/bytes.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { RecordSealer } from '../../src/crypto/record.ts';
import { BEAT_FIELD, PRESENCE_FIELD } from '../../src/protocol/room.ts';
import { PresenceChannel } from '../../src/sync/member/presenceChannel.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

function makeAwareness(): Awareness {
  const doc = new Y.Doc();
  rig.own(() => doc.destroy());
  return new Awareness(doc);
}

function makeChannel(options: { readonly holds?: number } = {}) {
  const { clock } = rig;
  const awareness = makeAwareness();
  const heard: number[] = [];
  const channel = new PresenceChannel({
    connection: { awareness, onDidRenew: () => ({ dispose: () => undefined }) },
    device: 'd',
    clock,
    acceptBeat: async (record: Bytes) => {
      heard.push(record.length);
      return undefined;
    },
    hearsLocked: () => Promise.resolve(false),
    holds: () => options.holds,
    sent: () => 0,
  });
  rig.own(() => channel.dispose());
  return { channel, awareness, clock, heard };
}

/** So many strangers say something; the last one's is `beat`. */
function strangers(to: Awareness, count: number, beat: Uint8Array): void {
  for (let n = 1; n <= count; n += 1) {
    const one = makeAwareness();
    one.setLocalState(n === count ? { [BEAT_FIELD]: toBase64Url(beat) } : { n });
    applyAwarenessUpdate(to, encodeAwarenessUpdate(one, [one.clientID]), 'relay');
  }
}

test('[P3] who holds control says so every five seconds, others only when they have something to say', async () => {
  const identity = await createIdentity();
  const sealer = await RecordSealer.create({
    room: randomBytes(16),
    pair: identity.signing,
    boot: newBootOf(1),
    secretOf: () => new Uint8Array(32),
  });
  const [holder, other] = [makeChannel({ holds: 3 }), makeChannel()];
  const texts = [holder, other].map(({ channel, awareness }) => {
    const said = new Set<unknown>();
    awareness.on('update', () => said.add(awareness.getLocalState()?.[PRESENCE_FIELD]));
    channel.setSealer(sealer, 1);
    return { said };
  });
  await rig.soon('both have spoken', () => texts.every(({ said }) => said.size === 1));
  rig.clock.advance(4_900);
  rig.clock.advance(200);
  await rig.soon('the holder speaks again', () => texts[0]?.said.size === 2);
  rig.clock.advance(5_000);
  await rig.soon('and again', () => texts[0]?.said.size === 3);
  expect(texts[1]?.said.size).toBe(1);
});

test('[P3] of so many strangers a replica looks at the first 128', async () => {
  const crowd = makeChannel();
  // The replica's own state is the first of them.
  strangers(crowd.awareness, 126, new Uint8Array(300));
  await rig.soon('the 127th is heard', () => crowd.heard.includes(300));
  strangers(crowd.awareness, 2, new Uint8Array(301));
  const late = makeAwareness();
  late.setLocalState({ [BEAT_FIELD]: toBase64Url(new Uint8Array(302)) });
  applyAwarenessUpdate(crowd.awareness, encodeAwarenessUpdate(late, [late.clientID]), 'relay');
  await rig.still();
  expect(crowd.heard).not.toContain(302);
});

test('[P3] what is larger than a beat can be is not even opened', async () => {
  const { awareness, heard } = makeChannel();
  strangers(awareness, 1, new Uint8Array(3_073));
  strangers(awareness, 1, new Uint8Array(3_071));
  await rig.still();
  expect(new Set(heard)).toEqual(new Set([3_071]));
});
