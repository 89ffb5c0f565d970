// Everything the panel shows, as signals reduced from the extension's messages.
import { batch, signal } from '@preact/signals';
import type { Clock } from '../../src/base/clock.ts';
import { type Disposable, DisposableStore } from '../../src/base/disposable.ts';
import type {
  PanelEntry,
  PanelHeader,
  PanelOutboxItem,
  ToPanel,
} from '../../src/protocol/panel.ts';
import { speakMarkdown } from '../markdown/plainText.ts';
import type { UiPort } from '../port.ts';
import { type Translate, translate } from '../strings.ts';
import { ComposerModel } from './composerModel.ts';
import { Connection } from './connection.ts';
import { LiveModel } from './liveModel.ts';
import { parseToPanel } from './parse.ts';
import { TranscriptModel } from './transcriptModel.ts';

/** A long text that was asked for. */
export type BlobState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: string };

/** What PanelStore needs. `schedule` runs a callback before the next frame is painted. */
export interface PanelStoreOptions {
  readonly port: UiPort;
  readonly clock: Clock;
  readonly schedule: (callback: () => void) => void;
}

/** The panel's state; components read its signals and call its methods. */
export class PanelStore implements Disposable {
  readonly strings = signal<Readonly<Record<string, string>>>({});
  readonly locale = signal('en');
  readonly header = signal<PanelHeader | undefined>(undefined);
  readonly transcript = new TranscriptModel();
  /** True once the first entries came, be there none. */
  readonly hasEntries = signal(false);
  readonly hasOlder = signal(false);
  readonly isLoadingOlder = signal(false);
  readonly live = new LiveModel();
  readonly outbox = signal<readonly PanelOutboxItem[]>([]);
  readonly blobs = signal<ReadonlyMap<string, BlobState>>(new Map());
  /** Cards that the person opened (true) or closed (false), by row key. */
  readonly opened = signal<ReadonlyMap<string, boolean>>(new Map());
  /** Requests for control that this person has put aside, as 'member/window'. */
  readonly keptRequests = signal<ReadonlySet<string>>(new Set());
  /** Stop was pressed and the turn has not ended yet. */
  readonly isStopping = signal(false);
  /** Monotonic ms, renewed each second: what ages are counted by. */
  readonly now = signal(0);
  /** The newest thing a screen reader should say, with a number that rises. */
  readonly announcement = signal({ n: 0, text: '' });
  /** Monotonic ms at which `header` came. */
  headerAt = 0;
  /** Monotonic ms since which the truth is of its present kind. */
  truthSince = 0;
  readonly connection: Connection;
  readonly composer: ComposerModel;
  private readonly options: PanelStoreOptions;
  private readonly store = new DisposableStore();
  private waiting: ToPanel[] = [];
  private readonly seen = new Map<string, number>();

  constructor(options: PanelStoreOptions) {
    this.options = options;
    const { port, clock } = options;
    this.now.value = clock.monotonic();
    this.connection = this.store.add(new Connection({ port, clock }));
    const notTakenText = (): string =>
      this.t('It was not taken over by the extension. Your text is back here; send it again.');
    this.composer = this.store.add(new ComposerModel({ port, clock, notTakenText }));
    this.store.add(port.onMessage((value) => this.receive(value)));
    this.store.add(clock.every(1000, () => (this.now.value = clock.monotonic())));
  }

  /** Text in the reader's language. */
  readonly t: Translate = (key, ...values) => translate(this.strings.value, key, values);

  /** Has a screen reader say something once, when it has finished what it says now. */
  announce(text: string): void {
    this.announcement.value = { n: this.announcement.value.n + 1, text };
  }

  /** Monotonic ms at which this was first asked for a thing: countdowns run on the reader's clock. */
  firstSeen(key: string): number {
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    const now = this.options.clock.monotonic();
    this.seen.set(key, now);
    return now;
  }

  /** Opens or closes a card for as long as the panel lives. */
  setOpened(key: string, isOpen: boolean): void {
    this.opened.value = new Map(this.opened.value).set(key, isOpen);
  }

  /** Puts a request for control aside; it stays in line. */
  keepControl(request: PanelHeader['controlRequests'][number]): void {
    this.keptRequests.value = new Set(this.keptRequests.value).add(requestKey(request));
  }

