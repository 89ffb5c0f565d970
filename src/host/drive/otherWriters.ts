// [U] Others on a session's conversation: while they are there, what waits is held; what becomes of it is the owner's choice.
import type { Disposable } from '../../base/disposable.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { isAppError } from '../../base/errors.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Agent, SeenOthers, WritersWatch } from '../../protocol/agent.ts';
import { problemOf } from '../../protocol/said.ts';
import type { Writer, WritersChoice } from '../../protocol/state.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import { cameNotice, leftNotice, partedNotice, takenInNotice } from './writerNotices.ts';

/** What the others of a session are seen with. */
export interface OtherWritersOptions {
  readonly recorder: SessionRecorder;
  readonly agent: Pick<Agent, 'watchWriters'>;
  readonly env: Readonly<Record<string, string>>;
  /** Whether our agent has a turn under way: it goes on, and what was chosen waits for its end. */
  readonly isAtWork: () => boolean;
  /** Ends our agent, so that nothing of it runs while the work is done; the next prompt starts it again. */
  readonly withoutAgent: (work: () => Promise<void>) => void;
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

  /** [Z3] What the owner wants; throws AppError 'invalid-input' if nobody is there. */
  choose(choice: WritersChoice, author: Author): void {
    this.choice = choice;
    this.chooser = author;
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
    this.carryOut(this.choice === 'fork' ? 'fork' : 'take-in');
  }

  dispose(): void {
    this.isDisposed = true;
    this.watched?.watch.dispose();
    this.watched = undefined;
  }

  private get seen(): SeenOthers | undefined {
    return this.watched?.watch.others;
  }

  private async followNow(): Promise<void> {
    const { recorder, agent, env } = this.options;
    const { agentSessionId, cwd, theirs } = recorder.stored;
    if (this.isDisposed || agentSessionId === undefined) return;
    const conversation = `${agentSessionId} ${cwd}`;
    if (this.watched?.conversation === conversation) return;
    // Of a conversation that is left for another one nothing is to be settled.
    const isSame = this.watched?.conversation.startsWith(agentSessionId) !== false;
    const marks = isSame ? (theirs ?? []) : [];
    this.watched?.watch.dispose();
    this.watched = undefined;
    const watch = await agent.watchWriters?.({ agentSessionId, cwd }, env, marks);
    if (watch === undefined) return;
    if (this.isDisposed) return watch.dispose();
    this.watched = { conversation, watch };
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
    this.choice = undefined;
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
    });
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
    this.isSettling = true;
    withoutAgent(async () => {
      try {
        if (choice === 'fork') await this.part();
        else await this.takeIn();
        this.choice = undefined;
      } catch (error) {
        log.warn('the choice about others was not carried out', { error: errorText(error) });
        this.choice = undefined;
        if (isAppError(error)) recorder.setProblem(problemOf({ code: error.code, ...error.words }));
      } finally {
        this.isSettling = false;
        this.look();
        if (!this.holds) this.options.onDidRelease();
      }
    });
  }

  private async takeIn(): Promise<void> {
    const { watched } = this;
    const { recorder } = this.options;
    if (watched === undefined) return;
    const entries = await watched.watch.theirs();
    const seen = watched.watch.others;
    for (const writer of seen?.writers ?? []) this.welcome.add(keyOf(writer));
    recorder.recordReported(entries);
    watched.watch.settle();
    const isThere = seen?.writers.some(({ left }) => left !== true) === true;
    recorder.notice(takenInNotice({ count: entries.length, isThere }, this.chooser));
  }

  private async part(): Promise<void> {
    const { watched } = this;
    const { recorder } = this.options;
    if (watched === undefined) return;
    const agentSessionId = await watched.watch.part();
    recorder.update({ agentSessionId, theirs: undefined });
    recorder.notice(partedNotice(this.chooser));
    await this.followNow();
  }
}

function keyOf({ pid, where, since }: Writer): string {
  return pid === undefined ? where : `${pid} ${since}`;
}
