// What the person at a panel wants of the session, and of the window around the panel.
import { toBase64Url } from '../../base/bytes.ts';
import { assertNever } from '../../base/assert.ts';
import type { AppError } from '../../base/errors.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Logger } from '../../base/log.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { FromPanel } from '../../protocol/local/fromPanel.ts';
import type { Picture } from '../../protocol/local/panel.ts';
import type { PlacedEntry, RoomView } from '../../session/view.ts';
import { asAppError, notConnected } from '../errors.ts';
import { choicesOf, fetchArgsOf } from '../prompts/readChoices.ts';
import { promptArgs } from '../prompts/promptArgs.ts';
import { readQueued } from '../prompts/queuedPrompt.ts';
import { seenOf } from '../prompts/seen.ts';
import { attachedBytes, outgoingOf } from '../prompts/attachmentDrafts.ts';
import type { Drafts } from '../prompts/drafts.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import { errorMessage, type Translate } from '../translate.ts';
import { type ReadingActions, ReadingWishes } from './readingWishes.ts';
import type { RoundTrip } from './roundTrip.ts';
import type { TypingPresence } from './typingPresence.ts';

/** A body larger than this is opened beside the panel instead of in it; bytes. */
const MAX_PANEL_BLOB = 4 * 1024 * 1024;
/** A picture has no other place to be shown. */
const MAX_PANEL_PICTURE = 12 * 1024 * 1024;

/** So many files are offered; the host tells of one more. */
const MAX_FILES = 50;

/** What a panel asks of the window around it. */
export interface PanelActions extends ReadingActions {
  openEntry(entry: PlacedEntry, view: RoomView): void;
  openLink(url: string): void;
  runCommand(name: string): void;
  report(error: AppError): void;
}

/** A wish: every message of the page but those about the page itself. */
export type PanelWish = Exclude<FromPanel, { readonly type: 'ready' | 'ping' }>;

type Wish<T extends PanelWish['type']> = Extract<PanelWish, { readonly type: T }>;

/** What carrying wishes out needs. */
export interface PanelWishesOptions {
  readonly room: SharedRoom;
  readonly drafts: Drafts;
  readonly actions: PanelActions;
  readonly typing: TypingPresence;
  /** [Q2] Whether prompts go into the running turn, if nothing else is said. */
  readonly sendsNow: (view: RoomView) => boolean;
  /** Tells the page an answer. */
  readonly post: (picture: Picture) => void;
  /** Tells the page the entries that came, and whether still older ones can be asked for. */
  readonly endOlder: (hasOlder: boolean) => void;
  readonly locale: string;
  readonly roundTrip: RoundTrip;
  readonly log: Logger;
  readonly t: Translate;
}

/** Carries a panel's wishes out. */
export class PanelWishes {
  private readonly options: PanelWishesOptions;
  private readonly reading: ReadingWishes;

  constructor(options: PanelWishesOptions) {
    this.options = options;
    this.reading = new ReadingWishes(options);
  }

  carryOut(wish: PanelWish): void {
    const { room, actions, drafts, typing } = this.options;
    switch (wish.type) {
      case 'prompt':
        return this.prompt(wish.text);
      case 'answer':
        return void this.answer(wish);
      case 'cancel-queued':
      case 'send-queued':
      case 'release-queued':
        return this.request(wish.type, { promptId: wish.promptId });
      case 'read-queued':
        return void this.readQueued(wish.promptId);
      case 'edit-queued':
        return void this.editQueued(wish);
      case 'move-queued': {
        const { promptId, before } = wish;
        return this.request('move-queued', { promptId, ...omitUndefined({ before }) });
      }
      case 'stop-task':
        return this.request('stop-task', { taskId: wish.taskId });
      case 'resume-queue':
      case 'clear-queue':
        return this.request(wish.type, {});
      case 'set-mode':
        return this.request('set-mode', { mode: wish.mode });
      case 'set-model':
        return this.request('set-model', { model: wish.model });
      case 'set-effort':
        return this.request('set-effort', { effort: wish.effort });
      case 'look-up':
        return void this.lookUp(wish);
      case 'take-draft':
        return drafts.takeOver(room.ref, wish.id);
      case 'set-folder':
        return this.request('set-folder', { path: wish.path });
      case 'settle-writers': {
        const { choice, force } = wish;
        return this.request('settle-writers', { choice, ...omitUndefined({ force }) });
      }
      case 'rename':
        return this.request('rename', { title: wish.title });
      case 'measure-way':
        return this.options.roundTrip.measure(room.view);
      case 'interrupt':
        return this.request('interrupt', {});
      case 'control':
        if (wish.action === 'request') return this.request('focus-request', {});
        return this.request(wish.action === 'take' ? 'focus-take' : 'focus-release', {});
      case 'give-control':
        return this.request('focus-grant', { member: wish.member, window: wish.window });
      case 'allow-control':
        return this.request('admit', { member: wish.member, role: 'controller' });
      case 'fetch-older':
        return void this.fetchOlder();
      case 'fetch-blob':
        return void this.fetchBlob(wish.blob, wish.mediaType);
      case 'open-entry': {
        const found = room.view?.entries.find(({ index }) => index === wish.index);
        return found && room.view ? actions.openEntry(found, room.view) : undefined;
      }
      case 'find':
      case 'fetch-until':
      case 'fetch-context':
      case 'open-file':
      case 'export':
        return void this.reading.carryOut(wish);
      case 'open-link':
        return actions.openLink(wish.url);
      case 'copy':
        return actions.copy(wish.text);
      case 'command':
        return actions.runCommand(wish.name);
      case 'draft':
        return drafts.set(room.ref, wish.text);
      case 'typing':
        return typing.typed(room.view);
      case 'attach':
        return this.attach(wish);
      case 'detach':
        return drafts.attachments.remove(room.ref, wish.id);
      case 'cancel':
        return void room.view?.cancel(wish.id);
      case 'forget':
        if (wish.isBack === true) drafts.attachments.returned(wish.id);
        return room.forget(wish.id);
      case 'log':
        return this.options.log[wish.level](`panel: ${wish.text.slice(0, 500)}`);
      default:
        return assertNever(wish);
    }
  }

