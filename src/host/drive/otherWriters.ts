// [U] Others on a session's conversation: while they are there, what waits is held; what becomes of it is the owner's choice.
import type { Disposable } from '../../base/disposable.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { isAppError } from '../../base/errors.ts';
import type { StoredSession } from '../journal/sessionTables.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Agent, SeenOthers, WritersWatch } from '../../protocol/agent.ts';
import { problemOf } from '../../protocol/said.ts';
import type { Writer, WritersChoice } from '../../protocol/state.ts';
import type { Author } from '../../protocol/entryParts.ts';
import { tellBroken } from '../session/backgroundTasks.ts';
import { beingSettled } from '../session/refusals.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import { choiceFailed } from '../errors.ts';
import { cameNotice, leftNotice, partedNotice, takenInNotice } from './writerNotices.ts';

/** What the others of a session are seen with. */
export interface OtherWritersOptions {
  readonly recorder: SessionRecorder;
  readonly agent: Pick<Agent, 'watchWriters'>;
  readonly env: Readonly<Record<string, string>>;
  /** Whether our agent has a turn under way: it goes on, and what was chosen waits for its end. */
  readonly isAtWork: () => boolean;
  /** Ends our agent, so that nothing of it runs while the work is done; the next prompt starts it again. `isTold`: what ends behind it is said. */
  readonly withoutAgent: (work: () => Promise<void>, isTold: boolean) => void;
  /** What waits may be handed over again. */
  readonly onDidRelease: () => void;
  readonly log: Logger;
}

/** Follows the others on one session's conversation. */
export class OtherWriters implements Disposable {
  private readonly options: OtherWritersOptions;
  private watched: { readonly conversation: string; readonly watch: WritersWatch } | undefined;
  private opening: Promise<void> = Promise.resolve();
  private isDisposed = false;
  private choice: WritersChoice | undefined;
  private chooser: Author | undefined;
  /** [Z6] What runs in the background is not waited for. */
  private isForced = false;
  private hasFailed = false;
  private isSettling = false;
  private holds = false;
  /** Who was there when the owner said to go on all the same. */
  private readonly welcome = new Set<string>();
  private readonly announced = new Set<string>();

  constructor(options: OtherWritersOptions) {
    this.options = options;
  }

  /** [Z2] Nothing may be handed to the agent now. */
  get isHolding(): boolean {
    return this.holds || this.isSettling;
  }

  /** Processes that the owner knows of: an agent may be started beside them. */
  get beside(): readonly number[] {
    return (this.seen?.writers ?? []).flatMap((writer) =>
      writer.pid !== undefined && this.welcome.has(keyOf(writer)) ? [writer.pid] : [],
    );
  }

  /** Whether an entry of the transcript is others', and nobody has taken it in. */
  isTheirs(entryId: string): boolean {
    return this.watched?.watch.isTheirs(entryId) === true;
  }

  /** Watches the session's conversation as it is named now; resolves when what is there is known. */
  follow(): Promise<void> {
    this.opening = this.opening
      .then(() => this.followNow())
      .catch((error: unknown) => {
        this.options.log.warn('others are not seen', { error: errorText(error) });
      });
    return this.opening;
  }

  /** [Z3] What the owner wants; `force`: also if background work ends with it. Throws CommandRefused while another choice is being carried out. */
  choose(choice: WritersChoice, author: Author, force = false): void {
    if (this.isSettling) throw beingSettled();
    this.isForced = force;
    this.save({ choice, by: author });
    this.look();
  }

  /** Whether there is anything to choose. */
  get isNeeded(): boolean {
    return this.seen !== undefined;
  }

  /** Looks again: somebody has come, gone or written, or our agent has ended its turn. */
  look(): void {
    if (this.isSettling || this.isDisposed) return;
    const { seen } = this;
    if (seen === undefined) return this.nobody();
    for (const writer of seen.writers) this.announce(writer);
    const isThere = seen.writers.some(({ left }) => left !== true);
    const isNew = seen.writers.some(
      (writer) => writer.left !== true && !this.welcome.has(keyOf(writer)),
    );
    const hasWritten = (seen.messages ?? 0) > 0;
    if (this.choice === undefined && hasWritten) this.welcome.clear();
    this.holds = hasWritten || isNew;
    this.publish(seen);
    if (this.choice === undefined || this.options.isAtWork()) return;
    if (this.choice === 'wait' && isThere) return;
    // [G3] Nothing that runs behind the conversation ends unasked: what was chosen waits for it.
    if (this.options.recorder.stored.tasks !== undefined && !this.isForced) return;
    this.carryOut(this.choice === 'fork' ? 'fork' : 'take-in');
  }

  /** Says and does nothing more. */
  pause(): void {
    this.isDisposed = true;
  }

  /** [Z5] Nothing of ours runs any more, and its host goes: where the conversation ends is kept on disk. */
  async note(): Promise<void> {
    const { watched } = this;
    const { recorder, log } = this.options;
    this.watched = undefined;
    if (watched === undefined) return;
    try {
      const ourEnd = await watched.watch.end();
      this.mark(watched.watch.marks);
      if (ourEnd !== recorder.stored.ourEnd) recorder.update({ ourEnd });
    } catch (error) {
      log.warn('the end of the conversation is not known', { error: errorText(error) });
    }
    watched.watch.dispose();
  }

  /** The session is over: nothing of it is held, and whoever continues it goes on from the transcript's end. */
  dispose(): void {
    const { recorder } = this.options;
    this.isDisposed = true;
    this.watched?.watch.dispose();
    this.watched = undefined;
    this.save(undefined);
    if (recorder.stored.ourEnd !== undefined) recorder.update({ ourEnd: undefined });
    recorder.setOthers(undefined);
  }

