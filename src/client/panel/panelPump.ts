// Carries a room's view into a panel, and the panel's wishes out, both ways as checked messages.
import { toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { assertNever } from '../../base/assert.ts';
import type { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import {
  type FromPanel,
  fromPanelSchema,
  type PanelHeader,
  type ToPanel,
} from '../../protocol/panel.ts';
import type { Problem } from '../../protocol/state.ts';
import type { PlacedEntry, RoomView, ViewPart } from '../../session/view.ts';
import type { Drafts } from '../prompts/drafts.ts';
import { asAppError } from '../errors.ts';
import { panelOutbox } from '../prompts/outboxItems.ts';
import { EntryFeed, LiveFeed } from './panelFeeds.ts';
import { panelHeader } from './panelModel.ts';
import type { Absence } from '../rooms/absence.ts';
import { refKey } from '../rooms/sessionRef.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import type { Translate } from '../translate.ts';
import { TypingPresence } from './typingPresence.ts';

/** A body larger than this is opened in an editor instead of the panel; bytes. */
const MAX_PANEL_BLOB = 4 * 1024 * 1024;

/** What a panel asks of the editor around it. */
export interface PanelActions {
  openEntry(entry: PlacedEntry, view: RoomView): void;
  openLink(url: string): void;
  copy(text: string): void;
  runCommand(name: string): void;
  report(error: AppError): void;
}

/** Options of a pump. */
export interface PanelPumpOptions {
  readonly room: SharedRoom;
  readonly post: (message: ToPanel) => void;
  readonly drafts: Drafts;
  readonly actions: PanelActions;
  /** What to show while there is no view. */
  readonly absence: () => Absence;
  /** What keeps the session from going on, beside what its room tells. */
  readonly problem: () => Problem | undefined;
  readonly strings: Readonly<Record<string, string>>;
  readonly locale: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly t: Translate;
}

/** One panel's pump: silent until the page says that it is ready, and again after it was hidden. */
export class PanelPump {
  private readonly options: PanelPumpOptions;
  private readonly disposables = new DisposableStore();
  private readonly entries = new EntryFeed();
  private readonly live = new LiveFeed();
  private dirty = new Set<ViewPart>();
  private isReady = false;
  private isScheduled = false;
  private readonly typing: TypingPresence;

  constructor(options: PanelPumpOptions) {
    this.options = options;
    const { room, drafts } = options;
    this.disposables.add(
      room.onDidChange(({ parts, isNewView }) => {
        if (isNewView) this.forgetFeeds();
        this.flushSoon(parts);
      }),
    );
    this.disposables.add(
      drafts.onDidPutBack((back) => {
        if (!this.isReady || refKey(back.ref) !== refKey(room.ref)) return;
        this.post({ type: 'restore-draft', text: back.text, reason: back.reason });
      }),
    );
    this.typing = this.disposables.add(new TypingPresence(options.clock));
  }

  /** Whether the page is there and has been told everything. */
  get isShown(): boolean {
    return this.isReady;
  }

  /** The page is gone (hidden or reloaded): what it had is forgotten until it says ready. */
  hidden(): void {
    this.isReady = false;
    this.typing.stop();
    this.forgetFeeds();
  }

  /** The picture around the room changed, e.g. whether its host runs. */
  refreshHeader(): void {
    this.flushSoon(new Set(['truth']));
  }

  focusComposer(): void {
    this.post({ type: 'focus-composer' });
  }

  /** Takes a message of the page; what is not one is logged and dropped. */
  receive(raw: unknown): void {
    const parsed = fromPanelSchema.safeParse(raw);
    if (!parsed.success) return this.options.log.warn('panel sent an unknown message');
    this.handle(parsed.data);
  }

  dispose(): void {
    this.isReady = false;
    this.disposables.dispose();
  }

  private handle(message: FromPanel): void {
    const { room, actions, drafts } = this.options;
    switch (message.type) {
      case 'ready':
        return this.ready();
      case 'ping':
        return this.post({ type: 'pong', n: message.n });
      case 'prompt':
        return this.prompt(message.text);
      case 'answer': {
        const { type: _, requestId, inputHash, behavior, ...rest } = message;
        return this.send('answer', { requestId, inputHash, behavior, ...defined(rest) });
      }
      case 'cancel-queued':
        return this.request('cancel-queued', { promptId: message.promptId });
      case 'interrupt':
        return this.request('interrupt', {});
      case 'focus':
        if (message.action === 'request') return this.request('focus-request', {});
        return this.request(message.action === 'take' ? 'focus-take' : 'focus-release', {});
      case 'give-control':
        return this.request('focus-grant', { member: message.member, window: message.window });
      case 'allow-control':
        return this.request('admit', { member: message.member, role: 'controller' });
      case 'fetch-older':
        return void this.fetchOlder();
      case 'fetch-blob':
        return void this.fetchBlob(message.blob, message.mediaType);
      case 'open-entry': {
        const found = room.view?.entries.find(({ index }) => index === message.index);
        return found && room.view ? actions.openEntry(found, room.view) : undefined;
      }
      case 'open-link':
        return actions.openLink(message.url);
      case 'copy':
        return actions.copy(message.text);
      case 'command':
        return actions.runCommand(message.name);
      case 'draft':
        return drafts.set(room.ref, message.text);
      case 'typing':
        return this.typing.typed(room.view);
      case 'forget':
        return room.forget(message.id);
      case 'log':
        return this.options.log[message.level](`panel: ${message.text.slice(0, 500)}`);
      default:
        return assertNever(message);
    }
  }

  private ready(): void {
    const { strings, locale, drafts, room } = this.options;
    this.forgetFeeds();
    this.isReady = true;
    this.post({ type: 'init', strings: { ...strings }, locale, draft: drafts.get(room.ref) });
    this.flush(new Set(['truth', 'entries', 'live', 'outbox']));
  }

  private prompt(text: string): void {
    const { room, drafts, t } = this.options;
    drafts.set(room.ref, '');
    try {
      if (!room.view) return drafts.putBack(room.ref, text, t('The session is not connected.'));
      room.view.send('prompt', { text });
    } catch (error) {
      drafts.putBack(room.ref, text, asAppError(error).message);
    }
  }

  private send<K extends CommandKind>(kind: K, args: CommandArgs<K>): void {
    try {
      this.options.room.view?.send(kind, args);
    } catch (error) {
      this.options.actions.report(asAppError(error));
    }
  }

  private request<K extends CommandKind>(kind: K, args: CommandArgs<K>): void {
    const { room, actions } = this.options;
    room.view?.request(kind, args).catch((error: unknown) => actions.report(asAppError(error)));
  }

  private async fetchOlder(): Promise<void> {
    const { view } = this.options.room;
    let hasOlder = true;
    try {
      if (view) hasOlder = await view.fetchOlder();
    } catch (error) {
      this.options.actions.report(asAppError(error));
    }
    // Ends the page's waiting even if nothing came; entries that came are told by the feed.
    const first = view?.entries[0]?.index ?? 0;
    this.flush(new Set(['entries']));
    this.post({ type: 'prepend', entries: [], hasOlder: hasOlder && first > 0 });
  }

  private async fetchBlob(blob: string, mediaType: string | undefined): Promise<void> {
    const { room, t } = this.options;
    try {
      const bytes = await room.view?.fetchBlob(blob);
      if (!bytes)
        return this.post({ type: 'blob', blob, error: t('The session is not connected.') });
      if (bytes.length > MAX_PANEL_BLOB) {
        const error = t('Too long to show here: open it in an editor.');
        return this.post({ type: 'blob', blob, error });
      }
      const text =
        mediaType === undefined ? new TextDecoder().decode(bytes) : dataUrl(bytes, mediaType);
      this.post({ type: 'blob', blob, text });
    } catch (error) {
      this.post({ type: 'blob', blob, error: asAppError(error).message });
    }
  }

  private flushSoon(parts: ReadonlySet<ViewPart>): void {
    for (const part of parts) this.dirty.add(part);
    if (this.isScheduled || !this.isReady) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      if (!this.disposables.isDisposed) this.flush(this.dirty);
    });
  }

  /** Sends `wanted` and whatever else has changed: parts of one picture never go without one another. */
  private flush(wanted: ReadonlySet<ViewPart>): void {
    if (!this.isReady) return;
    const parts = new Set([...this.dirty, ...wanted]);
    this.dirty = new Set();
    const { room, absence, problem, clock } = this.options;
    const { view } = room;
    if (parts.has('entries')) for (const m of this.entries.next(view?.entries ?? [])) this.post(m);
    if (parts.has('live')) for (const m of this.live.next(view?.live ?? [])) this.post(m);
    if (parts.has('outbox')) {
      this.post({ type: 'outbox', items: room.outbox.flatMap(panelOutbox) });
    }
    if (parts.has('truth') || parts.has('state') || parts.has('alarms') || parts.has('presence')) {
      const header = panelHeader(view ?? absence(), clock.monotonic());
      this.post({ type: 'header', header: withProblem(header, problem()) });
    }
  }

  private forgetFeeds(): void {
    this.entries.reset();
    this.live.reset();
  }

  private post(message: ToPanel): void {
    if (this.isReady) this.options.post(message);
  }
}

function dataUrl(bytes: Uint8Array, mediaType: string): string {
  const base64 = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return `data:${mediaType};base64,${base64}`;
}

/** A host that does not run is the reason for everything else that is wrong. */
function withProblem(header: PanelHeader, problem: Problem | undefined): PanelHeader {
  if (!problem) return header;
  const { ageMs } = header.truth;
  const truth = { kind: 'host-offline' as const, ...(ageMs === undefined ? {} : { ageMs }) };
  return { ...header, truth, problem };
}

/** The fields that are there: an absent field and one that is undefined are not the same in a command. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Object.fromEntries forgets the keys' types; every key comes from `value`.
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
