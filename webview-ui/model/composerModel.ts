// The text being typed: kept by the extension, handed over to it, and put back if it was not taken.
import { signal } from '@preact/signals';
import type { Clock } from '../../src/base/clock.ts';
import { type Disposable, DisposableStore } from '../../src/base/disposable.ts';
import { mentionOf } from '../../src/protocol/local/mention.ts';
import type { Selection } from '../../src/protocol/local/choices.ts';
import type { PanelOutboxItem, ToPanel } from '../../src/protocol/local/panel.ts';
import type { UiPort } from '../port.ts';
import { ChoicesModel } from './choicesModel.ts';
import type { PickerKind } from './pickers.ts';

// A page may go without a word: no more than this long of typing may go with it.
const DRAFT_EVERY_MS = 300;
const TYPING_EVERY_MS = 2000;
const TAKEN_WITHIN_MS = 10_000;

type OtherDraft = NonNullable<Extract<ToPanel, { readonly type: 'drafts' }>['other']>;

type ComposerMessage = Extract<
  ToPanel,
  { readonly type: 'found' | 'selection' | 'drafts' | 'restore-draft' | 'focus-composer' }
>;

/** The prompt names the selected lines; a command takes its arguments as they are. */
function withSelection(text: string, selection: Selection | undefined): string {
  const mention = selection && mentionOf(selection.path, selection);
  if (mention === undefined || text.startsWith('/')) return text;
  return text.trim() === '' ? mention : `${text}\n\n${mention}`;
}

/** What ComposerModel needs. */
export interface ComposerOptions {
  readonly port: UiPort;
  readonly clock: Clock;
  /** Why a text came back that nobody took, for people. */
  readonly notTakenText: () => string;
  /** Something is attached: it goes also without a text. */
  readonly hasMore?: () => boolean;
}

/** Holds the draft of this window. */
export class ComposerModel implements Disposable {
  readonly draft = signal('');
  /** Why text came back into the composer. */
  readonly reason = signal<string | undefined>(undefined);
  /** Rises when the composer should get the keyboard. */
  readonly focusRequests = signal(0);
  /** Where the caret stands; the field follows it when it is set from here. */
  readonly caret = signal(0);
  readonly openPicker = signal<PickerKind | undefined>(undefined);
  /** Lines that are selected in an editor, unless the person has taken them out. */
  readonly selection = signal<Selection | undefined>(undefined);
  /** A draft that another window keeps, and whether a newer version keeps one. */
  readonly otherDraft = signal<OtherDraft | undefined>(undefined);
  readonly hasNewerDraft = signal(false);
  /** Rises with each text that is handed over. */
  readonly sent = signal(0);
  /** What can be chosen in the composer. */
  readonly choices: ChoicesModel;
  private readonly options: ComposerOptions;
  private readonly disposables = new DisposableStore();
  private draftTimer: Disposable | undefined;
  private lastTypingAt = Number.NEGATIVE_INFINITY;
  private readonly handed = new Map<Disposable, string>();
  private knownItems = new Set<string>();
  /** What was put there from what was kept, while nobody has typed since. */
  private restored: string | undefined = '';
  /** Text that came back because nobody seemed to take it. */
  private doubtful: string | undefined;

  constructor(options: ComposerOptions) {
    this.options = options;
    this.choices = new ChoicesModel(options.port);
  }

  /** The person typed: the draft is posted while they go on. */
  type(text: string): void {
    this.draft.value = text;
    this.restored = undefined;
    if (text === '') this.reason.value = undefined;
    this.draftTimer ??= this.options.clock.after(DRAFT_EVERY_MS, () => this.flushDraft());
    const now = this.options.clock.monotonic();
    if (text === '' || now - this.lastTypingAt < TYPING_EVERY_MS) return;
    this.lastTypingAt = now;
    this.options.port.post({ type: 'typing' });
  }

  /** Gives the composer the keyboard. */
  focus(): void {
    this.focusRequests.value++;
  }

  /** The draft kept from before; what was typed meanwhile is newer and stays. */
  restore(draft: string): void {
    this.choices.forgetAsked();
    if (this.restored === undefined || this.draft.value !== this.restored) return;
    this.restored = draft;
    this.draft.value = draft;
    this.caret.value = draft.length;
  }

