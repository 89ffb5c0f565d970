// A joined room as running text: entries, streamed text, who has control, how true the picture is.
import type { Clock } from '../../base/clock.ts';
import { isAppError, joinParts, spokenParts } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import { viewStanding } from '../../client/panel/panelModel.ts';
import { ownOutputOf } from '../../client/rooms/sessionFacts.ts';
import { isOver, type Standing } from '../../client/standing/standing.ts';
import { untranslated } from '../../client/translate.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Person, RoomState } from '../../protocol/state.ts';
import type { LiveBlock, OutboxItem, PlacedEntry, RoomView, Truth } from '../../session/view.ts';
import { isSettled } from '../../session/view.ts';
import { entryText, outputText, type Paint } from '../text/entryText.ts';
import { oneLine, printable } from '../io.ts';
import { holderText, roleText, statusText, truthText } from './terminalStatus.ts';

/** Entries that are shown of a history at the beginning. */
const FIRST_ENTRIES = 40;

/** A text that was printed while it streamed. */
interface Streamed {
  readonly messageId: string;
  readonly block: number;
  text: string;
  isLineOpen: boolean;
}

/** Prints what is new in a view. */
export class TerminalView {
  private readonly view: RoomView;
  private readonly paint: Paint;
  private readonly write: (text: string) => void;
  private readonly clock: Pick<Clock, 'now'> | undefined;
  private last = -1;
  private first: number | undefined;
  private streamed: Streamed | undefined;
  /** The last entry said that a request is made again: of a row of them, one is enough. */
  private wasRetry = false;
  /** Blocks whose entry was shown: their live text may stay for a moment. */
  private readonly finished = new Set<string>();
  /** Blocks of which it was said that they were broken off. */
  private readonly broken = new Set<string>();
  private truth = '';
  private wasLive = false;
  private holder = '';
  private role = '';
  private status = '';
  private alarms: ReadonlySet<string> = new Set();

  /** `clock` tells the times of day that are written. */
  constructor(
    view: RoomView,
    paint: Paint,
    write: (text: string) => void,
    clock?: Pick<Clock, 'now'>,
  ) {
    this.view = view;
    this.paint = paint;
    this.write = write;
    this.clock = clock;
  }

  /** Title and own role, then the newest entries. */
  begin(me: Person): void {
    const { state, entries } = this.view;
    if (state?.kind === 'session') {
      const { title, project, computer } = state.session;
      this.line(this.paint.bold(oneLine(`${title} · ${project} on ${computer}`)));
    }
    const waits = me.asksControl === true ? ', until the owner allows control' : '';
    this.line(
      this.paint.dim(`You are here as ${roleOf(me.role)}${waits}. /help lists the commands.`),
    );
    const shown = entries.slice(-FIRST_ENTRIES);
    const hidden = (shown[0]?.index ?? 0) > 0;
    if (hidden) this.line(this.paint.dim('… /older shows what came before'));
    this.last = (shown[0]?.index ?? 0) - 1;
    this.first = shown[0]?.index;
    this.update();
  }

  /** Everything that changed since the last time. */
  update(): void {
    const stands = viewStanding(this.view, 0, untranslated);
    this.showTruth(this.view.truth, stands);
    for (const placed of this.view.entries) {
      if (placed.index <= this.last) continue;
      this.last = placed.index;
      this.showEntry(placed);
    }
    for (const block of this.view.live) this.showLive(block);
    if (this.view.state) this.showState(this.view.state, stands);
    for (const item of this.view.outbox) if (isSettled(item)) this.showOutcome(item);
    for (const alarm of this.view.alarms) {
      if (this.alarms.has(alarm.kind)) continue;
      this.line(
        this.paint.red(`!! ${alarm.kind}: ${printable(joinParts(spokenParts(alarm.words)))}`),
      );
    }
    // One that is over is said again when it comes again.
    this.alarms = new Set(this.view.alarms.map(({ kind }) => kind));
  }

  /** Shows what came before the first entry that was shown. */
  showOlder(): void {
    const before = this.view.entries.filter(({ index }) => index < (this.first ?? 0));
    const shown = before.slice(-FIRST_ENTRIES);
    this.first = shown[0]?.index ?? this.first;
    if (shown.length === 0) return this.line(this.paint.dim('There is nothing before.'));
    this.line(this.paint.dim(`— entries ${shown[0]?.index} to ${shown.at(-1)?.index} —`));
    for (const placed of shown) this.showEntry(placed);
  }

  /** Whether older entries are to be fetched before `showOlder` has some. */
  get needsOlder(): boolean {
    return this.first !== undefined && this.view.entries[0]?.index === this.first;
  }

  /** One line; a streaming text goes on below it. */
  line(text: string): void {
    if (this.streamed?.isLineOpen) {
      this.streamed.isLineOpen = false;
      this.write('\n');
    }
    this.write(`${text}\n`);
  }

  private text(text: string): void {
    if (text !== '') this.line(text);
  }

