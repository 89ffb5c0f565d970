// Carries a room's view into a panel, picture by picture, and the panel's wishes out.
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { Logger } from '../../base/log.ts';
import { fromPanelSchema } from '../../protocol/local/fromPanel.ts';
import type { Selection } from '../../protocol/local/choices.ts';
import type { Picture, ToPanel } from '../../protocol/local/panel.ts';
import type { Problem } from '../../protocol/state.ts';
import type { RoomView } from '../../session/view.ts';
import type { Drafts } from '../prompts/drafts.ts';
import type { Absence } from '../rooms/absence.ts';
import { refKey } from '../rooms/sessionRef.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import type { Translate } from '../translate.ts';
import { PanelPicture } from './panelPicture.ts';
import { type PanelActions, PanelWishes } from './panelWishes.ts';
import { RoundTrip } from './roundTrip.ts';
import { TypingPresence } from './typingPresence.ts';

/** Tells what is selected in an editor, of a file that the session can read. */
export interface SelectionSource {
  readonly current: Selection | undefined;
  readonly onDidChange: Event<void>;
}

/** Options of a pump. */
export interface PanelPumpOptions {
  readonly room: SharedRoom;
  /** Brings a picture to the page: all of its messages or none, in their order. */
  readonly post: (picture: Picture) => void;
  readonly drafts: Drafts;
  readonly actions: PanelActions;
  /** [Q2] Whether prompts of this person go into the running turn, if nothing else is said. Default: no. */
  readonly sendsNow?: (view: RoomView) => boolean;
  /** What is selected in an editor beside the panel. */
  readonly selection?: SelectionSource;
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
  private readonly picture: PanelPicture;
  private readonly wishes: PanelWishes;
  private readonly typing: TypingPresence;
  /** Goes with the next picture: what came back into the composer. */
  private returned: ToPanel[] = [];
  private isReady = false;
  private isScheduled = false;
  private wantsFocus = false;

  constructor(options: PanelPumpOptions) {
    this.options = options;
    const { room, drafts, actions, absence, problem, clock, log, t } = options;
    const { sendsNow = () => false } = options;
    const onDidMeasure = (): void => this.refreshHeader();
    const roundTrip = this.disposables.add(new RoundTrip({ clock, onDidMeasure }));
    this.picture = new PanelPicture({
      ...{ room, absence, problem, roundTrip, t },
      now: () => clock.monotonic(),
    });
    this.typing = this.disposables.add(new TypingPresence(clock));
    this.wishes = new PanelWishes({
      room,
      drafts,
      actions,
      typing: this.typing,
      roundTrip,
      sendsNow,
      post: (picture) => this.post(picture),
      endOlder: (hasOlder) => this.endOlder(hasOlder),
      locale: options.locale,
      log,
      t,
    });
    this.disposables.add(
      room.onDidChange((parts) => {
        this.picture.mark(parts);
        this.postSoon();
      }),
    );
    const { selection } = options;
    if (selection) {
      this.disposables.add(selection.onDidChange(() => this.post([this.selection()])));
    }
    this.disposables.add(
      drafts.attachments.onDidChange((ref) => {
        if (refKey(ref) === refKey(room.ref)) this.post([this.attachments()]);
      }),
    );
    this.disposables.add(
      drafts.onDidPutBack(({ ref, text, reason }) => {
        if (!this.isReady || refKey(ref) !== refKey(room.ref)) return;
        this.returned.push({ type: 'restore-draft', text, reason });
        this.postSoon();
      }),
    );
  }

  /** Whether the page is there and has been told everything. */
  get isShown(): boolean {
    return this.isReady;
  }

  /** The page is gone (hidden or reloaded): it is told nothing until it says ready. */
  hidden(): void {
    this.isReady = false;
    this.typing.stop();
  }

  /** The picture around the room changed, e.g. whether its host runs. */
  refreshHeader(): void {
    this.picture.mark(['truth']);
    this.postSoon();
  }

  /** Now, or as soon as the page is there. */
  focusComposer(): void {
    if (this.isReady) this.post([{ type: 'focus-composer' }]);
    else this.wantsFocus = true;
  }

  /** Takes a message of the page; what is not one is logged and dropped. */
  receive(raw: unknown): void {
    const parsed = fromPanelSchema.safeParse(raw);
    if (!parsed.success) return this.options.log.warn('panel sent an unknown message');
    const message = parsed.data;
    if (message.type === 'ready') return this.ready();
    if (message.type === 'ping') return this.post([{ type: 'pong', n: message.n }]);
    this.wishes.carryOut(message);
  }

  dispose(): void {
    this.isReady = false;
    this.disposables.dispose();
  }

  private ready(): void {
    const { strings, locale, drafts, room } = this.options;
    this.isReady = true;
    this.picture.reset();
    // The draft has what came back meanwhile.
    this.returned = [];
    const draft = drafts.get(room.ref);
    const focus: ToPanel[] = this.wantsFocus ? [{ type: 'focus-composer' }] : [];
    this.wantsFocus = false;
    const init: ToPanel = { type: 'init', strings: { ...strings }, locale, draft };
    const attached = drafts.attachments.of(room.ref).length > 0 ? [this.attachments()] : [];
    const selected = this.options.selection ? [this.selection()] : [];
    this.post([init, ...attached, ...selected, ...this.picture.next(), ...focus]);
    void this.findDrafts();
  }

  private attachments(): ToPanel {
    const { room, drafts } = this.options;
    const attachments = drafts.attachments
      .of(room.ref)
      .map(({ bytes, ...one }) => ({ ...one, bytes: bytes.length }));
    return { type: 'attachments', attachments };
  }

  private selection(): ToPanel {
    const selection = this.options.selection?.current;
    return { type: 'selection', ...(selection && { selection }) };
  }

  /** What files know more than the window's own storage, which a reload may have cut short. */
  private async findDrafts(): Promise<void> {
    const { drafts, room } = this.options;
    const found = await drafts.find(room.ref);
    if (found === undefined) return;
    const { own, other, isNewer } = found;
    const message: ToPanel = {
      type: 'drafts',
      ...(own && { own: own.text }),
      ...(other && { other }),
    };
    this.post([{ ...message, ...(isNewer && { isNewer }) }]);
  }

  /** Entries that came take along what has changed with them. */
  private endOlder(hasOlder: boolean): void {
    this.picture.mark(['entries']);
    this.postNext([{ type: 'prepend', entries: [], hasOlder }]);
  }

  /** Changes of one moment are one picture. */
  private postSoon(): void {
    if (this.isScheduled || !this.isReady) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.postNext([]);
    });
  }

  private postNext(more: Picture): void {
    if (!this.isReady) return;
    this.post([...this.returned.splice(0), ...this.picture.next(), ...more]);
  }

  private post(picture: Picture): void {
    if (this.isReady && picture.length > 0) this.options.post(picture);
  }
}
