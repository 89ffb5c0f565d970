// `send --wait`: waits for the answer to a prompt, says what it waits for, and ends where it cannot go on by itself.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { waitForChange } from '../../client/waitForChange.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import { statusOf } from '../../protocol/openValues.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { RoomView } from '../../session/view.ts';
import { notOpen, promptTakenBack } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { type Blocker, blockerKey, blockersOf, blockerText, needsPerson } from '../join/blocked.ts';
import { whole } from '../text/entryText.ts';

/** Between two words of what is waited for, its entry may come: a request is said with what it asks. */
const CALM_MS = 500;
/** A problem counts once it has stood for so long while nothing was started. */
const PROBLEM_MS = 2_000;

/** A prompt that has left the queue for nothing is gone after this time. */
const GONE_MS = 5_000;

/** The turn that a prompt belongs to, and what was said in it. */
export interface Answer {
  readonly turn: EntryOf<'turn'>;
  readonly texts: readonly string[];
}

/** How a wait ended. */
export type Waited =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'blocked'; readonly blocker: Blocker };

/** How to wait. */
export interface SendWaitOptions {
  readonly promptId: string;
  /** Ends as soon as somebody has to do something. */
  readonly exitWhenBlocked: boolean;
}

/** Waits; rejects with AppError if the room is over, the session has ended, or the prompt was taken back. */
export async function waitForAnswer(
  io: Pick<CliIo, 'clock' | 'signal'>,
  view: RoomView,
  { promptId, exitWhenBlocked }: SendWaitOptions,
): Promise<Waited> {
  const { clock, signal } = io;
  let wasQueued = false;
  let calmAt = clock.monotonic();
  let goneAt = clock.monotonic();
  /** A problem of an earlier start stands until the start for this prompt has gone well. */
  const lasts = (blocker: Blocker, status: string): boolean => {
    if (blocker.kind !== 'problem') return true;
    if (status === 'starting' || status === 'working') calmAt = clock.monotonic();
    return clock.monotonic() - calmAt >= PROBLEM_MS;
  };
  const look = (): Waited | undefined => {
    const answer = answerTo(view, promptId);
    if (answer === 'none' || answer === 'begun') {
      const { state } = view;
      if (state?.kind !== 'session') return undefined;
      const { id, problem } = state.session;
      const status = statusOf(state.session.status);
      if (!problem) calmAt = clock.monotonic();
      const blocker = exitWhenBlocked && blockersOf(view, promptId, clock.now()).find(needsPerson);
      if (blocker && lasts(blocker, status)) return { kind: 'blocked', blocker };
      if (status === 'ended') throw notOpen(id, true);
      const isQueued = state.queue.some((one) => one.promptId === promptId);
      wasQueued ||= isQueued;
      // What the agent was handed is in neither place for a moment, but then the session is at work.
      const isGone = answer === 'none' && wasQueued && !isQueued && state.queueMore === undefined;
      if (!isGone || status !== 'idle') goneAt = clock.monotonic();
      if (clock.monotonic() - goneAt >= GONE_MS) throw promptTakenBack();
      return undefined;
    }
    return { kind: 'answered', answer };
  };
  const ticks = new Emitter<void>();
  const ticking = clock.every(CALM_MS, () => ticks.fire());
  try {
    return await waitForChange({
      ...{ clock, signal, events: [view.onDidChange, ticks.event] },
      look: () => {
        const waited = look();
        if (waited === undefined && view.truth.kind === 'over') throw view.truth.error;
        return waited;
      },
    });
  } finally {
    ticking.dispose();
    ticks.dispose();
  }
}

/** Says on stderr what is waited for, each thing once, until it is disposed. */
export function sayBlockers(
  io: Pick<CliIo, 'clock' | 'stderr'>,
  view: RoomView,
  { promptId, exitWhenBlocked, target }: SendWaitOptions & { readonly target: string },
): Disposable {
  const disposables = new DisposableStore();
  const said = new Set<string>();
  let due: Disposable | undefined;
  const tell = (): void => {
    due = undefined;
    if (view.truth.kind === 'over' || typeof answerTo(view, promptId) !== 'string') return;
    // What ends the wait is said at its end.
    const blockers = blockersOf(view, promptId, io.clock.now()).filter(
      (blocker) => !exitWhenBlocked || !needsPerson(blocker),
    );
    const keys = new Set(blockers.map(blockerKey));
    for (const blocker of blockers) {
      if (said.has(blockerKey(blocker))) continue;
      io.stderr.write(`${PRODUCT_ID}: ${blockerText(blocker, view, target)}\n`);
    }
    const wasAway = [...said].some((key) => key.startsWith('connection '));
    if (wasAway && view.truth.kind === 'live') io.stderr.write(`${PRODUCT_ID}: live again\n`);
    // What is over is said again when it comes again.
    said.clear();
    for (const key of keys) said.add(key);
  };
  const look = (): void => {
    due ??= io.clock.after(CALM_MS, tell);
  };
  disposables.defer(() => due?.dispose());
  disposables.add(view.onDidChange(look));
  look();
  return disposables;
}

/** What `--json` says of what keeps a prompt waiting, beside `promptId` and `outcome`. */
export function blockerJson(blocker: Blocker): { readonly [key: string]: Json } {
  switch (blocker.kind) {
    case 'request': {
      const { pending, entry } = blocker;
      return { request: asJson(entry ?? pending) };
    }
    case 'held':
    case 'stopped':
      return { held: true };
    case 'others':
      return { others: asJson(blocker.others) };
    case 'problem': {
      const { said: _, ...problem } = blocker.problem;
      return { problem: asJson(problem) };
    }
    case 'wait':
      return { wait: asJson(blocker.wait) };
    case 'connection':
      return { reason: blocker.text };
  }
}

/** Entries and state are JSON by their schemas, which their types do not say. */
function asJson(value: object): Json {
  return parseJson(JSON.stringify(value)) ?? null;
}

/** The answer; 'none' if the prompt is not in the transcript yet, 'begun' if its turn has not ended. */
function answerTo(view: RoomView, promptId: string): Answer | 'none' | 'begun' {
  const begin = view.entries.findIndex(
    ({ entry }) =>
      entry.kind === 'prompt' && (entry.promptId === promptId || entry.id === promptId),
  );
  if (begin < 0) return 'none';
  const texts: string[] = [];
  for (const { entry } of view.entries.slice(begin)) {
    if (entry.kind === 'text' && entry.parent === undefined) texts.push(whole(entry));
    if (entry.kind === 'turn') return { turn: entry, texts };
  }
  return 'begun';
}
