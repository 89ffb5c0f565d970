// A seeded run of a room: a host that restarts, guests that come and go, a network that cuts, delays and forgets.
import type { Clock } from '../../src/base/clock.ts';
import { createIdentity, type Identity } from '../../src/crypto/identity.ts';
import { parseJson } from '../../src/protocol/json.ts';
import type { Relay } from '../../src/relay/server.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import type { RoomMemory } from '../../src/session/roomMemory.ts';
import { isSettled, type OutboxItem } from '../../src/session/view.ts';
import type { RoomKeys } from '../../src/sync/host/hostRoomOptions.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import type { RoomMemoryStore } from '../../src/sync/member/joinOptions.ts';
import { PlainCrypto } from '../probes/plainCrypto.ts';
import { createRandom, seedRuntime } from '../probes/seededRandom.ts';
import { FuzzHost } from './fuzzHost.ts';
import { PairRig } from './pairRig.ts';
import type { SocketPair } from './socketPair.ts';

const PORT = 30_000;

/** What came of a run. */
export interface FuzzResult {
  readonly violations: readonly string[];
  /** How often what happened: a run in which nothing does proves nothing. */
  readonly counts: Readonly<Record<string, number>>;
  /** Time of its clock that it took. */
  readonly ms: number;
}

/** Plays one seed: so many actions, each followed by some time. */
export async function runFuzz(seed: number, actions: number): Promise<FuzzResult> {
  const random = createRandom(seed);
  const seeded = seedRuntime(random);
  const rig = new PairRig(random, () => new PlainCrypto());
  // From here on time and keys are the rig's.
  await rig.still();
  const run = new RoomFuzz(rig, await rig.roomKeys(), random);
  try {
    await run.play(actions);
  } catch (error) {
    run.violations.push(String(error));
  }
  const ms = rig.clock.monotonic();
  await rig.close();
  seeded.dispose();
  const violations = run.violations.map((text) => `seed ${seed}: ${text}`);
  return { violations, counts: run.counts, ms };
}

/** Plays seeds from `first` on. */
export async function runSeeds(first: number, runs: number, actions: number): Promise<FuzzResult> {
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  let ms = 0;
  for (let seed = first; seed < first + runs; seed += 1) {
    const result = await runFuzz(seed, actions);
    violations.push(...result.violations);
    ms += result.ms;
    for (const [what, count] of Object.entries(result.counts)) {
      counts[what] = (counts[what] ?? 0) + count;
    }
  }
  return { violations, counts, ms };
}

interface Guest {
  readonly name: string;
  readonly link: string;
  readonly identity: Identity;
  /** What a device gives to every window of it. */
  readonly device: { readonly memory: RoomMemoryStore; readonly clock: Clock };
  view: Attachment;
  isRemoved: boolean;
}

interface Sent {
  readonly view: Attachment;
  readonly id: string;
  readonly text: string;
}

class RoomFuzz {
  private readonly rig: PairRig;
  private readonly host: FuzzHost;
  readonly violations: string[] = [];
  readonly counts: Record<string, number> = {};
  private readonly random: () => number;
  private store = createMemoryStore();
  private readonly guests: Guest[] = [];
  private readonly sent: Sent[] = [];
  private readonly latencies = new WeakMap<SocketPair, number>();
  private isCalm = false;
  private hasLostDisk = false;
  private relay: Relay | undefined;
  private made = 0;

  constructor(rig: PairRig, keys: RoomKeys, random: () => number) {
    this.rig = rig;
    this.random = random;
    this.host = new FuzzHost(rig, keys, (limit) => this.below(limit));
    const { faults } = rig.net;
    faults.choose = (ready) => (this.isCalm ? 0 : this.below(ready));
    faults.latencyMs = (pair) => this.latencyOf(pair);
  }

