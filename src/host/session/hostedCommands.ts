// Commands to a session with an agent of ours: each takes effect once, and says by whom.
import { say } from '../../base/say.ts';
import { isAppError } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import { assertNever } from '../../base/assert.ts';
import { jsonCut } from '../../base/jsonText.ts';
import type { AgentAnswer } from '../../protocol/agent.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { isUnattendedMode } from '../../protocol/agentRules.ts';
import { requestKindOf, roleOf } from '../../protocol/openValues.ts';
import type { Person } from '../../protocol/state.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { AcceptedCommand } from '../../session/control/commandHandlers.ts';
import { alreadyAnswered, isRefusal, notFound, refusalFor } from '../../session/errors.ts';
import type { FactArgs, SessionCommands } from '../../sync/host/hostRoomOptions.ts';
import {
  answerLost,
  bypassWithGuests,
  emptyPrompt,
  noOthers,
  notSeen,
  notSeenByOwner,
  otherInput,
  queueFull,
  sessionEnded,
  switchFailed,
} from './refusals.ts';
import { refuseGuestText } from './guestText.ts';
import {
  cancelQueued,
  clearQueue,
  editQueued,
  moveQueued,
  readQueued,
  releaseQueued,
  resumeQueue,
  sendQueued,
} from '../queue/queueCommands.ts';
import type { CommandTarget } from './sessionDriver.ts';
import { firstLine } from './completeEntry.ts';
import type { Notice } from './notice.ts';
import type { OpenRequest } from './requestBook.ts';
import {
  type AgentContent,
  answerTexts,
  checkedContent,
  filledInText,
  openOnComputer,
} from './formAnswer.ts';
import type { Verdict } from './sessionRecorder.ts';

/** What is asked of what drives the session. */
type AgentFactArgs = Exclude<FactArgs, { readonly what: 'context' }>;

const MAX_FILES = 50;
const MAX_DETAIL = 1000;

/**
 * What a session room carries out besides what every room does. `targetOf` gives what a command of
 * this kind acts on now; it throws CommandRefused if there is nothing. `contextOf` reads around the
 * changes of an entry, whatever drives the session.
 */
export function hostedCommands(
  targetOf: (kind: CommandKind) => CommandTarget,
  contextOf: (index: number) => Promise<Json> = () => Promise.resolve({ places: [] }),
): SessionCommands {
  return {
    handlers: {
      prompt: (command) => acceptPrompt(command, targetOf(command.kind)),
      'cancel-queued': (command) => cancelQueued(command, targetOf(command.kind)),
      'send-queued': (command) => sendQueued(command, targetOf(command.kind)),
      'release-queued': (command) => releaseQueued(command, targetOf(command.kind)),
      'edit-queued': (command) => editQueued(command, targetOf(command.kind)),
      'move-queued': (command) => moveQueued(command, targetOf(command.kind)),
      'resume-queue': (command) => resumeQueue(targetOf(command.kind)),
      'clear-queue': (command) => clearQueue(command, targetOf(command.kind)),
      answer: (command) => answer(command, targetOf(command.kind)),
      'stop-task': (command) => stopTask(command, targetOf(command.kind)),
      interrupt: (command) => interrupt(command, targetOf(command.kind)),
      'set-model': (command) => setModel(command, targetOf(command.kind)),
      'set-mode': (command) => setMode(command, targetOf(command.kind)),
      rename: (command) => rename(command, targetOf(command.kind)),
      'set-folder': (command) => setFolder(command, targetOf(command.kind)),
      'settle-writers': (command) => settleWriters(command, targetOf(command.kind)),
    },
    fetchFacts: async (args) =>
      args.what === 'context' ? contextOf(args.index) : fetchFacts(args, targetOf('fetch')),
  };
}

function changed(what: 'mode' | 'model', to: string, author: Author): Notice {
  const words =
    what === 'mode' ? say`Permission mode changed to “${to}”.` : say`Model changed to “${to}”.`;
  return { level: 'info', code: `${what}-changed`, words, author };
}

/** Whoever a command comes from, as entries name them. */
export function authorOf(person: Person): Author {
  const { member, name, device, role } = person;
  return { member, name, device, role };
}

