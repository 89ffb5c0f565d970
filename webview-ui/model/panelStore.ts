// Everything the panel shows, as signals reduced from the extension's messages.
import { computed, batch, signal } from '@preact/signals';
import type { Clock } from '../../src/base/clock.ts';
import { type Disposable, DisposableStore } from '../../src/base/disposable.ts';
import { type Standing, standing } from '../../src/client/standing/standing.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import type { PanelHeader, PanelOutboxItem, ToPanel } from '../../src/protocol/local/panel.ts';
import type { UiPort } from '../port.ts';
import { heard, type Said, templatesOf, translated } from '../../src/protocol/said.ts';
import { type Translate, translate } from '../strings.ts';
import { AttachmentsModel } from './attachmentsModel.ts';
import { Answering } from './answering.ts';
import { ComposerModel } from './composerModel.ts';
import { EditorHeartbeat } from './editorHeartbeat.ts';
import { type BlobState, withBlob } from './keptBlobs.ts';
import { LiveModel } from './liveModel.ts';
import { parseToPanel } from './parse.ts';
import { ReadingModel } from './readingModel.ts';
import { RequestDrafts } from './requestDrafts.ts';
import { spokenOfEntries, spokenOfHeader } from './spoken.ts';
import { RenderedTexts } from '../markdown/renderedTexts.ts';
import { CodeColours, type CodeColoursOptions } from '../text/codeColours.ts';
import { TranscriptModel } from './transcriptModel.ts';
import { requestKey } from './words.ts';

// Told to a screen reader at the same time at the most; older words have been spoken.
const MAX_ANNOUNCEMENTS = 8;
// What could not be loaded is not asked for again by mere scrolling within this time.
const OLDER_AGAIN_MS = 10_000;

type QueuedMessage = Extract<ToPanel, { readonly type: 'queued' }>;
/** A queued prompt whole, or why it is not to be had. */
type QueuedText =
  | {
      readonly text: string;
      readonly images: NonNullable<QueuedMessage['images']>;
      readonly version: string | undefined;
    }
  | { readonly error: string };

/** What PanelStore needs. `schedule` runs a callback before the next frame is painted. */
export interface PanelStoreOptions {
  readonly port: UiPort;
  readonly clock: Clock;
  readonly schedule: (callback: () => void) => void;
  /** False while nobody can look: nothing counts then. */
  readonly isVisible?: () => boolean;
  /** Loads what colours code; absent: code stays plain. */
  readonly loadSyntax?: CodeColoursOptions['load'];
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
  readonly live: LiveModel;
  readonly outbox = signal<readonly PanelOutboxItem[]>([]);
  readonly blobs = signal<ReadonlyMap<string, BlobState>>(new Map());
  /** Cards that the person opened (true) or closed (false), by row key. */
  readonly opened = signal<ReadonlyMap<string, boolean>>(new Map());
  /** Requests for control that this person has put aside, as 'member/window'. */
  readonly keptRequests = signal<ReadonlySet<string>>(new Set());
  /** Stop was pressed and the turn has not ended yet. */
  readonly isStopping = signal(false);
  /** Queued prompts that are edited: each whole, or why it is not to be had. */
  readonly queuedTexts = signal<ReadonlyMap<string, QueuedText>>(new Map());
  /** Monotonic ms, renewed each second: what ages are counted by. */
  readonly now = signal(0);
  /** What a screen reader should say, oldest first, with numbers that rise. */
  readonly announcements = signal<readonly { readonly n: number; readonly text: string }[]>([]);
  /** Monotonic ms at which `header` came. */
  headerAt = 0;
  /** Monotonic ms since which the truth is of its present kind. */
  truthSince = 0;
  readonly connection: EditorHeartbeat;
  readonly composer: ComposerModel;
  readonly requestDrafts: RequestDrafts;
  readonly attachments: AttachmentsModel;
  readonly code: CodeColours;
  readonly reading: ReadingModel;
  /** Text that has just been streamed, as elements. */
  readonly rendered = new RenderedTexts();
  private readonly options: PanelStoreOptions;
  private readonly answering: Answering;
  private readonly disposables = new DisposableStore();
  private waiting: ToPanel[] = [];
  /** Entries held when older ones were asked for; and when that was in vain, monotonic ms. */
  private sizeBefore = 0;
  private olderFailedAt = Number.NEGATIVE_INFINITY;