  async play(actions: number): Promise<void> {
    await this.host.start(await this.startRelay());
    const count = this.below(4) > 0 ? 2 : 3 + this.below(2);
    for (let n = 0; n < count; n += 1) await this.comeIn(n === 0);
    for (let n = 0; n < actions; n += 1) {
      await this.act();
      await this.rig.pass(this.below(this.below(5) === 0 ? 8_000 : 600));
    }
    await this.calm();
    this.judge();
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  private latencyOf(pair: SocketPair): number {
    if (this.isCalm) return 1;
    const known =
      this.latencies.get(pair) ?? (this.below(6) === 0 ? this.below(2_000) : 1 + this.below(40));
    this.latencies.set(pair, known);
    return known + this.below(10);
  }

  private async act(): Promise<void> {
    const dice = this.below(100);
    if (dice < 38) this.command();
    else if (dice < 52) this.control();
    else if (dice < 60) this.hostWrites();
    else if (dice < 74) this.cut();
    else if (dice < 80) this.silence();
    else if (dice < 86) await this.comeAgain();
    else if (dice < 89) this.remove();
    else if (dice < 94) this.restartHost();
    else await this.restartRelay();
  }

  private anyGuest(): Guest | undefined {
    return this.guests[this.below(this.guests.length)];
  }

  private newText(): string {
    this.made += 1;
    return `text ${this.made}`;
  }

  /** Several at a time, so that they have an order to keep. */
  private command(): void {
    const guest = this.anyGuest();
    for (let n = this.below(3); n >= 0 && guest; n -= 1) {
      const text = this.newText();
      this.send(guest, () => guest.view.send('prompt', { text }), text);
    }
  }

  private control(): void {
    const [guest, other] = [this.anyGuest(), this.anyGuest()];
    if (!guest || !other) return;
    const kind = this.below(4);
    const { member } = other.view;
    if (kind === 0) this.send(guest, () => guest.view.send('focus-release', {}));
    else if (kind === 1) this.send(guest, () => guest.view.send('focus-grant', { member }));
    else if (kind === 2) this.send(guest, () => guest.view.send('focus-take', {}));
    else this.send(guest, () => guest.view.send('focus-request', {}));
  }

  private send({ view }: Guest, make: () => OutboxItem, text = ''): void {
    if (view.truth.kind === 'over') return;
    const { id } = make();
    this.sent.push({ view, id, text });
    this.count('commands');
  }

  private hostWrites(): void {
    if (!this.host.room) return;
    this.host.write(this.newText());
    this.count('entries');
  }

  private anyPair(): SocketPair | undefined {
    const pairs = this.rig.net.pairsTo();
    return pairs[this.below(pairs.length)];
  }

  private cut(): void {
    for (let n = this.below(4); n >= 0; n -= 1) this.anyPair()?.cut();
    this.count('cuts');
  }

  /** Nothing moves on a connection for a while; then it breaks. */
  private silence(): void {
    const pair = this.anyPair();
    if (!pair) return;
    pair.isSilent = true;
    this.rig.clock.after(this.below(8_000), () => pair.cut());
    this.count('silences');
  }

  private async comeIn(isOwner: boolean): Promise<void> {
    const { relay } = this;
    const room = this.host.room;
    if (!room || !relay) return;
    const invite = isOwner
      ? ({ role: 'owner' } as const)
      : ({ role: 'controller', allowControl: true } as const);
    const link = await this.rig.invite(room, relay, invite);
    let kept: RoomMemory | undefined;
    const memory = { load: () => kept, save: (_room: string, next: RoomMemory) => (kept = next) };
    const device = { memory, clock: this.clockOfDevice() };
    const identity = await createIdentity();
    const name = `Guest ${this.guests.length}`;
    const view = await this.rig.join(link, name, identity, device);
    this.guests.push({ name, link, identity, device, view, isRemoved: false });
  }

  /** One device in three has a wall clock that is wrong by days. */
  private clockOfDevice(): Clock {
    const { clock } = this.rig;
    const wrongMs = this.below(3) === 0 ? (this.below(5) - 2) * 86_400_000 : 0;
    return { ...clock, now: () => clock.now() + wrongMs };
  }

  /** The owner removes somebody for good. */
  private remove(): void {
    const guest = this.guests[1 + this.below(this.guests.length - 1)];
    if (!guest || !this.host.room?.remove(guest.view.member)) return;
    guest.isRemoved = true;
    this.count('removed');
  }

  /** The same person in a new window; the old one is closed, or just gone. */
  private async comeAgain(): Promise<void> {
    const guest = this.anyGuest();
    if (!guest) return;
    const { view, link, name, identity, device } = guest;
    if (this.below(2) === 0) view.dispose();
    else await this.rig.run(view.close());
    guest.view = await this.rig.join(link, name, identity, device);
    this.count('windows');
  }

  private restartHost(): void {
    const { host, relay } = this;
    if (!host.room || !relay) return;
    if (this.below(3) === 0) host.reopen(relay);
    else host.crash(relay);
    this.count('hosts');
  }

  private async startRelay(): Promise<Relay> {
    this.relay = await this.rig.relay({ port: PORT, store: this.store });
    return this.relay;
  }

  /** It comes back at the same address; one time in three its disk is lost. */
  private async restartRelay(): Promise<void> {
    await this.relay?.close();
    if (this.below(3) === 0) {
      this.store = createMemoryStore();
      this.hasLostDisk = true;
    }
    await this.rig.pass(this.below(4_000));
    await this.startRelay();
    this.count('relays');
  }

  /** No fault any more: everybody must come to the same picture. */
  private async calm(): Promise<void> {
    this.isCalm = true;
    for (const pair of this.rig.net.pairsTo()) if (pair.isSilent) pair.cut();
    await this.rig.run(this.host.settled());
    this.hostWrites();
    for (const guest of this.guests) await this.openAgain(guest);
    const isDone = (): boolean => this.guests.every((guest) => this.missing(guest) === undefined);
    await this.rig.until('everybody has the same picture', isDone).catch(() => {
      this.violations.push(...this.guests.flatMap((guest) => this.missing(guest) ?? []));
    });
  }

  /** Whoever came while the relay had lost the room was told so, and opens the link again. */
  private async openAgain(guest: Guest): Promise<void> {
    const { view, link, name, identity, device } = guest;
    if (view.truth.kind !== 'over' || view.truth.error.code !== 'room-not-found') return;
    guest.view = await this.rig.join(link, name, identity, device);
    this.count('notFound');
  }

  /** What a guest's picture lacks. */
  private missing({ name, view, isRemoved }: Guest): string | undefined {
    const { truth, entries, state, outbox } = view;
    const isRight = truth.kind === (isRemoved ? 'over' : 'live');
    if (!isRight)
      return `${name}${isRemoved ? ' was removed and' : ''} is ${JSON.stringify(truth)}`;
    const open = outbox.find((item) => !isSettled(item));
    if (open) return `${name} waits for ${JSON.stringify(open)}`;
    if (isRemoved) return undefined;
    const { nextIndex } = this.host.journal.logEnd();
    if (entries.length !== nextIndex)
      return `${name} has ${entries.length} of ${nextIndex} entries`;
    if (state?.rev !== this.host.room?.revision) return `${name} has an old state`;
    return undefined;
  }

  private judge(): void {
    const written = this.host.journal.readLog(0, 10_000).map(({ text }) => textOf(parseJson(text)));
    for (const { name, view, isRemoved } of this.guests) {
      if (isRemoved) continue;
      const seen = view.entries.map((placed) => textOf(placed));
      if (JSON.stringify(seen) !== JSON.stringify(written)) {
        this.violations.push(`${name} sees ${seen.join()} and not ${written.join()}`);
      }
      if (JSON.stringify(view.state) !== JSON.stringify(this.guests[0]?.view.state)) {
        this.violations.push(`${name} has another state than the first guest`);
      }
      if (view.alarms.length > 0 && !this.hasLostDisk) {
        this.violations.push(`${name} is alarmed: ${JSON.stringify(view.alarms)}`);
      }
    }
    const twice = this.host.ran.filter((text, place) => this.host.ran.indexOf(text) !== place);
    if (twice.length > 0) this.violations.push(`ran twice: ${twice.join()}`);
    for (const { view, id, text } of this.sent)
      this.judgeCommand(
        view.outbox.find((one) => one.id === id),
        text,
      );
  }

  private judgeCommand(item: OutboxItem | undefined, text: string): void {
    if (!item || text === '') return;
    this.count(item.status);
    const hasRun = this.host.ran.includes(text);
    const mustHave = item.status === 'done';
    const mustNotHave = item.status === 'rejected' || item.status === 'expired';
    if ((mustHave && !hasRun) || (mustNotHave && hasRun)) {
      this.violations.push(
        `${text} is ${item.status} (${item.message}) and ${hasRun ? 'ran' : 'did not run'}`,
      );
    }
  }
}

/** The text of an entry, as it is journalled or shown. */
function textOf(placed: unknown): string {
  return /"text":"([^"]*)"/.exec(JSON.stringify(placed))?.[1] ?? '';
}
