// Who is here, by signed presence: nobody else's voice, no voice from the past, nobody from a relay that went.
import { afterEach, expect, test } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { fromBase64Url, toBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../../src/crypto/record.ts';
import { parseJson } from '../../src/protocol/json.ts';
import { type Beat, beatSchema, PRESENCE_FIELD, RECORD_TYPE } from '../../src/protocol/room.ts';
import { Attendance } from '../../src/sync/host/attendance.ts';
import { HostBeats } from '../../src/sync/host/hostBeats.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

async function makeAttendance() {
  const [room, secret] = [randomBytes(16), randomBytes(32)];
  const secretOf = () => secret;
  const identity = await createIdentity();
  const pair = await generateSigningPair();
  const host = await RecordSealer.create({ room, pair, boot: newBootOf(1), secretOf });
  const member = await RecordSealer.create({
    room,
    pair: identity.signing,
    boot: newBootOf(1),
    secretOf,
  });
  const renewed: number[] = [];
  const { clock } = rig;
  const opener = new RecordOpener({ room, secretOf });
  const attendance = new Attendance({
    opener,
    keyOf: (id) => (id === identity.member ? toBase64Url(identity.signing.publicBytes) : undefined),
    renew: (_window, fence) => renewed.push(fence),
    clock,
  });
  let beatsMade = 0;
  const beats = new HostBeats({
    sealer: () => {
      beatsMade += 1;
      return host;
    },
    epoch: () => 1,
    beat: () => ({ rev: 1, index: 0, hash: '', epoch: 1, at: 1, seen: [] }),
    attendance,
    short: () => [],
    onDidWrite: () => ({ dispose: () => undefined }),
    clock,
  });
  rig.own(() => attendance.dispose());
  rig.own(() => beats.dispose());
  let changes = 0;
  attendance.onDidChange(() => (changes += 1));
  const follow = (): Awareness => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    rig.own(() => doc.destroy());
    attendance.follow(awareness);
    return awareness;
  };
  /** Presence of the member's window, as it stands in awareness. */
  const say = async (holds: number, device = 'd'): Promise<string> => {
    const plaintext = utf8Bytes(JSON.stringify({ nonce: 'n', device, holds }));
    const type = RECORD_TYPE.presence;
    return toBase64Url(await member.seal({ type, place: 'presence', epoch: 1, plaintext }));
  };
  const readBeat = async (relay: Awareness): Promise<Beat> => {
    const record = fromBase64Url(String(relay.getLocalState()?.['b'])) ?? new Uint8Array();
    const expected = { type: RECORD_TYPE.beat, place: 'beat' };
    const opened = await opener.open(record, expected, () => pair.publicKey);
    return beatSchema.parse(opened.ok ? parseJson(utf8Text(opened.plaintext)) : undefined);
  };
  return {
    attendance,
    beats,
    clock,
    readBeat,
    follow,
    say,
    renewed,
    changes: () => changes,
    beatsMade: () => beatsMade,
  };
}

/** A client of the relay that says something in awareness. */
function speaker(to: Awareness): (presence: string | undefined) => void {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  rig.own(() => doc.destroy());
  return (presence) => {
    awareness.setLocalState(presence === undefined ? null : { [PRESENCE_FIELD]: presence });
    applyAwarenessUpdate(to, encodeAwarenessUpdate(awareness, [awareness.clientID]), 'relay');
  };
}

test('[P3] presence of the past, played back by another, is nobody and renews no lease', async () => {
  const { attendance, follow, say, renewed } = await makeAttendance();
  const relay = follow();
  const [first, second] = [await say(1), await say(2)];
  const window = speaker(relay);
  window(first);
  await rig.soon('the window is here', () => attendance.windows.length === 1);
  window(second);
  await rig.soon('it renews', () => renewed.length === 2);
  window(undefined);
  await rig.soon('it is gone', () => attendance.windows.length === 0);
  const thief = speaker(relay);
  thief(first);
  attendance.refresh();
  // The same as the last is what a relay repeats after a reconnect of the host: it is here, and says nothing new.
  const again = speaker(relay);
  again(second);
  await rig.soon('the window is here again', () => attendance.windows.length === 1);
  thief(first);
  const third = await say(3);
  again(third);
  await rig.soon('it renews again', () => renewed.includes(3));
  expect(renewed).toEqual([1, 2, 3]);
});

test('[P3] the host says every ten seconds that it is there', async () => {
  const { follow, clock, beatsMade } = await makeAttendance();
  follow();
  clock.advance(9_900);
  await rig.still();
  expect(beatsMade()).toBe(0);
  clock.advance(200);
  await rig.soon('it says so', () => beatsMade() === 1);
  clock.advance(20_000);
  await rig.soon('and again', () => beatsMade() === 3);
});

test('[P3] presence that is larger than any window needs is nobody', async () => {
  const { attendance, follow, say, renewed } = await makeAttendance();
  const window = speaker(follow());
  window(await say(1, 'd'.repeat(900)));
  window(await say(2, 'd'.repeat(64)));
  await rig.soon('the window is here', () => attendance.windows.length === 1);
  expect(renewed).toEqual([2]);
});

test('who was there by a relay that is not served any more is not there', async () => {
  const { attendance, beats, follow, say, changes } = await makeAttendance();
  const [near, far] = [follow(), follow()];
  speaker(far)(await say(1));
  await rig.soon('the window is here', () => attendance.windows.length === 1);
  const before = changes();
  far.destroy();
  expect(attendance.windows).toEqual([]);
  expect(changes()).toBe(before + 1);
  beats.send();
  await rig.soon('the other relay has its beat', () => near.getLocalState()?.['b'] !== undefined);
  expect(far.getLocalState()).toBeNull();
});

test('[P3] a beat names everybody who had spoken when it was sent, and who comes is answered by one', async () => {
  const { attendance, beats, clock, follow, say, readBeat, beatsMade } = await makeAttendance();
  const relay = follow();
  speaker(relay)(await say(1));
  beats.send();
  await rig.soon('the beat is said', () => relay.getLocalState()?.['b'] !== undefined);
  expect(attendance.windows).toHaveLength(1);
  expect((await readBeat(relay)).seen).toEqual(['n']);
  const first = relay.getLocalState();
  clock.advance(100);
  await rig.soon('its coming is answered', () => relay.getLocalState() !== first);
  expect(beatsMade()).toBe(2);
  beats.dispose();
  clock.advance(60_000);
  beats.send();
  await rig.still();
  expect(beatsMade()).toBe(2);
});
