// What a reader of a panel wants: to find a text, to go there, what stands around a change, files, all of it as Markdown.
import { say } from '../../base/say.ts';
import { assertNever } from '../../base/assert.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { FromPanel } from '../../protocol/local/fromPanel.ts';
import type { Picture } from '../../protocol/local/panel.ts';
import { changeContextSchema, foundPageSchema } from '../../protocol/reading/foundEntries.ts';
import type { RoomView } from '../../session/view.ts';
import { asAppError, notConnected, unexpectedAnswer } from '../errors.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import { sessionState } from '../rooms/sessionFacts.ts';
import { errorMessage, type Translate } from '../translate.ts';
import { absolutePath } from './filePath.ts';
import { transcriptMarkdown } from './transcriptMarkdown.ts';

/** What a reader asks of the window around the panel. */
export interface ReadingActions {
  /** Opens a file of the session's computer (absolute path; line from 1); false: it is not here. */
  openFile(path: string, line: number | undefined): Promise<boolean>;
  copy(text: string): void;
  /** Saves a text where the person says; false: nowhere. */
  saveText(name: string, text: string): Promise<boolean>;
}

/** Messages of a page that are carried out here. */
export type ReadingWish = Extract<
  FromPanel,
  { readonly type: 'find' | 'fetch-until' | 'fetch-context' | 'open-file' | 'export' }
>;
type Wish<T extends ReadingWish['type']> = Extract<ReadingWish, { readonly type: T }>;

/** What carrying them out needs. */
export interface ReadingWishesOptions {
  readonly room: SharedRoom;
  readonly actions: ReadingActions;
  readonly post: (picture: Picture) => void;
  /** Tells the page the entries that came, and whether still older ones can be asked for. */
  readonly endOlder: (hasOlder: boolean) => void;
  readonly locale: string;
  readonly t: Translate;
}

/** An answer to a search that found nothing looks through 4 MiB; so many of them are asked for by one wish. */
const MAX_ANSWERS = 64;

/** Carries a reader's wishes out. */
export class ReadingWishes {
  private readonly options: ReadingWishesOptions;

  constructor(options: ReadingWishesOptions) {
    this.options = options;
  }

  async carryOut(wish: ReadingWish): Promise<void> {
    switch (wish.type) {
      case 'find':
        return this.find(wish);
      case 'fetch-until':
        return this.fetchUntil(wish.index);
      case 'fetch-context':
        return this.fetchContext(wish.index);
      case 'open-file':
        return this.openFile(wish);
      case 'export':
        return this.export(wish.to);
      default:
        return assertNever(wish);
    }
  }

  /** [N3] Goes on until something is found, or all was looked through. */
  private async find({ query, before }: Wish<'find'>): Promise<void> {
    const { post } = this.options;
    const asked = { query, ...omitUndefined({ before }) };
    try {
      const view = this.view();
      let next = before;
      for (let n = 0; n < MAX_ANSWERS; n++) {
        // oxlint-disable-next-line no-await-in-loop -- each answer says where the next begins
        const page = await askFind(view, query, next);
        if (page.hits.length > 0 || page.next === 0 || n === MAX_ANSWERS - 1) {
          return post([{ type: 'found-entries', ...asked, ...page }]);
        }
        ({ next } = page);
      }
    } catch (error) {
      post([{ type: 'found-entries', ...asked, hits: [], next: 0, error: this.textOf(error) }]);
    }
  }

  private async fetchUntil(index: number): Promise<void> {
    const { room, endOlder } = this.options;
    const { view } = room;
    const first = (): number => view?.entries[0]?.index ?? 0;
    let hasMore = true;
    try {
      // oxlint-disable-next-line no-await-in-loop -- each page is before the one that came
      while (view && hasMore && first() > index) hasMore = await view.fetchOlder();
    } catch (error) {
      this.options.post([{ type: 'said', text: this.textOf(error) }]);
    }
    endOlder(hasMore && first() > 0);
  }

  /** [N5] Without it a change is shown alone: what fails says nothing. */
  private async fetchContext(index: number): Promise<void> {
    const answer = await this.options.room.view
      ?.request('fetch', { what: 'context', index })
      .catch(() => undefined);
    const parsed = changeContextSchema.safeParse(answer);
    const places = parsed.success ? parsed.data.places : [];
    this.options.post([{ type: 'context', index, places: [...places] }]);
  }

  /** [N7] What cannot be opened here is copied, and that is said. */
  private async openFile({ path, line }: Wish<'open-file'>): Promise<void> {
    const { room, actions, post, t } = this.options;
    const session = room.view && sessionState(room.view)?.session;
    const full = absolutePath(path, session?.cwd);
    const isOpen = full !== undefined && (await actions.openFile(full, line).catch(() => false));
    if (isOpen) return;
    const place = line === undefined ? (full ?? path) : `${full ?? path}:${line}`;
    actions.copy(place);
    post([{ type: 'said', text: t('Not on this computer. The path was copied: {0}', place) }]);
  }

  /** The whole transcript, older entries too. */
  private async export(to: 'clipboard' | 'file'): Promise<void> {
    const { actions, locale, post, t } = this.options;
    try {
      const view = this.view();
      // oxlint-disable-next-line no-await-in-loop -- each page is before the one that came
      while (await view.fetchOlder());
      const title = sessionState(view)?.session.title ?? t('Session');
      const text = transcriptMarkdown(view.entries, { title, locale, t });
      if (to === 'clipboard') actions.copy(text);
      const isDone = to === 'clipboard' || (await actions.saveText(`${fileName(title)}.md`, text));
      const done = to === 'clipboard' ? t('The transcript was copied as Markdown.') : t('Saved.');
      post([{ type: 'said', text: isDone ? done : '' }]);
    } catch (error) {
      post([{ type: 'said', text: this.textOf(error) }]);
    }
  }

  private view(): RoomView {
    const { view } = this.options.room;
    if (!view) throw notConnected();
    return view;
  }

  private textOf(error: unknown): string {
    return errorMessage(asAppError(error), this.options.t);
  }
}

async function askFind(view: RoomView, query: string, before: number | undefined) {
  const answer = await view.request('fetch', {
    what: 'find',
    query,
    ...omitUndefined({ before }),
  });
  const page = foundPageSchema.safeParse(answer);
  if (!page.success) throw unexpectedAnswer(say`a search`);
  const { hits, next } = page.data;
  // An answer that does not go on would be asked for without an end.
  return { hits: [...hits], next: before === undefined || next < before ? next : 0 };
}

function fileName(title: string): string {
  const name = title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return name.slice(0, 80) || 'session';
}
