// A member's commands on their way: sealed when they are sent, numbered, answered, taken back out.
import type { AppError } from '../base/errors.ts';
import type * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { type Bytes, toBase64Url, utf8Bytes, utf8Text } from '../base/bytes.ts';
import { newCommandId } from '../base/ids.ts';
import { errorText } from '../base/log.ts';
import { ackSchema, type Command } from '../protocol/command.ts';
import { type CommandArgs, type CommandKind, COMMANDS } from '../protocol/commandTable.ts';
import { type Json, parseJson } from '../protocol/json.ts';
import { rejectionOf } from '../protocol/openAnswers.ts';
import { LIMITS, TIMES } from '../protocol/limits.ts';
import { RECORD_TYPE } from '../protocol/room.ts';
import { ChannelRecords } from './channelRecords.ts';
import { neverSent, notAnswered, perhapsRun, tooManyUnanswered } from './errors.ts';
import { inOf } from './layout.ts';
import { Carriage } from './attached/carriage.ts';
import { hostTakesNoParts, sendingCancelled } from './attached/errors.ts';
import { packCommand } from './attached/packCommand.ts';
import type { Outgoing } from './attached/parts.ts';
import { ended, type OutboxOptions, type SendingTerm } from './outboxOptions.ts';
import { isSettled, type OutboxItem } from './view.ts';

/** Commands that were done stay in the list until they are forgotten, but not more than these. */
const KEPT_DONE = 100;
/** How long a command that was sent waits for a connection by which its answer may come. */
const DOUBT_MS = 10 * 60_000;
/** The same while the host is heard: it has not answered, or its answer is held back. */
const HEARD_DOUBT_MS = 30_000;

interface Sending {
  item: OutboxItem;
  cseq: number | undefined;
  deadline: number;
  /** [I1] What goes before it in parts. */
  readonly carriage: Carriage;
  /** Host time after which it does not run. */
  notAfter: number;
}