function acceptPrompt(
  { id, args: { text, images, now }, person }: AcceptedCommand<'prompt'>,
  { recorder, rules, clock, others, isEnding, sendAccepted, sendAtOnce }: CommandTarget,
): undefined {
  // Taken while it ends, it would lie in wait until somebody continues the session.
  if (recorder.stored.ended || isEnding()) throw sessionEnded();
  if (text.trim() === '' && (images ?? []).length === 0) throw emptyPrompt();
  if (recorder.prompts.queue().length >= LIMITS.queuedPrompts) throw queueFull();
  const isGuest = roleOf(person.role) !== 'owner';
  if (isGuest) refuseGuestText(text, recorder.agentFacts, rules);
  const plain = images?.map(({ mediaType, base64 }) => ({ mediaType, base64 }));
  recorder.prompts.accept({
    promptId: id,
    text,
    author: authorOf(person),
    at: clock.now(),
    ...(plain === undefined ? {} : { images: plain }),
    ...(isGuest ? { guest: true } : {}),
  });
  // First: what waits to be handed over is not idle.
  // [Z2] Beside others even that waits.
  if (now === true && !others.isHolding) sendAtOnce(id);
  else sendAccepted();
  recorder.publish();
}

async function answer(
  { args, person }: AcceptedCommand<'answer'>,
  { recorder, rules, child, hasControllers, openAddress }: CommandTarget,
): Promise<undefined> {
  const { requestId } = args;
  const request = waiting(recorder, requestId);
  if (request.inputHash !== args.inputHash) throw otherInput();
  if (args.behavior === 'allow')
    refuseUnseen(args, roleOf(person.role) === 'owner', recorder.seenHash(request));
  const content = checkedContent(request, args);
  if (args.behavior === 'allow' && args.open === true) {
    if (child() === undefined) throw answerLost();
    const isOwner = roleOf(person.role) === 'owner';
    const host = await openOnComputer(request, { isOwner, openAddress });
    const words = say`${host} was opened on the session's computer.`;
    recorder.notice({ level: 'info', code: 'address-opened', words, author: authorOf(person) });
    // Somebody may have been faster than the browser.
    waiting(recorder, requestId);
  }
  const session = child();
  if (session === undefined) throw answerLost();
  // The agent has it before the decision is written, and nothing can come in between.
  // [R17] After a plan the agent goes back to the mode before it, which may skip questions.
  const isPlan = requestKindOf(request.request) === 'plan' && hasControllers();
  const mode = isPlan ? rules.askingMode : undefined;
  const delivered = session.answer(requestId, agentAnswer(args, request, { mode, content }));
  recorder.decide(requestId, verdict(args, person, { request, content }));
  if (!(await delivered)) throw answerLost();
}

/** Throws CommandRefused, with the name of who was faster. */
function waiting(recorder: CommandTarget['recorder'], requestId: string): OpenRequest {
  const request = recorder.request(requestId);
  if (request !== undefined) return request;
  const by = recorder.answeredBy(requestId);
  throw by === undefined ? notFound('request') : alreadyAnswered(by);
}

/** [R13] Nobody allows what was not seen whole; an owner may, when asked. */
function refuseUnseen(
  { seen, unseen }: CommandArgs<'answer'>,
  isOwner: boolean,
  whole: string | undefined,
): void {
  if (whole !== undefined && seen === whole) return;
  if (isOwner && unseen === true) return;
  throw isOwner ? notSeenByOwner() : notSeen();
}

async function interrupt(
  { person }: AcceptedCommand<'interrupt'>,
  target: CommandTarget,
): Promise<undefined> {
  const author = authorOf(person);
  target.recorder.noteInterrupt(author);
  await target.interrupt(author);
}

/** [G4] Everybody is told who did it. */
async function stopTask(
  { args: { taskId }, person }: AcceptedCommand<'stop-task'>,
  { recorder, child }: CommandTarget,
): Promise<undefined> {
  const task = recorder.stored.tasks?.find((one) => one.taskId === taskId);
  const agent = child();
  if (task === undefined || agent === undefined) throw notFound('background work');
  await carriedOut(agent.stopTask(taskId));
  const words = say`Background work was stopped: “${firstLine(task.title)}”.`;
  const author = authorOf(person);
  recorder.notice({ level: 'info', code: 'background-work-stopped', words, author });
}

async function setModel(
  { args: { model }, person }: AcceptedCommand<'set-model'>,
  { recorder, child }: CommandTarget,
): Promise<undefined> {
  await carriedOut(child()?.setModel(model));
  recorder.update({ model });
  recorder.wait.modelChanged();
  recorder.notice(changed('model', model, authorOf(person)));
}

