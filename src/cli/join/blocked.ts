// What keeps a prompt from being answered: somebody has to decide, the session has a problem, or nobody is heard.
import { type FactSource, may } from '../../client/rooms/sessionFacts.ts';
import { viewStanding } from '../../client/panel/panelModel.ts';
import { untranslated } from '../../client/translate.ts';
import { causeText } from '../../client/standing/waitWords.ts';
import { holdReasonOf, requestKindOf } from '../../protocol/openValues.ts';
import type { Others, Problem, QueueHold, SessionState } from '../../protocol/state.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { Wait } from '../../protocol/wait.ts';
import type { RoomView, Truth } from '../../session/view.ts';
import { oneLine } from '../io.ts';
import { requestText } from '../text/entryText.ts';
import { othersText, othersVerbs, truthText, waitLine } from './terminalStatus.ts';

/** Problems that pass by themselves: they are said, and the wait goes on. */
const PASSING: ReadonlySet<string> = new Set(['agent-finishing', 'agent-silent']);

/** One thing that is waited for. */
export type Blocker =
  /** A permission, plan or question; its entry, once that is here. */
  | {
      readonly kind: 'request';
      readonly pending: SessionState['pending'][number];
      readonly entry: EntryOf<'request'> | undefined;
    }
  /** The prompt itself is held: control has passed on since it was sent. */
  | { readonly kind: 'held' }
  /** Nothing of the queue runs: somebody pressed Stop, or a turn failed. */
  | { readonly kind: 'stopped'; readonly hold: QueueHold }
  /** Another process is on the conversation. */
  | { readonly kind: 'others'; readonly others: Others; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** The agent waits, for a limit or a service. */
  | { readonly kind: 'wait'; readonly wait: Wait; readonly text: string }
  /** The picture is not live. */
  | { readonly kind: 'connection'; readonly text: string };

/** Everything that a prompt waits for now, what a person has to do first; `now`: wall time of this device, ms. */
export function blockersOf(view: RoomView, promptId: string, now: number): readonly Blocker[] {
  const { state, truth } = view;
  const text = isCalm(truth) ? '' : truthText(truth, viewStanding(view, 0, untranslated));
  const connection: Blocker[] = text === '' ? [] : [{ kind: 'connection', text }];
  if (state?.kind !== 'session') return connection;
  const { problem, wait, others } = state.session;
  const waits = waitLine(viewStanding(view, 0, untranslated), now);
  const queued = state.queue.find((one) => one.promptId === promptId);
  const hold = queued && state.session.queueHold;
  return [
    ...state.pending.map((pending): Blocker => {
      const { requestId } = pending;
      const placed = view.entries.findLast(
        ({ entry }) => entry.kind === 'request' && entry.requestId === requestId,
      );
      const entry = placed?.entry.kind === 'request' ? placed.entry : undefined;
      return { kind: 'request', pending, entry };
    }),
    ...(queued?.held === true ? [{ kind: 'held' as const }] : []),
    ...(hold ? [{ kind: 'stopped' as const, hold }] : []),
    ...(others?.holds === true
      ? [{ kind: 'others' as const, others, text: othersText(state.session) }]
      : []),
    ...(problem ? [{ kind: 'problem' as const, problem }] : []),
    ...(wait && waits !== '' ? [{ kind: 'wait' as const, wait, text: waits }] : []),
    ...connection,
  ];
}

/** Nothing to be said of: it is live, on the way to be, or its end is told as an error. */
function isCalm(truth: Truth): boolean {
  const isComing = truth.kind === 'unconfirmed' && truth.locked !== true;
  return isComing || ['live', 'connecting', 'over'].includes(truth.kind);
}

/** Whether the wait ends only when somebody does something. */
export function needsPerson(blocker: Blocker): boolean {
  switch (blocker.kind) {
    case 'request':
    case 'held':
    case 'stopped':
      return true;
    case 'others':
      return blocker.others.choice === undefined;
    case 'problem':
      return !PASSING.has(blocker.problem.code);
    case 'wait':
    case 'connection':
      return false;
  }
}

/** One text per blocker: what was said once is not said again. */
export function blockerKey(blocker: Blocker): string {
  switch (blocker.kind) {
    case 'request':
      return `request ${blocker.pending.requestId}`;
    case 'held':
      return blocker.kind;
    case 'stopped':
      return `stopped ${blocker.hold.why} ${blocker.hold.cause ?? ''}`;
    case 'others':
      return `others ${blocker.text}`;
    case 'problem':
      return `problem ${blocker.problem.code} ${blocker.problem.happened}`;
    case 'wait':
      return `wait ${blocker.text}`;
    case 'connection':
      return `connection ${blocker.text}`;
  }
}

/** What is waited for and what to do, on one line. `target`: what `join` is called with. */
export function blockerText(blocker: Blocker, view: FactSource, target: string): string {
  switch (blocker.kind) {
    case 'request':
      return oneLine(requestWords(blocker, view, target));
    case 'held':
      return `waits: control has passed on since the prompt was sent. To let it run: “twinhelm join ${target}”, then /unhold.`;
    case 'stopped':
      return `waits: ${holdCause(blocker.hold)}, which holds what waits. To let it go on: “twinhelm join ${target}”, then /go.`;
    case 'others':
      return oneLine(
        `waits: ${blocker.text} To choose: “twinhelm join ${target}”, then ${othersVerbs(blocker.others)}.`,
      );
    case 'problem': {
      const { happened, kept, remedy } = blocker.problem;
      return oneLine(`waits: ${[happened, kept, remedy].filter(Boolean).join(' ')}`);
    }
    case 'wait':
    case 'connection':
      return `waits: ${blocker.text}`;
  }
}

function holdCause({ why, cause }: QueueHold): string {
  if (holdReasonOf(why) === 'stop') return 'somebody pressed Stop';
  const words = cause === undefined ? '' : ` (${causeText(cause, untranslated)})`;
  return `the turn before it failed${words}`;
}

function requestWords(
  { pending, entry }: Extract<Blocker, { kind: 'request' }>,
  view: FactSource,
  target: string,
): string {
  const what = entry ? requestText(entry) : `? ${pending.request}: ${pending.tool}`;
  const kind = requestKindOf(pending.request);
  const mayAnswer = may(view, 'approve') || (kind === 'question' && may(view, 'prompt'));
  const allow = '/allow or /deny';
  const verb = {
    ...{ question: '/answer TEXT', unknown: '/deny', permission: allow, plan: allow },
    form: '/field N VALUE and /allow, or /deny',
  }[kind];
  const how = mayAnswer
    ? `To answer: “twinhelm join ${target}”, then ${verb}; or in VS Code.`
    : 'Its owner has to answer it.';
  return `waits for an answer ${what.replace(/^\? /, 'to a ')}. ${how}`;
}
