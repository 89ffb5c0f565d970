// A member's commands on their way: sealed when they are sent, numbered, answered, taken back out.
import type * as Y from 'yjs';
import { AppError } from '../base/errors.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { toBase64Url, utf8Bytes, utf8Text } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { newCommandId } from '../base/ids.ts';
import { errorText, type Logger } from '../base/log.ts';
import type { RecordOpener, RecordSealer } from '../crypto/record.ts';
import {
  ackSchema,
  type Command,
  type CommandArgs,
  type CommandKind,
  UNORDERED_KINDS,
} from '../protocol/command.ts';
import { type Json, parseJson } from '../protocol/json.ts';
import { LIMITS, TIMES } from '../protocol/limits.ts';
import { RECORD_TYPE } from '../protocol/room.ts';
import { inOf, outOf, placeOfRecord } from './layout.ts';
import { isSettled, type OutboxItem } from './view.ts';

/** The host's term as a sender knows it: a new one means a new boot, sealer and counter. */
export interface SendingTerm {
  readonly term: number;
  readonly hostKey: CryptoKey;
  /** Boot of the host, base64url. */
  readonly hostBoot: string;
  readonly sealer: RecordSealer;
  readonly epoch: number;
}

/** What an outbox needs. */
export interface OutboxOptions {
  readonly doc: Y.Doc;
  readonly member: string;
  readonly opener: RecordOpener;
  /** Fence that this window holds or held last. */
  readonly fence: () => number | undefined;
  /** Wall time of the host, ms; undefined before the first sign of it. */
  readonly hostTime: () => number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Sending {
  item: OutboxItem;
  cseq: number | undefined;
  record: Uint8Array | undefined;
  deadline: number;
}

/** Sends commands in order and follows them until they are settled. */
export class Outbox implements Disposable {
  private readonly store = new DisposableStore();
  private readonly options: OutboxOptions;
  private readonly sendings = new Map<string, Sending>();
  /** Answers that were acted on: an answer that stands is not news each time another comes. */
  private readonly read = new WeakSet<Uint8Array>();
  private readonly changed = new Emitter<void>();
  private chain: Promise<void> = Promise.resolve();
  private term: SendingTerm | undefined;
  private lastCseq = 0;

  readonly onDidChange = this.changed.event;

  constructor(options: OutboxOptions) {
    this.options = options;
    const answers = inOf(options.doc);
    const onAnswer = (): void => this.later(() => this.readAnswers());
    answers.observe(onAnswer);
    this.store.defer(() => answers.unobserve(onAnswer));
    this.store.add(options.clock.every(1000, () => this.expire()));
  }

  get items(): readonly OutboxItem[] {
    return [...this.sendings.values()].map(({ item }) => item);
  }

  get(id: string): OutboxItem | undefined {
    return this.sendings.get(id)?.item;
  }

  /** Takes a command; throws AppError 'too-large' or 'too-many' before anything is sent. */
  add<K extends CommandKind>(kind: K, args: CommandArgs<K>): OutboxItem {
    // Arguments are JSON by their schemas, which their inferred types do not say.
    const json = args as Json;
    const bytes = utf8Bytes(JSON.stringify(json)).length;
    if (bytes > LIMITS.commandBytes - 2048) throw tooLarge(bytes);
    const open = this.items.filter((item) => !isSettled(item)).length;
    if (open >= LIMITS.outstandingCommands) throw tooMany();
    const at = this.options.clock.now();
    const item: OutboxItem = { id: newCommandId(), kind, args: json, status: 'sending', at };
    const deadline = this.options.clock.monotonic() + TIMES.commandMs;
    this.sendings.set(item.id, { item, cseq: undefined, record: undefined, deadline });
    this.later(() => this.write());
    this.changed.fire();
    return item;
  }