  /** What a command printed for owners alone comes a moment later, under its name. */
  private async showOwnOutput(index: number, blob: string): Promise<void> {
    const { view, paint } = this;
    const ran = view.entries.findLast(
      (one) => one.index < index && one.entry.kind === 'command' && one.entry.command !== '',
    )?.entry;
    const name = ran?.kind === 'command' ? ran.command : 'a command';
    try {
      const text = new TextDecoder().decode(await view.fetchBlob(blob));
      this.line(paint.dim(`  (output of ${oneLine(name)}, for you alone)`));
      this.text(outputText(printable(text)));
    } catch (error) {
      if (isAppError(error) && error.code === 'cancelled') return;
      this.line(paint.red(`✗ ${oneLine(errorText(error))}`));
    }
  }

  private showEntry({ index, entry }: PlacedEntry): void {
    const own = ownOutputOf(entry, this.view);
    const isAgain = entry.kind === 'retry' && this.wasRetry;
    this.wasRetry = entry.kind === 'retry';
    if (isAgain) return;
    if (own !== undefined) return void this.showOwnOutput(index, own);
    if (entry.kind === 'text') this.finish(entry.messageId, entry.text);
    const streamed = this.streamed;
    if (entry.kind === 'text' && streamed?.messageId === entry.messageId) {
      const text = entryText(entry, this.paint);
      if (text.startsWith(streamed.text)) {
        this.stream(text.slice(streamed.text.length));
        return this.endStream();
      }
    }
    this.text(entryText(entry, this.paint));
  }

  private finish(messageId: string, text: string): void {
    for (const block of this.view.live) {
      const isThis = block.messageId === messageId && text.startsWith(block.text);
      if (isThis) this.finished.add(`${messageId} ${block.block}`);
    }
  }

  private showLive(block: LiveBlock): void {
    if (block.type !== 'text' || block.parent !== undefined) return;
    if (this.finished.has(`${block.messageId} ${block.block}`)) return;
    if (block.brokenAt !== undefined) return this.showBroken(block);
    const text = printable(block.text);
    const isSame =
      this.streamed?.messageId === block.messageId && this.streamed.block === block.block;
    if (!isSame) this.endStream();
    const { messageId } = block;
    this.streamed ??= { messageId, block: block.block, text: '', isLineOpen: false };
    const before = this.streamed.text;
    this.stream(text.startsWith(before) ? text.slice(before.length) : `\n${text}`);
    this.streamed.text = text;
  }

  /** [O10] Its text stands above, or was streamed before this terminal was there; the whole goes on where it ends. */
  private showBroken({ messageId, block }: LiveBlock): void {
    const key = `${messageId} ${block}`;
    if (this.broken.has(key)) return;
    this.broken.add(key);
    if (this.streamed?.messageId !== messageId || this.streamed.block !== block) return;
    this.line(this.paint.yellow('— broken off when the computer stopped —'));
  }

  private stream(text: string): void {
    if (text === '' || this.streamed === undefined) return;
    this.streamed.isLineOpen = true;
    this.write(text);
  }

  private endStream(): void {
    if (this.streamed?.isLineOpen) this.write('\n');
    this.streamed = undefined;
  }

  private showTruth(truth: Truth, stands: Standing): void {
    const text = truthText(truth, stands);
    // How late it is rises by itself.
    const isLocked = truth.kind === 'unconfirmed' && truth.locked === true;
    const key = `${isLocked ? 'locked' : truth.kind} ${stands.missing ?? ''}`;
    if (key === this.truth) return;
    const isFirst = !this.wasLive;
    this.wasLive ||= truth.kind === 'live';
    this.truth = key;
    if (truth.kind === 'live') {
      if (!isFirst && !isOver(stands)) this.line(this.paint.dim('— live —'));
    } else if (text !== '' && !(isFirst && truth.kind === 'unconfirmed' && !isLocked)) {
      this.line(this.paint.yellow(`— ${text} —`));
    }
  }

  private showState(state: RoomState, stands: Standing): void {
    const holder = holderText(state, this.view, stands);
    if (holder !== '' && holder !== this.holder) {
      this.holder = holder;
      this.line(this.paint.dim(`— ${holder} —`));
    }
    const status = statusText(state, this.view, stands, this.clock?.now());
    const role = this.view.me ? roleOf(this.view.me.role) : '';
    if (role !== this.role) {
      if (this.role !== '' && role !== '') this.line(this.paint.yellow(`— ${roleText(role)} —`));
      this.role = role;
    }
    if (status !== this.status) {
      this.status = status;
      if (status !== '') this.line(this.paint.yellow(`— ${status} —`));
    }
  }

  private showOutcome(item: OutboxItem): void {
    this.view.forget(item.id);
    if (item.status === 'done') return;
    this.line(this.paint.red(`✗ ${oneLine(item.message ?? `${item.kind}: ${item.status}`)}`));
    const { args } = item;
    const hasText = typeof args === 'object' && args !== null && 'text' in args;
    if (item.kind !== 'prompt' || !hasText || typeof args.text !== 'string') return;
    this.line(`  Your text: ${printable(args.text)}`);
  }
}