/** Sends commands in order and follows them until they are settled. */
export class Outbox implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: OutboxOptions;
  private readonly sendings = new Map<string, Sending>();
  /** Answers that were acted on: an answer that stands is not news each time another comes. */
  private readonly read = new WeakSet<Uint8Array>();
  private records: ChannelRecords;
  private doc: Y.Doc;
  private readonly changed = new Emitter<void>();
  private chain: Promise<void> = Promise.resolve();
  private term: SendingTerm | undefined;
  private lastCseq = 0;

  private readonly onAnswer = (): void => this.later(() => this.readAnswers());

  readonly onDidChange = this.changed.event;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.doc = options.doc;
    inOf(this.doc).observe(this.onAnswer);
    this.disposables.defer(() => inOf(this.doc).unobserve(this.onAnswer));
    this.records = new ChannelRecords(options.doc);
    this.disposables.add(options.clock.every(1000, () => this.later(() => this.expire())));
  }

  /** The highest counter of the commands that stand in the channel and are not answered for good; 0 if there is none. */
  get counter(): number {
    const standing = [...this.sendings.values()].filter(
      ({ item }) => this.records.has(item.id) && !isSettled(item),
    );
    return Math.max(0, ...standing.map(({ cseq }) => cseq ?? 0));
  }

  get items(): readonly OutboxItem[] {
    return [...this.sendings.values()].map(({ item }) => item);
  }

  get(id: string): OutboxItem | undefined {
    return this.sendings.get(id)?.item;
  }

  /** Takes a command, and files that go with it; throws AppError 'too-large', 'too-many' or 'update' before anything is sent. */
  add<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    files: readonly Outgoing[] = [],
  ): OutboxItem {
    // Arguments are JSON by their schemas, which their inferred types do not say.
    const json = args as Json;
    const carriage = new Carriage(packCommand(kind, json, files), this.options.carrier);
    if (!carriage.isDone && this.options.refusesParts()) throw hostTakesNoParts();
    const open = this.items.filter((item) => !isSettled(item)).length;
    if (open >= LIMITS.outstandingCommands) throw tooManyUnanswered();
    const at = this.options.clock.now();
    const item: OutboxItem = {
      ...{ id: newCommandId(), kind, args: json, status: 'sending', at },
      ...(files.length > 0 ? { attached: files.length } : {}),
    };
    const deadline = this.options.clock.monotonic() + TIMES.commandMs;
    this.sendings.set(item.id, { item, cseq: undefined, deadline, notAfter: Infinity, carriage });
    this.later(() => this.write());
    this.changed.fire();
    return item;
  }

  /** Writes what could not be written yet, as after the first sign of the host's clock. */
  flush(): void {
    const isWaiting = [...this.sendings.values()].some(({ item }) => item.status === 'sending');
    if (isWaiting) this.later(() => this.write());
  }

  /** Takes back what is not sent yet; false if it is too late for that. */
  cancel(id: string): boolean {
    const sending = this.sendings.get(id);
    if (sending?.item.status !== 'sending') return false;
    this.set(sending, { ...sending.item, ...ended('expired', sendingCancelled()) });
    return true;
  }

  forget(id: string): void {
    const item = this.get(id);
    if (item && isSettled(item) && this.sendings.delete(id)) this.changed.fire();
  }

  /** The host's term became known or changed: unsettled commands are sealed again under it, with the same ids. */
  setTerm(term: SendingTerm): void {
    const isNew = this.term?.sealer !== term.sealer;
    this.term = term;
    this.later(async () => {
      if (isNew) {
        this.lastCseq = 0;
        for (const sending of this.sendings.values()) {
          if (isSettled(sending.item)) continue;
          this.records.takeOut(sending.item.id);
          sending.cseq = undefined;
        }
      }
      await this.write();
      await this.readAnswers();
    });
  }

  /** Goes on in another document: what waits for an answer is put into it again, with the same ids. */
  follow(doc: Y.Doc): void {
    inOf(this.doc).unobserve(this.onAnswer);
    this.doc = doc;
    inOf(doc).observe(this.onAnswer);
    this.records = new ChannelRecords(doc);
    this.later(() => this.write());
  }

  /** Nothing will be answered any more: what was never sent has not run, what became of the rest is unknown. */
  giveUp(): void {
    for (const sending of this.sendings.values()) {
      if (isSettled(sending.item)) continue;
      const isSure = sending.item.status === 'sending';
      this.set(sending, {
        ...sending.item,
        ...(isSure ? ended('expired', neverSent()) : ended('unknown', perhapsRun())),
      });
    }
  }

  dispose(): void {
    this.disposables.dispose();
    this.changed.dispose();
  }

  private later(work: () => Promise<void> | void): void {
    this.chain = this.chain.then(async () => {
      if (this.disposables.isDisposed) return;
      try {
        await work();
      } catch (error) {
        this.options.log.error('outbox failed', { error: errorText(error) });
      }
    });
  }

  private async write(): Promise<void> {
    const { term } = this;
    const now = this.options.hostTime();
    if (!term || now === undefined || this.options.isLocked()) return;
    let isBehind = false;
    for (const sending of this.sendings.values()) {
      if (this.records.has(sending.item.id) || isSettled(sending.item)) continue;
      // Prompts keep their order, also if one takes its time.
      if (isBehind && sending.item.kind === 'prompt') continue;
      if (!sending.carriage.isDone) {
        isBehind = true;
        this.carry(sending, term);
        continue;
      }
      if (COMMANDS[sending.item.kind].ordered && sending.cseq === undefined) {
        this.lastCseq += 1;
        sending.cseq = this.lastCseq;
      }
      const fence = this.options.fence();
      sending.notAfter = Infinity;
      const left = Math.max(0, sending.deadline - this.options.clock.monotonic());
      const command: Command = {
        id: sending.item.id,
        ...(sending.cseq === undefined ? {} : { cseq: sending.cseq }),
        ...(fence === undefined ? {} : { fence }),
        term: term.term,
        kind: sending.item.kind,
        args: sending.carriage.args,
        notAfter: Math.ceil(now + left),
      };
      sending.notAfter = command.notAfter ?? Infinity;
      const record = await this.seal(term, command);
      // It may have been given up while it was sealed: then its author has its text back.
      if (isSettled(sending.item)) continue;
      this.records.push(sending.item.id, record);
      const { progress: _over, ...item } = sending.item;
      if (item.status === 'sending') this.set(sending, { ...item, status: 'sent' });
    }
  }

  /** [I1] Brings the parts of a command; it is written when the relay has them. */
  private carry(sending: Sending, term: SendingTerm): void {
    const fail = (error: AppError): void =>
      this.set(sending, { ...sending.item, ...ended('expired', error) });
    if (this.options.refusesParts()) return fail(hostTakesNoParts());
    return sending.carriage.begin(term, {
      onProgress: (progress) => this.set(sending, { ...sending.item, progress }),
      onFailed: fail,
      onDone: () => {
        sending.deadline = this.options.clock.monotonic() + TIMES.commandMs;
        this.later(() => this.write());
      },
    });
  }

  private seal(term: SendingTerm, command: Command): Promise<Bytes> {
    return term.sealer.seal({
      type: RECORD_TYPE.command,
      place: `g.${this.options.member}/out`,
      epoch: term.epoch,
      plaintext: utf8Bytes(JSON.stringify(command)),
    });
  }

  private async readAnswers(): Promise<void> {
    const { term } = this;
    if (!term) return;
    this.records.tidy();
    for (const [id, record] of [...inOf(this.doc).entries()]) {
      const sending = this.sendings.get(id);
      if (!sending || !(record instanceof Uint8Array) || this.read.has(record)) continue;
      const opened = await this.options.opener.open(
        record,
        { type: RECORD_TYPE.ack, place: `g.${this.options.member}/in/${id}` },
        (header) => (toBase64Url(header.boot) === term.hostBoot ? term.hostKey : undefined),
      );
      const ack = opened.ok
        ? ackSchema.safeParse(parseJson(utf8Text(opened.plaintext)))
        : undefined;
      if (!ack?.success || ack.data.id !== id || isSettled(sending.item)) continue;
      this.read.add(record);
      const { status, code, message, said, result, expected } = ack.data;
      // [C3] Sealed for an earlier host: it goes out again under the new term, with the same id.
      if (code !== undefined && rejectionOf(code) === 'stale-term') continue;
      if (expected !== undefined) await this.fillGap(term, expected);
      this.set(sending, {
        ...sending.item,
        status,
        ...(code === undefined ? {} : { code }),
        ...(message === undefined ? {} : { message }),
        ...(said === undefined ? {} : { said }),
        ...(result === undefined ? {} : { result }),
      });
      if (isSettled(sending.item)) this.records.finish(id);
    }
    this.dropOldDone();
  }

  /** What was done is in the session: of those that nobody forgot only the newest are kept. */
  private dropOldDone(): void {
    const done = this.items.filter(({ status }) => status === 'done');
    for (const { id } of done.slice(0, Math.max(0, done.length - KEPT_DONE))) {
      this.sendings.delete(id);
    }
  }

  /** The host misses a counter: the command goes out again, or a void one in its place. */
  private async fillGap(term: SendingTerm, cseq: number): Promise<void> {
    for (const sending of this.sendings.values()) {
      if (sending.cseq !== cseq || isSettled(sending.item)) continue;
      this.records.takeOut(sending.item.id);
      return this.write();
    }
    const id = newCommandId();
    // notAfter 0 voids: it is refused and consumes its counter, whatever its kind.
    const command = { id, cseq, term: term.term, kind: 'focus-request', args: {}, notAfter: 0 };
    this.records.push(id, await this.seal(term, command));
    this.records.finish(id);
  }

  /** After the answers that are there already: what was answered in time has not expired. */
  private expire(): void {
    const now = this.options.clock.monotonic();
    for (const sending of this.sendings.values()) {
      const { status, id } = sending.item;
      if ((status !== 'sending' && status !== 'sent') || now < sending.deadline) continue;
      if (sending.carriage.isUnderWay) continue;
      const isSure = status === 'sending' || this.hasNotRun(sending);
      // Sent and not answered: it may have run. Who would hear an answer need not wait for long.
      const doubtMs = this.options.canHear() ? HEARD_DOUBT_MS : DOUBT_MS;
      if (!isSure && now < sending.deadline + doubtMs) continue;
      this.records.takeOut(id);
      this.records.finish(id);
      this.set(sending, {
        ...sending.item,
        ...(isSure ? ended('expired', notAnswered()) : ended('unknown', perhapsRun())),
      });
    }
  }

  /** A reading changes nothing; of others the host must have said, after their time, that they had not come. */
  private hasNotRun({ item, cseq, notAfter }: Sending): boolean {
    if (!this.options.canHear()) return false;
    if (!COMMANDS[item.kind].ordered) return true;
    const arrived = this.options.arrived();
    return (
      arrived !== undefined && cseq !== undefined && cseq > arrived.counter && arrived.at > notAfter
    );
  }

  private set(sending: Sending, item: OutboxItem): void {
    sending.item = item;
    if (isSettled(item) && item.status !== 'done') sending.carriage.drop();
    this.changed.fire();
  }
}