  /** How the session stands, as everything on the page says it; renewed each second. */
  readonly standing = computed((): Standing | undefined => {
    const header = this.header.value;
    const isConnected = this.connection.isConnected.value;
    const sinceMs = Math.max(0, this.now.value - this.headerAt);
    return header && standing(header, { sinceMs, isConnected });
  });

  constructor(options: PanelStoreOptions) {
    this.options = options;
    const { port, clock, isVisible } = options;
    this.now.value = clock.monotonic();
    this.requestDrafts = new RequestDrafts(port);
    this.connection = this.disposables.add(new EditorHeartbeat({ port, clock }));
    this.live = new LiveModel(() => clock.monotonic());
    this.answering = new Answering({ port, clock, now: this.now });
    this.reading = new ReadingModel({
      ...{ port, transcript: this.transcript },
      isVisible: () => isVisible?.() !== false,
    });
    this.code = new CodeColours({
      load: options.loadSyntax ?? (() => new Promise(() => undefined)),
      later: (callback) => clock.after(0, callback),
      onFailure: () => port.post({ type: 'log', level: 'warn', text: 'no syntax colours' }),
    });
    const notTakenText = (): string =>
      this.t('It was not taken over by the extension. Your text is back here; send it again.');
    this.attachments = new AttachmentsModel({ port, t: this.t });
    const hasMore = this.attachments.hasItems;
    this.composer = new ComposerModel({ port, clock, notTakenText, hasMore });
    this.disposables.add(this.composer);
    this.disposables.add(port.onPicture((messages) => this.receive(messages)));
    this.disposables.add(
      clock.every(1000, () => {
        if (isVisible?.() !== false) this.now.value = clock.monotonic();
      }),
    );
  }

  /** Text in the reader's language. */
  readonly t: Translate = (key, ...values) => translate(this.strings.value, key, values);

  private readonly templates = computed(() => templatesOf(this.strings.value));

  /** What the session's computer says, in the reader's language where it has a translation. */
  readonly heard = (text: string, said: Said | undefined): string =>
    translated(heard(text, said), {
      speak: (template, ...values) => translate(this.strings.value, template, values),
      templates: this.templates.value,
    });

  /** Has a screen reader say something once, when it has finished what it says now. */
  announce(text: string): void {
    if (text === '') return;
    const before = this.announcements.value;
    const n = (before.at(-1)?.n ?? 0) + 1;
    this.announcements.value = [...before.slice(1 - MAX_ANNOUNCEMENTS), { n, text }];
  }

  /** This device's wall time, ms. */
  wallTime(): number {
    return this.options.clock.now();
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
    this.sizeBefore = this.transcript.size;
    this.options.port.post({ type: 'fetch-older' });
    return true;
  }

  /** The same for a reader who comes near the top; not soon again after it failed. */
  fetchOlderByScroll(): boolean {
    const isSoon = this.options.clock.monotonic() - this.olderFailedAt < OLDER_AGAIN_MS;
    return !isSoon && this.fetchOlder();
  }

  /** Answers a request, once. */
  answer(message: Omit<Extract<FromPanel, { type: 'answer' }>, 'type'>): void {
    this.answering.answer(message);
  }

  /** Whether an answer of this window has just been handed over. */
  isAnswering(requestId: string): boolean {
    return this.answering.isGiven(requestId);
  }

  /** Asks for the whole of a long text, or for a picture as a data: URL. */
  fetchBlob(blob: string, mediaType?: string): void {
    if (this.blobs.value.get(blob)?.kind === 'loading') return;
    this.setBlob(blob, { kind: 'loading' });
    const picture = mediaType === undefined ? {} : { mediaType };
    this.options.port.post({ type: 'fetch-blob', blob, ...picture });
  }

