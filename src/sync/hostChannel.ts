// A member's channel as the host serves it: reads signed commands, writes sealed answers.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { fromBase64Url, toBase64Url, utf8Bytes, utf8Text } from '../base/bytes.ts';
import { errorText, type Logger } from '../base/log.ts';
import { importVerifyKey } from '../crypto/keys.ts';
import type { RecordOpener, RecordSealer } from '../crypto/record.ts';
import { type Ack, type Command, commandSchema } from '../protocol/command.ts';
import { parseJson } from '../protocol/json.ts';
import { LIMITS } from '../protocol/limits.ts';
import { RECORD_TYPE } from '../protocol/room.ts';
import type { CommandSource } from '../session/commandCheck.ts';
import { inOf, outOf, recordsOf } from '../session/layout.ts';

/** Answers that stand in a channel at the most; the oldest go first. */
const MAX_ANSWERS = LIMITS.outstandingCommands * 2;

/** What a channel needs. */
export interface HostChannelOptions {
  readonly member: string;
  /** Ed25519 key of the member, base64url. */
  readonly key: string;
  readonly opener: RecordOpener;
  readonly sealer: () => RecordSealer;
  readonly epoch: () => number;
  readonly receive: (from: CommandSource, command: Command) => void;
  readonly log: Logger;
}

/** One member's channel document. */
export class HostChannel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly options: HostChannelOptions;
  private readonly seen = new WeakSet<Uint8Array>();
  private chain: Promise<void> = Promise.resolve();

  readonly doc = new Y.Doc();

  constructor(options: HostChannelOptions) {
    this.options = options;
    const out = outOf(this.doc);
    const onChange = (): void => this.later(() => this.read());
    out.observe(onChange);
    this.store.defer(() => out.unobserve(onChange));
    this.store.defer(() => this.doc.destroy());
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
      const answers = inOf(this.doc);
      this.doc.transact(() => {
        answers.set(ack.id, record);
        let over = answers.size - MAX_ANSWERS;
        for (const id of answers.keys()) {
          if (over <= 0) break;
          answers.delete(id);
          over -= 1;
        }
      });
    });
  }

  /** Resolves when every answer is in the document. */
  settled(): Promise<void> {
    return this.chain;
  }

  dispose(): void {
    this.store.dispose();
  }

  private async read(): Promise<void> {
    const keyBytes = fromBase64Url(this.options.key);
    const key = keyBytes && (await importVerifyKey(keyBytes));
    if (!key) return;
    const records = recordsOf(outOf(this.doc)).slice(0, LIMITS.outstandingCommands * 2);
    for (const record of records) {
      if (this.seen.has(record) || record.length > LIMITS.commandBytes + 4096) continue;
      this.seen.add(record);
      const opened = await this.options.opener.open(
        record,
        { type: RECORD_TYPE.command, place: `g.${this.options.member}/out` },
        () => key,
      );
      if (!opened.ok) {
        this.options.log.warn('command refused', { reason: opened.reason });
        continue;
      }
      const parsed = commandSchema.safeParse(parseJson(utf8Text(opened.plaintext)));
      if (!parsed.success) continue;
      const boot = toBase64Url(opened.header.boot);
      this.options.receive({ member: this.options.member, boot, window: boot }, parsed.data);
    }
  }

  private later(work: () => Promise<void>): void {
    this.chain = this.chain.then(async () => {
      if (this.store.isDisposed) return;
      try {
        await work();
      } catch (error) {
        this.options.log.error('channel failed', { error: errorText(error) });
      }
    });
  }
}
