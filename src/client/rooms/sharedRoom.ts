// A room that this window has joined: its view, renewed when the link leads elsewhere after a host restart.
import { backoffDelayMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { AppError } from '../../base/errors.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { parseLink } from '../../protocol/link.ts';
import { isSettled, type OutboxItem, type RoomView, type ViewPart } from '../../session/view.ts';
import { asAppError } from '../errors.ts';
import type { JoinTarget, MovableView, RoomTarget } from './joinTarget.ts';
import { refKey, type SessionRef } from './sessionRef.ts';

/** Prompts and answers that were done: so many of the newest stay, as what they changed may show later. */
const MAX_DONE = 16;

const ALL_PARTS: ReadonlySet<ViewPart> = new Set([
  'truth',
  'state',
  'entries',
  'live',
  'outbox',
  'alarms',
  'presence',
]);

/** Options of a shared room. */
export interface SharedRoomOptions {
  readonly ref: SessionRef;
  readonly join: JoinTarget;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Own commands of an earlier window whose outcome nobody knows. */
  readonly leftBehind?: readonly OutboxItem[];
}

/** One joined room of this window. */
export class SharedRoom {
  readonly ref: SessionRef;
  private readonly options: SharedRoomOptions;
  private readonly changed = new Emitter<ReadonlySet<ViewPart>>();
  private viewDisposables = new DisposableStore();
  private current: MovableView | undefined;
  private failure: AppError | undefined;
  private target: RoomTarget | undefined;
  private retry: Disposable | undefined;
  private retries = 0;
  private attempt = 0;
  private isClosed = false;
  private leftBehind: readonly OutboxItem[];

  /** Parts of the view changed; all of them if it is another view, or none. */
  readonly onDidChange: Event<ReadonlySet<ViewPart>> = this.changed.event;

  constructor(options: SharedRoomOptions) {
    this.ref = options.ref;
    this.options = options;
    this.leftBehind = options.leftBehind ?? [];
  }

  /** The joined view; undefined while there is no link or the join is under way. */
  get view(): RoomView | undefined {
    return this.current;
  }

  /** Why there is no view, if a join failed for good. */
  get error(): AppError | undefined {
    return this.failure;
  }

  /** Whether a link is known: without one its computer's host does not run. */
  get hasLink(): boolean {
    return this.target !== undefined;
  }

  /** Own commands: those of the view, and those whose answer a restart of the host or of the window has swallowed. */
  get outbox(): readonly OutboxItem[] {
    return [...this.leftBehind, ...(this.current?.outbox ?? [])];
  }

  /** Whether the room cannot be entered, or not any more, by the link that is known. */
  get isOver(): boolean {
    return this.failure !== undefined || this.current?.truth.kind === 'over';
  }

  /** Forgets a settled command. */
  forget(id: string): void {
    if (this.leftBehind.some((item) => item.id === id)) {
      this.leftBehind = this.leftBehind.filter((item) => item.id !== id);
      this.changed.fire(new Set(['outbox']));
    } else {
      this.current?.forget(id);
    }
  }

  /** Says where the room is now; a membership that still holds follows in place. */
  setTarget(target: RoomTarget | undefined): void {
    if (this.isClosed || !target) return;
    const before = this.target;
    const view = this.current;
    this.target = target;
    if (target.link === before?.link) {
      if (target.epochs) view?.addEpochs(target.epochs);
      return;
    }
    const relay = this.failure ? undefined : relayOfSameRoom(before?.link, target.link);
    // Another link to somebody's session may be a better one: its right is asked for by joining anew.
    if (relay === undefined || this.ref.kind === 'joined' || !view?.me || this.isOver) {
      void this.rejoin();
      return;
    }
    view.setRelay(relay);
    if (target.epochs) view.addEpochs(target.epochs);
  }

  /** Joins again, e.g. after it was over. */
  async rejoin(): Promise<void> {
    this.attempt += 1;
    this.retry?.dispose();
    const { attempt, target } = this;
    this.failure = undefined;
    const old = this.detach();
    this.changed.fire(ALL_PARTS);
    if (old) await old.close().catch((error: unknown) => this.logFailure('close', error));
    if (target === undefined || this.isClosed || attempt !== this.attempt) return;
    try {
      const view = await this.options.join(target);
      if (this.isClosed || attempt !== this.attempt) return void (await view.close());
      this.attach(view);
    } catch (error) {
      if (this.isClosed || attempt !== this.attempt) return;
      this.logFailure('join', error);
      this.failure = asAppError(error);
    }
    this.changed.fire(ALL_PARTS);
  }

  /** Closes the connection; with `leave` the member goes for good. */
  async close(options: { readonly leave?: boolean } = {}): Promise<void> {
    this.isClosed = true;
    this.attempt += 1;
    this.retry?.dispose();
    const view = this.current;
    this.viewDisposables.dispose();
    this.current = undefined;
    this.changed.dispose();
    await view?.close(options).catch((error: unknown) => this.logFailure('close', error));
  }

  private attach(view: MovableView): void {
    this.viewDisposables = new DisposableStore();
    this.current = view;
    this.viewDisposables.add(
      view.onDidChange((parts) => {
        if (view.state) this.retries = 0;
        if (parts.has('truth')) this.retryIfOver(view);
        if (parts.has('outbox')) forgetDone(view);
        this.changed.fire(parts);
      }),
    );
  }

  /** A room of this computer is never over for its owner: the host may just not have claimed it yet. */
  private retryIfOver(view: MovableView): void {
    if (this.ref.kind !== 'own' || view.truth.kind !== 'over') return;
    const { clock, random } = this.options;
    const delayMs = backoffDelayMs(this.retries, { firstMs: 500, maxMs: 15_000, random });
    this.retries += 1;
    this.retry?.dispose();
    this.retry = clock.after(delayMs, () => void this.rejoin());
  }

  private detach(): MovableView | undefined {
    const view = this.current;
    if (!view) return undefined;
    this.viewDisposables.dispose();
    this.current = undefined;
    const open = view.outbox.filter((item) => !isSettled(item));
    const at = this.options.clock.now();
    this.leftBehind = [
      ...this.leftBehind,
      ...view.outbox.filter((item) => isSettled(item) && item.status !== 'done'),
      ...open.map((item): OutboxItem => ({ ...item, status: 'unknown', at })),
    ];
    return view;
  }

  private logFailure(what: string, error: unknown): void {
    this.options.log.warn(`${what} failed`, { session: refKey(this.ref), error: errorText(error) });
  }
}

/** Nobody asks for what is long done; every change tells the whole outbox. */
function forgetDone(view: RoomView): void {
  const done = view.outbox.filter(
    ({ kind, status }) => status === 'done' && (kind === 'prompt' || kind === 'answer'),
  );
  for (const { id } of done.slice(0, -MAX_DONE)) view.forget(id);
}

/** Relay of the new link if both lead to one room. */
function relayOfSameRoom(before: string | undefined, after: string): string | undefined {
  if (before === undefined) return undefined;
  try {
    const { room, relay } = parseLink(after);
    return parseLink(before).room === room ? relay : undefined;
  } catch {
    return undefined;
  }
}
