// The commands of `join` in a terminal: what a line that begins with a slash sends.
import { requestKindOf, roleOf } from '../../protocol/openValues.ts';
import type { Question } from '../../protocol/entryParts.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { Queued } from '../../protocol/state.ts';
import type { RoomView } from '../../session/view.ts';
import {
  answersMissing,
  noAddress,
  noQuestion,
  nothingInBackground,
  nothingQueued,
  severalQueued,
  nothingPending,
  severalPending,
  textMissing,
  unknownMove,
  unknownVerb,
  wantsAnswer,
} from '../errors.ts';
import type { ScriptInput } from '../../protocol/local/script.ts';
import { rulesOfOwners } from './errors.ts';
import { answerOptions } from './answerOptions.ts';
import { contentOfJson, FormDrafts } from './formDrafts.ts';
import { pendingRequests, type SendingInput } from './viewActions.ts';

/** A line of the terminal as a verb of the scripting interface. */
export type TerminalVerb = SendingInput & Pick<ScriptInput, 'answer'>;

/** The verb of `/name rest`. Throws AppError 'usage' | 'invalid-input' before anything is sent. */
export function verbOf(
  view: RoomView,
  name: string,
  rest: string,
  drafts: FormDrafts = new FormDrafts(),
): TerminalVerb {
  switch (name) {
    case 'request':
    case 'release':
    case 'take':
      return { control: name };
    case 'stop':
      return { interrupt: true };
    case 'give':
      return { give: needed(name, rest) };
    case 'admit':
      return { allow: needed(name, rest) };
    case 'allow-unseen': {
      const request = chosen(view, rest.trim() || undefined);
      const { requestId } = request;
      if (requestKindOf(request.request) === 'question') throw wantsAnswer();
      const filled = drafts.content(request);
      return { answer: { requestId, behavior: 'allow', unseen: true, ...filled } };
    }
    case 'open': {
      const { requestId, form } = chosen(view, rest.trim() || undefined);
      if (form?.url === undefined) throw noAddress();
      return { answer: { requestId, behavior: 'allow', open: true } };
    }
    case 'allow':
    case 'deny': {
      const [, number, message = ''] = /^(?:(\d+)(?:\s+|$))?(.*)$/s.exec(rest) ?? [];
      const request = chosen(view, number);
      // To allow a question without an answer would answer it with nothing.
      if (name === 'allow' && requestKindOf(request.request) === 'question') throw wantsAnswer();
      const { requestId } = request;
      if (name === 'deny') {
        const text = message === '' ? {} : { message };
        return { answer: { requestId, behavior: name, ...text } };
      }
      const { chosen: choices, rest: words } = answerOptions(request, message);
      if (choices.remember !== undefined && view.me && roleOf(view.me.role) !== 'owner')
        throw rulesOfOwners();
      const text = words === '' ? {} : { message: words };
      const filled = drafts.content(request);
      return { answer: { requestId, behavior: name, ...text, ...choices, ...filled } };
    }
    case 'edit': {
      const [, number = '', text = ''] =
        /^(?:(\d+)(?:\s+|$))?(.*)$/s.exec(needed(name, rest)) ?? [];
      return { edit: { promptId: queued(view, number).promptId, text: needed(name, text) } };
    }
    case 'move': {
      const [, number = '', place] = /^(\d+)(?:\s+(\d+))?$/.exec(needed(name, rest)) ?? [];
      if (number === '') throw unknownMove();
      const { promptId } = queued(view, number);
      const before = place === undefined ? {} : { before: queued(view, place).promptId };
      return { move: { promptId, ...before } };
    }
    case 'stop-task': {
      const tasks = view.state?.kind === 'session' ? (view.state.session.tasks ?? []) : [];
      const task = tasks[rest.trim() === '' && tasks.length === 1 ? 0 : Number(rest) - 1];
      if (task === undefined) throw nothingInBackground();
      return { stopTask: task.taskId };
    }
    case 'go':
      return { queue: 'go-on' };
    case 'clear':
      return { queue: 'clear' };
    case 'cancel':
    case 'now':
    case 'unhold':
      return { [name]: queued(view, rest).promptId };
    case 'folder':
      return { folder: needed(name, rest) };
    case 'take-in':
    case 'fork':
    case 'wait':
      return { others: rest.trim() === '--force' ? { choice: name, force: true } : name };
    case 'answer':
      return answerOf(view, needed(name, rest));
    default:
      throw unknownVerb(name);
  }
}

function needed(name: string, rest: string): string {
  if (rest.trim() === '') throw textMissing(name);
  return rest.trim();
}

/** The request with this number; without one the only that waits. Throws AppError 'invalid-input'. */
export function chosen(view: RoomView, number: string | undefined): EntryOf<'request'> {
  const pending = pendingRequests(view);
  if (number === undefined && pending.length > 1) throw severalPending();
  const found = pending[number === undefined ? 0 : Number(number) - 1];
  if (found === undefined) throw nothingPending();
  return found;
}

/** The prompt with this number in the queue; without one the only that waits. */
function queued(view: RoomView, rest: string): Queued {
  const queue = view.state?.kind === 'session' ? view.state.queue : [];
  const number = rest.trim();
  if (number === '' && queue.length > 1) throw severalQueued();
  const found = queue[number === '' ? 0 : Number(number) - 1];
  if (found === undefined) throw nothingQueued();
  return found;
}

/** Answers the oldest question; never anything else that waits: that would allow it. */
function answerOf(view: RoomView, text: string): TerminalVerb {
  const filled = text.startsWith('{') ? contentOfJson(view, text) : undefined;
  if (filled !== undefined) return { answer: { behavior: 'allow', ...filled } };
  const request = pendingRequests(view).find((one) => requestKindOf(one.request) === 'question');
  const questions = request?.questions ?? [];
  if (request === undefined || questions.length === 0) throw noQuestion();
  const parts = questions.length === 1 ? [text] : text.split(';').map((part) => part.trim());
  if (parts.length !== questions.length || parts.includes('')) {
    throw answersMissing(questions.length);
  }
  const chosenOf = questions.map(
    (question, i) => [question.question, wordsOf(question, parts[i] ?? '')] as const,
  );
  const answers = Object.fromEntries(
    chosenOf.map(([question, words]) => [
      question,
      typeof words === 'string' ? words : words.join(', '),
    ]),
  );
  const hasLists = chosenOf.some(([, words]) => typeof words !== 'string');
  const content = hasLists ? { content: Object.fromEntries(chosenOf) } : {};
  return { answer: { requestId: request.requestId, behavior: 'allow', answers, ...content } };
}

/** The options that numbers stand for, a list where several may be chosen; else the text itself. */
function wordsOf(question: Question, text: string): string | readonly string[] {
  const isSeveral = question.multiSelect === true;
  const numbers = isSeveral ? text.split(',') : [text];
  const labels = numbers.map((number) => question.options[Number(number) - 1]?.label);
  if (!labels.every((label) => label !== undefined)) return text;
  return isSeveral ? labels : (labels[0] ?? text);
}