  /** What is told of the composer and its surroundings. */
  take(message: ComposerMessage): void {
    switch (message.type) {
      case 'focus-composer':
        return this.focus();
      case 'restore-draft':
        return this.putBack(message.text, message.reason);
      case 'found':
        return this.choices.take(message);
      case 'selection':
        this.selection.value = message.selection;
        return;
      case 'drafts':
        return this.takeDrafts(message);
    }
  }

  /** What files know of drafts; what was typed meanwhile is newer and stays. */
  takeDrafts({ own, other, isNewer }: Extract<ToPanel, { readonly type: 'drafts' }>): void {
    if (own !== undefined) this.restore(own);
    this.otherDraft.value = other?.text === this.draft.value ? undefined : other;
    this.hasNewerDraft.value = isNewer === true;
  }

  /** The draft of another window goes on here, behind what is there. */
  takeOther(): void {
    const other = this.otherDraft.value;
    if (other === undefined) return;
    const present = this.draft.value;
    this.type(present.trim() === '' ? other.text : `${present}\n\n${other.text}`);
    // First it is kept here, then it is no more the other window's.
    this.postDraft();
    this.options.port.post({ type: 'take-draft', id: other.id });
    this.otherDraft.value = undefined;
    this.focusRequests.value++;
  }

  /** Hands the draft over, with the selected lines; it comes back if no outbox shows it within ten seconds. */
  send(): void {
    if (this.draft.value.trim() === '' && this.options.hasMore?.() !== true) return;
    const text = withSelection(this.draft.value, this.selection.value);
    this.selection.value = undefined;
    this.reason.value = undefined;
    this.draft.value = '';
    this.sent.value++;
    // Who takes the prompt drops the draft: until then it is kept, whatever happens on the way.
    this.draftTimer?.dispose();
    this.draftTimer = undefined;
    this.options.port.post({ type: 'prompt', text });
    const timer = this.disposables.add(
      this.options.clock.after(TAKEN_WITHIN_MS, () => {
        this.handed.delete(timer);
        this.putBack(text, this.options.notTakenText());
        this.doubtful = text;
      }),
    );
    this.handed.set(timer, text);
  }

  /** Puts text in front of what is there, and says why. */
  putBack(text: string, reason: string): void {
    this.dropHanded(text);
    const present = this.draft.value;
    this.restored = undefined;
    // The same refusal may be told twice: by the outbox and by the extension.
    if (!present.startsWith(text)) {
      this.draft.value = present === '' ? text : `${text}\n\n${present}`;
    }
    this.reason.value = reason;
    this.focusRequests.value++;
    this.postDraft();
  }

  /** Texts that the outbox shows were taken. */
  handleOutbox(items: readonly PanelOutboxItem[]): void {
    for (const item of items) {
      if (this.knownItems.has(item.id) || item.kind !== 'prompt') continue;
      this.dropHanded(item.text);
      this.dropDoubtful(item.text);
    }
    this.knownItems = new Set(items.map((item) => item.id));
  }

  /** Posts what was typed and not posted yet, e.g. before the page goes. */
  flushDraft(): void {
    if (this.draftTimer !== undefined) this.postDraft();
  }

  dispose(): void {
    this.flushDraft();
    this.disposables.dispose();
  }

  private postDraft(): void {
    this.draftTimer?.dispose();
    this.draftTimer = undefined;
    this.options.port.post({ type: 'draft', text: this.draft.value });
  }

  /** It was taken after all: a second copy would be sent twice. */
  private dropDoubtful(text: string): void {
    if (text !== this.doubtful) return;
    this.doubtful = undefined;
    if (this.draft.value !== text) return;
    this.draft.value = '';
    this.reason.value = undefined;
    this.postDraft();
  }

  private dropHanded(text: string): void {
    for (const [timer, handed] of this.handed) {
      // The outbox may show only the head of a long prompt.
      if (handed !== text && !(text.length >= 100 && handed.startsWith(text))) continue;
      this.handed.delete(timer);
      this.disposables.delete(timer);
      return;
    }
  }
}