  private get seen(): SeenOthers | undefined {
    return this.watched?.watch.others;
  }

  private async followNow(): Promise<void> {
    const { recorder, agent, env } = this.options;
    const { agentSessionId, cwd, theirs, ourEnd, writersChoice } = recorder.stored;
    if (this.isDisposed || agentSessionId === undefined) return;
    const conversation = `${agentSessionId} ${cwd}`;
    if (this.watched?.conversation === conversation) return;
    // Of a conversation that is left for another one nothing is to be settled.
    const isSame = this.watched?.conversation.startsWith(agentSessionId) !== false;
    const isFirst = this.watched === undefined;
    const before = isSame ? { marks: theirs ?? [], end: ourEnd } : { marks: [] };
    this.watched?.watch.dispose();
    this.watched = undefined;
    const watch = await agent.watchWriters?.({ agentSessionId, cwd }, env, before);
    if (watch === undefined) return;
    if (this.isDisposed) return watch.dispose();
    this.watched = { conversation, watch };
    this.choice ??= writersChoice?.choice;
    this.chooser ??= writersChoice?.by;
    // What the host before has said is not said again.
    const known = isFirst && before.marks.length > 0 ? (watch.others?.writers ?? []) : [];
    for (const writer of known) if (writer.left === true) this.announced.add(keyOf(writer));
    watch.onDidSeeWriters(() => this.look());
    this.look();
  }

  private announce(writer: Writer): void {
    const key = keyOf(writer);
    if (this.announced.has(key)) return;
    this.announced.add(key);
    this.options.recorder.notice(cameNotice(writer));
  }

  private nobody(): void {
    const { recorder, onDidRelease } = this.options;
    const wasHolding = this.holds;
    this.reset();
    if (wasHolding) recorder.notice(leftNotice());
    recorder.setOthers(undefined);
    if (wasHolding) onDidRelease();
  }

  private reset(): void {
    this.holds = false;
    this.save(undefined);
    this.welcome.clear();
    this.announced.clear();
    this.mark([]);
  }

  private publish(seen: SeenOthers): void {
    this.mark(this.watched?.watch.marks ?? []);
    this.options.recorder.setOthers({
      ...seen,
      ...(this.isHolding && { holds: true }),
      ...omitUndefined({ choice: this.choice }),
      ...(this.isForced && { force: true }),
    });
  }

  /** On disk: it is still to be done after the host has gone. */
  private save(chosen: StoredSession['writersChoice']): void {
    const { recorder } = this.options;
    this.choice = chosen?.choice;
    this.chooser = chosen?.by;
    if (chosen === undefined) this.isForced = false;
    const isKnown = chosen === undefined && recorder.stored.writersChoice === undefined;
    if (!isKnown) recorder.update({ writersChoice: chosen });
  }

  /** On disk: another host is to know theirs from ours. */
  private mark(marks: readonly string[]): void {
    const { recorder } = this.options;
    const known = recorder.stored.theirs ?? [];
    if (known.length === marks.length && known.every((one, at) => one === marks[at])) return;
    recorder.update({ theirs: marks.length === 0 ? undefined : [...marks] });
  }

  private carryOut(choice: 'take-in' | 'fork'): void {
    const { recorder, withoutAgent, log } = this.options;
    const { chooser } = this;
    this.isSettling = true;
    const isTold = recorder.stored.tasks !== undefined && chooser !== undefined;
    if (isTold) tellBroken(recorder, chooser, 'others');
    withoutAgent(async () => {
      try {
        if (choice === 'fork') await this.part(chooser);
        else await this.takeIn(chooser);
        // Nothing is left of what held it.
        this.holds = false;
        if (this.hasFailed) recorder.setProblem(undefined);
        this.hasFailed = false;
      } catch (error) {
        log.warn('the choice about others was not carried out', { error: errorText(error) });
        const failed = isAppError(error) ? error : choiceFailed(errorText(error));
        recorder.setProblem(problemOf({ code: failed.code, ...failed.words }));
        this.hasFailed = true;
      } finally {
        this.save(undefined);
        this.isSettling = false;
        this.look();
        if (!this.holds) this.options.onDidRelease();
      }
    }, isTold);
  }

  private async takeIn(chooser: Author | undefined): Promise<void> {
    const { watched } = this;
    const { recorder } = this.options;
    if (watched === undefined) return;
    const entries = await watched.watch.theirs();
    const seen = watched.watch.others;
    for (const writer of seen?.writers ?? []) this.welcome.add(keyOf(writer));
    recorder.recordReported(entries);
    watched.watch.settle();
    if (recorder.stored.ourEnd !== undefined) recorder.update({ ourEnd: undefined });
    const isThere = seen?.writers.some(({ left }) => left !== true) === true;
    const isLost = entries.length === 0 && (seen?.messages ?? 0) > 0;
    recorder.notice(takenInNotice({ count: entries.length, isThere, isLost }, chooser));
  }

  private async part(chooser: Author | undefined): Promise<void> {
    const { watched } = this;
    const { recorder } = this.options;
    if (watched === undefined) return;
    const agentSessionId = await watched.watch.part();
    recorder.update({ agentSessionId, theirs: undefined, ourEnd: undefined });
    recorder.notice(partedNotice(chooser));
    await this.follow();
  }
}

function keyOf({ pid, where, since }: Writer): string {
  return pid === undefined ? where : `${pid} ${since}`;
}