async function setMode(
  { args: { mode }, person }: AcceptedCommand<'set-mode'>,
  { recorder, rules, child, hasControllers }: CommandTarget,
): Promise<undefined> {
  const before = recorder.stored.mode ?? rules.askingMode;
  const isForbidden = (): boolean => isUnattendedMode(rules, mode) && hasControllers();
  if (isForbidden()) throw bypassWithGuests();
  await carriedOut(child()?.setMode(mode));
  // A controller link may have been made meanwhile.
  if (isForbidden()) {
    await carriedOut(child()?.setMode(before));
    throw bypassWithGuests();
  }
  recorder.update({ mode, isModeChosen: true });
  recorder.notice(changed('mode', mode, authorOf(person)));
}

async function setFolder(
  { args: { path }, person }: AcceptedCommand<'set-folder'>,
  target: CommandTarget,
): Promise<undefined> {
  await carriedOut(target.setFolder(path, authorOf(person)));
}

function settleWriters(
  { args: { choice, force }, person }: AcceptedCommand<'settle-writers'>,
  { others }: CommandTarget,
): undefined {
  if (!others.isNeeded) throw noOthers();
  others.choose(choice, authorOf(person), force);
}

async function rename(
  { args }: AcceptedCommand<'rename'>,
  { recorder, child }: CommandTarget,
): Promise<undefined> {
  const title = jsonCut(args.title.trim(), LIMITS.titleBytes);
  if (title === '') return;
  await carriedOut(child()?.rename(title));
  recorder.update({ title });
}

/** [C12] Only an owner's answer has `remember` here: the gate has taken it out of a guest's. */
function agentAnswer(
  args: CommandArgs<'answer'>,
  request: OpenRequest,
  { mode, content }: { readonly mode: string | undefined; content: AgentContent | undefined },
): AgentAnswer {
  const { behavior, message, interrupt, remember } = args;
  const answers = answersOf(args, request, content);
  if (behavior === 'deny') {
    return {
      behavior,
      ...(message === undefined ? {} : { message }),
      ...(interrupt === undefined ? {} : { interrupt }),
    };
  }
  return {
    behavior,
    ...(remember === undefined ? {} : { rememberSuggestions: remember }),
    ...(answers === undefined ? {} : { answers }),
    ...(content === undefined ? {} : { content }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** [U6] Only questions have answers: into another tool's input they would go unseen. */
function answersOf(
  args: CommandArgs<'answer'>,
  request: OpenRequest,
  content: AgentContent | undefined,
): CommandArgs<'answer'>['answers'] {
  const isQuestion = requestKindOf(request.request) === 'question';
  return isQuestion ? answerTexts(args, content) : undefined;
}

function verdict(
  args: CommandArgs<'answer'>,
  person: Person,
  { request, content }: { readonly request: OpenRequest; content: AgentContent | undefined },
): Verdict {
  const kind = requestKindOf(request.request);
  const isAnswer = kind === 'question' || kind === 'form';
  const outcome = args.behavior === 'deny' ? 'denied' : isAnswer ? 'answered' : 'allowed';
  const filledIn = outcome === 'answered' ? filledInText(request, args.content) : undefined;
  // Beside what was filled in nobody can say that it was something else.
  const detail = outcome === 'answered' ? filledIn : args.message;
  const answers = answersOf(args, request, content);
  return {
    outcome,
    author: authorOf(person),
    ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL) }),
    ...(answers === undefined ? {} : { answers }),
  };
}

async function fetchFacts(args: AgentFactArgs, target: CommandTarget): Promise<Json> {
  const { recorder, child } = target;
  switch (args.what) {
    case 'queued':
      return readQueued(args.promptId, target);
    case 'files':
      return [...((await child()?.fileSuggestions(args.query)) ?? [])].slice(0, MAX_FILES);
    case 'slash-commands':
      return (recorder.agentFacts.commands ?? []).map((command) => ({ ...command }));
    case 'models':
      return (recorder.agentFacts.models ?? []).map((model) => ({ ...model }));
    default:
      return assertNever(args);
  }
}

/** What the agent refuses is a refusal of the command. */
async function carriedOut(work: Promise<void> | undefined): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isRefusal(error)) throw error;
    // What the adapter says is a sentence of its own, not a part of ours.
    throw isAppError(error) ? refusalFor(error) : switchFailed(errorText(error));
  }
}