  /** Whether it was put aside. */
  isKept(request: PanelHeader['controlRequests'][number]): boolean {
    return this.keptRequests.value.has(requestKey(request));
  }

  /** Asks for older entries once; false if there are none or they are on their way. */
  fetchOlder(): boolean {
    if (!this.hasOlder.value || this.isLoadingOlder.value) return false;
    this.isLoadingOlder.value = true;
    this.options.port.post({ type: 'fetch-older' });
    return true;
  }

  /** Asks for the whole of a long text. */
  fetchBlob(blob: string): void {
    if (this.blobs.value.get(blob)?.kind === 'loading') return;
    this.setBlob(blob, { kind: 'loading' });
    this.options.port.post({ type: 'fetch-blob', blob });
  }

  dispose(): void {
    this.store.dispose();
  }

  /** Takes a message; what arrives within one frame is applied at once, so that streams cost one render. */
  private receive(value: unknown): void {
    const message = parseToPanel(value);
    if (message === undefined) {
      this.options.port.post({ type: 'log', level: 'warn', text: 'message not understood' });
      return;
    }
    this.waiting.push(message);
    if (this.waiting.length === 1) this.options.schedule(() => this.applyWaiting());
  }

  private applyWaiting(): void {
    const messages = this.waiting;
    this.waiting = [];
    batch(() => {
      for (const message of messages) this.apply(message);
    });
  }

  private apply(message: ToPanel): void {
    switch (message.type) {
      case 'init':
        this.strings.value = message.strings;
        this.locale.value = message.locale;
        this.composer.restore(message.draft);
        return this.connection.handleInit();
      case 'header':
        return this.takeHeader(message.header);
      case 'entries':
        this.transcript.replace(message.entries);
        this.hasOlder.value = message.hasOlder;
        this.isLoadingOlder.value = false;
        this.hasEntries.value = true;
        return;
      case 'append':
        this.transcript.append(message.entries);
        this.hasEntries.value = true;
        return this.announceReplies(message.entries);
      case 'prepend':
        this.transcript.prepend(message.entries);
        this.hasOlder.value = message.hasOlder;
        this.isLoadingOlder.value = false;
        return;
      case 'live':
        return this.live.replace(message.blocks);
      case 'live-append':
        return this.live.append(message.messageId, message.block, message.text);
      case 'outbox':
        this.composer.handleOutbox(message.items);
        this.outbox.value = message.items;
        return;
      case 'blob':
        return this.setBlob(
          message.blob,
          message.text === undefined
            ? { kind: 'failed', error: message.error ?? this.t('It could not be loaded.') }
            : { kind: 'loaded', text: message.text },
        );
      case 'restore-draft':
        this.composer.putBack(message.text, message.reason);
        return this.announce(message.reason);
      case 'focus-composer':
        this.composer.focusRequests.value++;
        return;
      case 'pong':
        return this.connection.handlePong(message.n);
    }
  }

  private takeHeader(header: PanelHeader): void {
    const before = this.header.value;
    this.headerAt = this.options.clock.monotonic();
    this.now.value = this.headerAt;
    if (header.truth.kind !== before?.truth.kind) this.truthSince = this.headerAt;
    this.header.value = header;
    // Who asks anew is heard anew.
    const asking = header.controlRequests.map(requestKey);
    this.keptRequests.value = new Set(asking.filter((key) => this.keptRequests.value.has(key)));
    if (before === undefined) return;
    const known = new Set(before.pending.map((pending) => pending.requestId));
    for (const pending of header.pending) {
      if (known.has(pending.requestId)) continue;
      this.announce(
        pending.request === 'permission'
          ? this.t('Permission requested: {0}', pending.tool)
          : pending.request === 'plan'
            ? this.t('A plan waits for approval')
            : this.t('A question waits for an answer'),
      );
    }
  }

  private announceReplies(entries: readonly PanelEntry[]): void {
    const replies = entries.flatMap(({ entry }) =>
      entry.kind === 'text' && entry.parent === undefined ? [entry.text] : [],
    );
    if (replies.length > 0) this.announce(speakMarkdown(replies.join('\n\n'), this.t));
  }

  private setBlob(blob: string, state: BlobState): void {
    this.blobs.value = new Map(this.blobs.value).set(blob, state);
  }
}

function requestKey(request: { readonly member: string; readonly window: string }): string {
  return `${request.member}/${request.window}`;
}
