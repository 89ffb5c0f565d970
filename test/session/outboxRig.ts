// An outbox whose host answers by hand.
import * as Y from 'yjs';
import { toBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { RecordOpener, RecordSealer } from '../../src/crypto/record.ts';
import { type Ack, type Command, commandSchema } from '../../src/protocol/command.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';
import { inOf, outOf, recordsOf } from '../../src/session/layout.ts';
import { Outbox } from '../../src/session/outbox.ts';
import type { Arrived, PartCarrier } from '../../src/session/outboxOptions.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

/** Makes one: without a term yet, so that nothing is sent. */
export async function makeOutbox(
  options: {
    readonly canHear?: () => boolean;
    readonly arrived?: () => Arrived | undefined;
    readonly carrier?: PartCarrier;
    readonly refusesParts?: () => boolean;
  } = {},
) {
  const identity = await createIdentity();
  const host = await generateSigningPair();
  const [room, secret] = [randomBytes(16), randomBytes(32)];
  const secretOf = () => secret;
  const clock = createFakeClock();
  const doc = new Y.Doc();
  const opener = new RecordOpener({ room, secretOf });
  const outbox = new Outbox({
    doc,
    member: identity.member,
    opener,
    fence: () => 7,
    hostTime: () => clock.now(),
    canHear: options.canHear ?? (() => true),
    arrived: () => options.arrived?.(),
    isLocked: () => false,
    carrier: options.carrier ?? { send: () => Promise.resolve([]), drop: () => undefined },
    refusesParts: options.refusesParts ?? (() => false),
    clock,
    log: silentLogger,
  });
  const hostBoot = newBootOf(1);
  const hostSealer = await RecordSealer.create({ room, pair: host, boot: hostBoot, secretOf });
  const setTerm = async (term: number): Promise<void> => {
    const pair = identity.signing;
    const sealer = await RecordSealer.create({ room, pair, boot: newBootOf(term), secretOf });
    const boot = toBase64Url(hostBoot);
    outbox.setTerm({ term, hostKey: host.publicKey, hostBoot: boot, sealer, epoch: 1 });
  };
  const written = async (): Promise<Command[]> => {
    const commands: Command[] = [];
    for (const record of recordsOf(outOf(doc))) {
      const place = `g.${identity.member}/out`;
      const expected = { type: RECORD_TYPE.command, place };
      const opened = await opener.open(record, expected, () => identity.signing.publicKey);
      if (opened.ok) commands.push(commandSchema.parse(JSON.parse(utf8Text(opened.plaintext))));
    }
    return commands;
  };
  const answer = async (ack: Ack): Promise<void> => {
    const plaintext = utf8Bytes(JSON.stringify(ack));
    const place = `g.${identity.member}/in/${ack.id}`;
    const record = await hostSealer.seal({ type: RECORD_TYPE.ack, place, epoch: 1, plaintext });
    inOf(doc).set(ack.id, record);
  };
  return { outbox, clock, doc, setTerm, written, answer };
}
