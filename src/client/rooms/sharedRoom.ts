// A room that this window has joined: its view, which follows where the room is and under which secrets it is written.
import { backoffDelayMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { AppError } from '../../base/errors.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { isSettled, type OutboxItem, type RoomView, type ViewPart } from '../../session/view.ts';
import { asAppError } from '../errors.ts';
import { waitForView } from '../waitForChange.ts';
import { DelegatingView } from './delegatingView.ts';
import type { JoinTarget, MovableView, RoomTarget } from './joinTarget.ts';
import type { LinkSource } from './linkSource.ts';
import { relayOfSameRoom } from './movedLink.ts';
import { refKey, type SessionRef } from './sessionRef.ts';

/** Prompts and answers that were done: so many of the newest stay, as what they changed may show later. */
const MAX_DONE = 16;
/** A secret that the directory does not bring by itself is asked for this often. */
const ASK_AGAIN_MS = 5_000;
/** Another link is tried for so long beside a view that works. */
const TRY_MS = 30_000;

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
  private readonly closed = new Emitter<void>();
  private viewDisposables = new DisposableStore();
  private current: MovableView | undefined;
  /** The last picture, and what shows it: until the view that was joined after it has one of its own. */
  private kept: MovableView | undefined;
  private keptView: RoomView | undefined;
  private failure: AppError | undefined;
  private links: LinkSource | undefined;
  private following: Disposable | undefined;
  private asking: Disposable | undefined;
  private target: RoomTarget | undefined;
  /** A link that was tried while another one worked, and did not. */
  private refusedLink: string | undefined;
  private incoming: MovableView | undefined;
  private tried: Promise<AppError | undefined> | undefined;
  private retry: Disposable | undefined;
  private retries = 0;
  private attempt = 0;
  private isClosed = false;
  private leftBehind: readonly OutboxItem[];

  /** The room was closed, by whomever. */
  readonly onDidClose: Event<void> = this.closed.event;
  /** Parts of the view changed; all of them if it is another view, or none. */
  readonly onDidChange: Event<ReadonlySet<ViewPart>> = this.changed.event;

  constructor(options: SharedRoomOptions) {
    this.ref = options.ref;
    this.options = options;
    this.leftBehind = options.leftBehind ?? [];
  }

  /** The joined view, with the picture of the one before until it has its own; undefined before the first one. */
  get view(): RoomView | undefined {
    return this.keptView ?? this.current;
  }

  /** How the try of another link goes while the one before still works: why that one stays, if it does. */
  get trying(): Promise<AppError | undefined> | undefined {
    return this.tried;
  }

  /** Why there is no view, if a join failed for good. */
  get error(): AppError | undefined {
    return this.failure;
  }

  /** Whether a link is known: without one its computer's host does not run. */
  get hasLink(): boolean {
    return this.target !== undefined;
  }

  /** The link by which the room is reached: secret. */
  get link(): string | undefined {
    return this.target?.link;
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

  /** Follows where its links say that it is, from now on: every address and every secret. */
  follow(links: LinkSource): void {
    this.links = links;
    this.following?.dispose();
    this.following = links.onDidChange(() => this.setTarget(links.targetOf(this.ref)));
    this.setTarget(links.targetOf(this.ref));
  }

  /** Says where the room is now; a membership that still holds follows in place. */
  setTarget(target: RoomTarget | undefined): void {
    if (this.isClosed || !target || target.link === this.refusedLink) return;
    this.refusedLink = undefined;
    this.tried = undefined;
    const before = this.target;
    const view = this.current;
    this.target = target;
    if (target.link === before?.link) {
      if (target.epochs) view?.addEpochs(target.epochs);
      return;
    }
    const relay = this.failure ? undefined : relayOfSameRoom(before?.link, target.link);
    // Another link to somebody's session may be a better one: its right is asked for by joining anew.
    if (this.ref.kind === 'joined' && before && view?.state && !this.isOver) {
      this.tried = this.tryBeside(target, before);
    } else if (relay === undefined || this.ref.kind === 'joined' || !view?.me || this.isOver) {
      void this.rejoin();
    } else {
      view.setRelay(relay);
      if (target.epochs) view.addEpochs(target.epochs);
    }
  }

  /** Joins again, e.g. after it was over. What was seen stays until the new view shows something. */
  async rejoin(): Promise<void> {
    const attempt = this.begin();
    const { target } = this;
    this.failure = undefined;
    const old = this.detach();
    this.changed.fire(ALL_PARTS);
    if (old) await old.close().catch((error: unknown) => this.logFailure('close', error));
    if (target === undefined || !this.isNewest(attempt)) return;
    try {
      const view = await this.options.join(target);
      if (!this.isNewest(attempt)) return void (await view.close());
      this.attach(view);
    } catch (error) {
      if (!this.isNewest(attempt)) return;
      this.logFailure('join', error);
      this.failure = asAppError(error);
    }
    this.changed.fire(ALL_PARTS);
  }

  /** Closes the connection; with `leave` the member goes for good. */
  async close(options: { readonly leave?: boolean } = {}): Promise<void> {
    this.isClosed = true;
    this.begin();
    this.following?.dispose();
    const view = this.current;
    this.viewDisposables.dispose();
    this.asking?.dispose();
    this.current = undefined;
    this.showKept(undefined);
    this.closed.fire();
    this.closed.dispose();
    this.changed.dispose();
    await view?.close(options).catch((error: unknown) => this.logFailure('close', error));
  }

  private begin(): number {
    this.retry?.dispose();
    void this.incoming?.close();
    this.incoming = undefined;
    return (this.attempt += 1);
  }

  private isNewest(attempt: number): boolean {
    return !this.isClosed && attempt === this.attempt;
  }

  /** The link is tried first: the view that works is given up once the new one is in. Why it is not. */
  private async tryBeside(target: RoomTarget, before: RoomTarget): Promise<AppError | undefined> {
    const attempt = this.begin();
    let view: MovableView | undefined;
    try {
      view = await this.options.join(target);
      if (this.isNewest(attempt)) this.incoming = view;
      await waitForView(view, () => view?.state && view.me, {
        clock: this.options.clock,
        timeoutMs: TRY_MS,
      });
    } catch (error) {
      await view?.close();
      if (!this.isNewest(attempt)) return undefined;
      this.logFailure('join', error);
      this.target = before;
      this.refusedLink = target.link;
      return asAppError(error);
    }
    if (!this.isNewest(attempt)) return void (await view.close());
    this.incoming = undefined;
    const old = this.detach();
    this.attach(view);
    this.changed.fire(ALL_PARTS);
    await old?.close().catch((error: unknown) => this.logFailure('close', error));
    return undefined;
  }

  private attach(view: MovableView): void {
    this.viewDisposables = new DisposableStore();
    this.current = view;
    if (view.state) this.showKept(undefined);
    // They may have come while it was being joined.
    if (this.target?.epochs) view.addEpochs(this.target.epochs);
    this.viewDisposables.add(
      view.onDidChange((parts) => {
        if (view.state) this.retries = 0;
        if (parts.has('truth')) {
          this.retryIfOver(view);
          this.followLock(view);
        }
        if (parts.has('outbox')) forgetDone(view);
        const isFirst = this.kept !== undefined && view.state !== undefined;
        if (isFirst) this.showKept(undefined);
        this.changed.fire(isFirst ? ALL_PARTS : parts);
      }),
    );
  }

  /** [P6] The directory brings a new secret by itself, but has no room for every session: then it is asked. */
  private followLock({ truth }: MovableView): void {
    const { links } = this;
    const isLocked = truth.kind === 'unconfirmed' && truth.locked === true;
    if (isLocked && (this.asking || !links?.refresh)) return;
    this.asking?.dispose();
    this.asking = undefined;
    if (!isLocked) return;
    const ask = (): void => {
      links?.refresh?.(this.ref).catch((error: unknown) => this.logFailure('key', error));
    };
    this.asking = this.options.clock.every(ASK_AGAIN_MS, ask);
    ask();
  }

  /** Shows the picture of a view that is closed, with the truth of the one that follows it. */
  private showKept(kept: MovableView | undefined): void {
    this.kept = kept;
    this.keptView =
      kept &&
      new DelegatingView({
        commands: () => this.current ?? kept,
        picture: () => (this.isOver ? kept : { ...pictureOf(kept), me: undefined }),
        truth: () =>
          this.failure
            ? { kind: 'over', error: this.failure }
            : (this.current?.truth ?? { kind: 'connecting' }),
        onDidChange: this.changed.event,
      });
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
    this.asking?.dispose();
    this.asking = undefined;
    this.current = undefined;
    if (view.state) this.showKept(view);
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

function pictureOf({
  state,
  entries,
  live,
}: RoomView): Pick<RoomView, 'state' | 'entries' | 'live'> {
  return { state, entries, live };
}