  /** Asks for the whole of a queued prompt anew. */
  readQueued(promptId: string): void {
    const known = new Map(this.queuedTexts.value);
    known.delete(promptId);
    this.queuedTexts.value = known;
    this.options.port.post({ type: 'read-queued', promptId });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Takes a picture; what arrives within one frame is applied at once, so that streams cost one render. */
  private receive(raw: readonly unknown[]): void {
    const messages = raw.flatMap((value) => parseToPanel(value) ?? []);
    if (messages.length < raw.length) {
      this.options.port.post({ type: 'log', level: 'warn', text: 'message not understood' });
    }
    const isScheduled = this.waiting.length > 0;
    this.waiting.push(...messages);
    if (!isScheduled && messages.length > 0) this.options.schedule(() => this.applyWaiting());
  }

  private applyWaiting(): void {
    const messages = this.waiting;
    this.waiting = [];
    batch(() => {
      for (const message of messages) this.tryApply(message);
    });
  }

  /** A message that cannot be taken costs none of those that came with it. */
  private tryApply(message: ToPanel): void {
    try {
      this.apply(message);
    } catch {
      const text = `${message.type} could not be taken`;
      this.options.port.post({ type: 'log', level: 'error', text });
    }
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
        return this.reading.began();
      case 'append':
        this.transcript.append(message.entries);
        this.hasEntries.value = true;
        this.reading.began();
        for (const text of spokenOfEntries(message.entries, this.t)) this.announce(text);
        return;
      case 'prepend':
        this.transcript.prepend(message.entries);
        this.hasOlder.value = message.hasOlder;
        this.olderCame(message.hasOlder);
        return this.reading.olderCame();
      case 'found-entries':
        return this.reading.found(message);
      case 'context':
        return this.reading.contextCame(message.index, message.places);
      case 'said':
        this.reading.said.value = message.text;
        return this.announce(message.text);
      case 'live':
        return this.live.replace(message.blocks);
      case 'live-append':
        return this.live.append(message.messageId, message.block, message.text);
      case 'outbox':
        this.composer.handleOutbox(message.items);
        this.outbox.value = message.items;
        for (const item of message.items) this.answering.shown(item.text);
        return;
      case 'blob':
        return this.setBlob(
          message.blob,
          message.text === undefined
            ? { kind: 'failed', error: message.error ?? this.t('It could not be loaded.') }
            : { kind: 'loaded', text: message.text },
        );
      case 'queued':
        return this.setQueued(message);
      case 'attachments':
        return this.attachments.show(message.attachments);
      case 'pong':
        return this.connection.handlePong(message.n);
      default:
        return this.composer.take(message);
    }
  }

  private takeHeader(header: PanelHeader): void {
    const before = this.header.value;
    this.headerAt = this.options.clock.monotonic();
    this.now.value = this.headerAt;
    if (header.truth.kind !== before?.truth.kind) this.truthSince = this.headerAt;
    this.header.value = header;
    // While it is not sure what waits, nothing is forgotten.
    const isSure = header.truth.kind === 'live' && header.session !== undefined;
    if (isSure) this.requestDrafts.retain(header.pending.map(({ requestId }) => requestId));
    // Who asks anew is heard anew.
    const asking = header.controlRequests.map(requestKey);
    this.keptRequests.value = new Set(asking.filter((key) => this.keptRequests.value.has(key)));
    if (before === undefined) return;
    for (const text of spokenOfHeader(header, before, this.t)) this.announce(text);
  }

  private olderCame(hasOlder: boolean): void {
    const isInVain =
      this.isLoadingOlder.value && hasOlder && this.transcript.size === this.sizeBefore;
    if (isInVain) this.olderFailedAt = this.options.clock.monotonic();
    this.isLoadingOlder.value = false;
  }

  private setQueued({ promptId, text, images = [], version, error }: QueuedMessage): void {
    const whole = text === undefined ? { error: error ?? '' } : { text, images, version };
    this.queuedTexts.value = new Map(this.queuedTexts.value).set(promptId, whole);
  }

  private setBlob(blob: string, state: BlobState): void {
    this.blobs.value = withBlob(this.blobs.value, blob, state);
  }
}