  /** Writes what could not be written yet, as after the first sign of the host's clock. */
  flush(): void {
    const isWaiting = [...this.sendings.values()].some(({ item }) => item.status === 'sending');
    if (isWaiting) this.later(() => this.write());
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
          this.takeOut(sending);
          sending.cseq = undefined;
        }
      }
      await this.write();
      await this.readAnswers();
    });
  }

  dispose(): void {
    this.store.dispose();
    this.changed.dispose();
  }

  private later(work: () => Promise<void> | void): void {
    this.chain = this.chain.then(async () => {
      if (this.store.isDisposed) return;
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
    if (!term || now === undefined) return;
    for (const sending of this.sendings.values()) {
      if (sending.record || isSettled(sending.item)) continue;
      if (!UNORDERED_KINDS.has(sending.item.kind) && sending.cseq === undefined) {
        this.lastCseq += 1;
        sending.cseq = this.lastCseq;
      }
      const fence = this.options.fence();
      const left = Math.max(0, sending.deadline - this.options.clock.monotonic());
      const command: Command = {
        id: sending.item.id,
        ...(sending.cseq === undefined ? {} : { cseq: sending.cseq }),
        ...(fence === undefined ? {} : { fence }),
        term: term.term,
        kind: sending.item.kind,
        args: sending.item.args,
        notAfter: Math.ceil(now + left),
      };
      sending.record = await this.push(term, command);
      this.set(sending, { ...sending.item, status: 'sent' });
    }
  }

  private async push(term: SendingTerm, command: Command): Promise<Uint8Array> {
    const record = await term.sealer.seal({
      type: RECORD_TYPE.command,
      place: `g.${this.options.member}/out`,
      epoch: term.epoch,
      plaintext: utf8Bytes(JSON.stringify(command)),
    });
    outOf(this.options.doc).push([record]);
    return record;
  }

  private async readAnswers(): Promise<void> {
    const { term } = this;
    if (!term) return;
    const answers = inOf(this.options.doc);
    for (const [id, record] of [...answers.entries()]) {
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
      const { status, code, message, result, expected } = ack.data;
      // [C3] Sealed for an earlier host: it goes out again under the new term, with the same id.
      if (code === 'stale-term') continue;
      if (expected !== undefined) await this.fillGap(term, expected);
      this.set(sending, {
        ...sending.item,
        status,
        ...(code === undefined ? {} : { code }),
        ...(message === undefined ? {} : { message }),
        ...(result === undefined ? {} : { result }),
      });
      if (isSettled(sending.item)) {
        this.options.doc.transact(() => {
          this.takeOut(sending);
          answers.delete(id);
        });
      }
    }
  }

  /** The host misses a counter: the command goes out again, or a void one in its place. */
  private async fillGap(term: SendingTerm, cseq: number): Promise<void> {
    for (const sending of this.sendings.values()) {
      if (sending.cseq !== cseq || isSettled(sending.item)) continue;
      this.takeOut(sending);
      return this.write();
    }
    const id = newCommandId();
    // notAfter 0 voids: it is refused and consumes its counter, whatever its kind.
    const command = { id, cseq, term: term.term, kind: 'focus-request', args: {}, notAfter: 0 };
    await this.push(term, command);
  }

  private takeOut(sending: Sending): void {
    const { record } = sending;
    sending.record = undefined;
    if (!record) return;
    const out = outOf(this.options.doc);
    const place = placeOfRecord(out, record);
    if (place >= 0) out.delete(place, 1);
  }

  private expire(): void {
    const now = this.options.clock.monotonic();
    for (const sending of this.sendings.values()) {
      const { status } = sending.item;
      if ((status !== 'sending' && status !== 'sent') || now < sending.deadline) continue;
      this.takeOut(sending);
      this.set(sending, { ...sending.item, status: 'expired', message: EXPIRED_TEXT });
    }
  }

  private set(sending: Sending, item: OutboxItem): void {
    sending.item = item;
    this.changed.fire();
  }
}

const EXPIRED_TEXT =
  'The host did not answer in time. Your text was kept. Send it again when the session is live.';

function tooLarge(bytes: number): AppError {
  return new AppError('too-large', {
    happened: `This is too long to send: ${Math.ceil(bytes / 1024)} KB, the limit is ${Math.floor(LIMITS.commandBytes / 1024) - 2} KB.`,
    kept: 'Nothing was sent; your text was kept.',
    remedy: 'Put the long part into a file of the project and name the file in the prompt.',
  });
}

function tooMany(): AppError {
  return new AppError('too-many', {
    happened: `${LIMITS.outstandingCommands} commands of yours are still unanswered.`,
    kept: 'Nothing was sent; your text was kept.',
    remedy: 'Wait until the session is live again.',
  });
}
