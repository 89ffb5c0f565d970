// A member's channel as the host serves it: reads signed commands, writes sealed answers.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { fromBase64Url, toBase64Url, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { importVerifyKey } from '../../crypto/keys.ts';
import type { RecordOpener, RecordSealer } from '../../crypto/record.ts';
import { type Ack, type Command, commandSchema } from '../../protocol/command.ts';
import { parseJson } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { RECORD_TYPE } from '../../protocol/room.ts';
import type { CommandSource } from '../../session/control/commandCheck.ts';
import { inOf, outOf, recordsOf } from '../../session/layout.ts';

/** Answers that stand in a channel at the most, and their bytes; the oldest go first. */
const MAX_ANSWERS = LIMITS.outstandingCommands * 2;
const MAX_ANSWER_BYTES = LIMITS.partBytes;
/** Commands that are opened in one go; the rest follows. */
const MAX_READ = LIMITS.outstandingCommands * 2;
/** A command that cannot run any more since this time was left behind by a window that is gone. */
const LEFT_MS = 10 * 60_000;

/** What a channel needs. */
export interface HostChannelOptions {
  readonly member: string;
  /** Ed25519 key of the member, base64url. */
  readonly key: string;
  readonly opener: RecordOpener;
  readonly sealer: () => RecordSealer;
  readonly epoch: () => number;
  readonly receive: (from: CommandSource, command: Command) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** One member's channel document. */
export class HostChannel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostChannelOptions;
  /** Commands that were read, with the host time after which they cannot run; 0 for what is none. */
  private readonly seen = new WeakMap<Uint8Array, number>();
  private chain: Promise<void> = Promise.resolve();

  readonly doc = new Y.Doc();

  constructor(options: HostChannelOptions) {
    this.options = options;
    const out = outOf(this.doc);
    const onChange = (): void => this.later(() => this.read());
    out.observe(onChange);
    this.disposables.defer(() => out.unobserve(onChange));
    this.disposables.defer(() => this.doc.destroy());
  }

  /** Writes the answer to a command; the newest replaces the older. */
  acknowledge(ack: Ack): void {
    this.later(async () => {
      const record = await this.options.sealer().seal({
        type: RECORD_TYPE.ack,
        place: `g.${this.options.member}/in/${ack.id}`,
        epoch: this.options.epoch(),
        plaintext: utf8Bytes(JSON.stringify(ack)),
      });
      this.doc.transact(() => {
        inOf(this.doc).set(ack.id, record);
        this.dropOldAnswers();
      });
    });
  }

  /** Resolves when every answer is in the document. */
  settled(): Promise<void> {
    return this.chain;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async read(): Promise<void> {
    const keyBytes = fromBase64Url(this.options.key);
    const key = keyBytes && (await importVerifyKey(keyBytes));
    if (!key) return;
    const fresh = recordsOf(outOf(this.doc)).filter((record) => !this.seen.has(record));
    for (const record of fresh.slice(0, MAX_READ)) {
      this.seen.set(record, 0);
      const opened = await this.open(record, key);
      if (!opened) continue;
      this.seen.set(record, opened.command.notAfter);
      this.receive(opened.command, opened.boot);
    }
    this.dropLeftCommands();
    if (fresh.length > MAX_READ) this.later(() => this.read());
  }

  private async open(
    record: Uint8Array,
    key: CryptoKey,
  ): Promise<{ readonly command: Command; readonly boot: string } | undefined> {
    if (record.length > LIMITS.commandBytes + 4096) return undefined;
    const place = `g.${this.options.member}/out`;
    const expected = { type: RECORD_TYPE.command, place };
    const opened = await this.options.opener.open(record, expected, () => key);
    if (!opened.ok) {
      this.options.log.warn('command refused', { reason: opened.reason });
      return undefined;
    }
    const parsed = commandSchema.safeParse(parseJson(utf8Text(opened.plaintext)));
    return parsed.success
      ? { command: parsed.data, boot: toBase64Url(opened.header.boot) }
      : undefined;
  }

  /** One that fails, because the journal does, must not keep the others from being read. */
  private receive(command: Command, boot: string): void {
    const { member, receive, log } = this.options;
    try {
      receive({ member, boot, window: boot }, command);
    } catch (error) {
      log.error('command failed', { error: errorText(error) });
    }
  }

  /** [X6] Whoever sent them does not take them out: their number must not keep later ones from being read. */
  private dropLeftCommands(): void {
    const out = outOf(this.doc);
    const before = this.options.clock.now() - LEFT_MS;
    this.doc.transact(() => {
      for (const [place, item] of [...out.toArray().entries()].reverse()) {
        const notAfter = item instanceof Uint8Array ? this.seen.get(item) : 0;
        if (notAfter !== undefined && notAfter < before) out.delete(place, 1);
      }
    });
  }

  /** [B2] Answers that nobody fetched must not make the document larger than a frame. */
  private dropOldAnswers(): void {
    const answers = inOf(this.doc);
    const sizes = [...answers.entries()].map(
      ([id, record]) => [id, record instanceof Uint8Array ? record.length : 0] as const,
    );
    let bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
    let count = sizes.length;
    for (const [id, size] of sizes) {
      if (count <= MAX_ANSWERS && bytes <= MAX_ANSWER_BYTES) return;
      answers.delete(id);
      count -= 1;
      bytes -= size;
    }
  }

  private later(work: () => Promise<void>): void {
    this.chain = this.chain.then(async () => {
      if (this.disposables.isDisposed) return;
      try {
        await work();
      } catch (error) {
        this.options.log.error('channel failed', { error: errorText(error) });
      }
    });
  }
}