  /** What the page had whole on its screen is said so, by what the host knows of it. */
  private async answer(wish: Wish<'answer'>): Promise<void> {
    const { type: _, isWhole, requestId, inputHash, behavior, ...rest } = wish;
    const seen = isWhole === true ? await this.seenOf(requestId) : undefined;
    const args = { requestId, inputHash, behavior, ...omitUndefined({ ...rest, seen }) };
    this.send('answer', args);
  }

  private async seenOf(requestId: string): Promise<string | undefined> {
    const { view } = this.options.room;
    const request = view?.entries.findLast(
      ({ entry }) => entry.kind === 'request' && entry.requestId === requestId,
    )?.entry;
    if (view === undefined || request?.kind !== 'request') return undefined;
    const { blob } = request.inputCut ?? {};
    try {
      return await seenOf(request, blob && new TextDecoder().decode(await view.fetchBlob(blob)));
    } catch {
      // Without it the host says what is missing.
      return undefined;
    }
  }

  private prompt(text: string): void {
    const { room, drafts, sendsNow, t } = this.options;
    drafts.set(room.ref, '');
    const attached = drafts.attachments.take(room.ref);
    try {
      if (!room.view) throw notConnected();
      const args = promptArgs(room.view, text, sendsNow(room.view));
      const { id } = room.view.send('prompt', args, attached.map(outgoingOf));
      drafts.attachments.sent(room.ref, id, attached);
    } catch (error) {
      drafts.attachments.putBack(room.ref, attached);
      drafts.putBack(room.ref, text, errorMessage(asAppError(error), t));
    }
  }

  private attach({ id, use, name, base64, thumb, note }: Wish<'attach'>): void {
    const { room, drafts, actions } = this.options;
    try {
      const bytes = attachedBytes(base64);
      const more = omitUndefined({ thumb, note });
      drafts.attachments.add(room.ref, { id, use, name, bytes, ...more });
    } catch (error) {
      actions.report(asAppError(error));
    }
  }

  private async readQueued(promptId: string): Promise<void> {
    const { room, post, t } = this.options;
    try {
      if (!room.view) throw notConnected();
      post([{ type: 'queued', promptId, ...(await readQueued(room.view, promptId)) }]);
    } catch (error) {
      post([{ type: 'queued', promptId, error: errorMessage(asAppError(error), t) }]);
    }
  }

  /** [Q3] [Q8] What comes too late, or after another’s, is back in the composer. */
  private async editQueued(wish: Wish<'edit-queued'>): Promise<void> {
    const { room, drafts, t } = this.options;
    const { promptId, text, keep, version } = wish;
    try {
      if (!room.view) throw notConnected();
      const edit = { promptId, text, keep, ...omitUndefined({ version }) };
      await room.view.request('edit-queued', edit);
    } catch (error) {
      drafts.putBack(room.ref, text, errorMessage(asAppError(error), t));
    }
  }

  private async lookUp({ list, query, wake }: Wish<'look-up'>): Promise<void> {
    const { room, post, t } = this.options;
    try {
      if (!room.view) throw notConnected();
      const answer = await room.view.request('fetch', fetchArgsOf(list, query, wake));
      const found = choicesOf(list, answer, t);
      const isFiles = list === 'files' && found.length > MAX_FILES;
      const items = isFiles ? found.slice(0, MAX_FILES) : found;
      post([{ type: 'found', list, query, items, ...(isFiles ? { more: true } : {}) }]);
    } catch (error) {
      const text = errorMessage(asAppError(error), t);
      post([{ type: 'found', list, query, items: [], error: text }]);
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

  /** Ends the page's waiting even if nothing came. */
  private async fetchOlder(): Promise<void> {
    const { room, actions, endOlder } = this.options;
    const { view } = room;
    let hasMore = true;
    try {
      if (view) hasMore = await view.fetchOlder();
    } catch (error) {
      actions.report(asAppError(error));
    }
    // The last page that came may have brought the very first entry.
    endOlder(hasMore && (view?.entries[0]?.index ?? 0) > 0);
  }

  private async fetchBlob(blob: string, mediaType: string | undefined): Promise<void> {
    const { post, t } = this.options;
    try {
      post([{ type: 'blob', blob, ...(await this.blobText(blob, mediaType)) }]);
    } catch (error) {
      post([{ type: 'blob', blob, error: errorMessage(asAppError(error), t) }]);
    }
  }

  private async blobText(
    blob: string,
    mediaType: string | undefined,
  ): Promise<{ readonly text: string } | { readonly error: string }> {
    const { room, t } = this.options;
    const bytes = await room.view?.fetchBlob(blob);
    if (!bytes) return { error: t('The session is not connected.') };
    if (bytes.length > (mediaType === undefined ? MAX_PANEL_BLOB : MAX_PANEL_PICTURE)) {
      return { error: t('Too long to show here: open it in an editor.') };
    }
    return {
      text: mediaType === undefined ? new TextDecoder().decode(bytes) : dataUrl(bytes, mediaType),
    };
  }
}

function dataUrl(bytes: Uint8Array, mediaType: string): string {
  const base64 = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return `data:${mediaType};base64,${base64}`;
}
