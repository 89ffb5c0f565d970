// Commands to a session with an agent of ours: each takes effect once, and says by whom.
import { say } from '../../base/say.ts';
import { jsonCut } from '../../base/jsonText.ts';
import type { AgentAnswer } from '../../protocol/agent.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { requestKindOf, roleOf } from '../../protocol/openValues.ts';
import type { Person } from '../../protocol/state.ts';
import type { AcceptedCommand } from '../../session/control/commandHandlers.ts';
import { alreadyAnswered, notFound } from '../../session/errors.ts';
import type { SessionCommands } from '../../sync/host/hostRoomOptions.ts';
import {
  answerLost,
  carriedOut,
  noOthers,
  notSeen,
  notSeenByOwner,
  otherInput,
} from './refusals.ts';
import { authorOf } from './authorOf.ts';
import { acceptPrompt } from '../queue/acceptPrompt.ts';
import type { Attachments } from '../queue/attachments.ts';
import { setEffort, setMode, setModel } from './modelCommands.ts';
import { FileLookup } from '../drive/fileLookup.ts';
import { fetchFacts } from './offeredFacts.ts';
import {
  cancelQueued,
  clearQueue,
  editQueued,
  moveQueued,
  releaseQueued,
  resumeQueue,
  sendQueued,
} from '../queue/queueCommands.ts';
import type { CommandTarget } from './sessionDriver.ts';
import { firstLine } from './completeEntry.ts';
import type { OpenRequest } from './requestBook.ts';
import {
  type AgentContent,
  answerTexts,
  checkedContent,
  filledInText,
  openOnComputer,
} from './formAnswer.ts';
import { type AnswerChoices, answerChoices, chosenText } from './answerChoices.ts';
import type { Verdict } from './sessionRecorder.ts';

const MAX_DETAIL = 1000;

/**
 * What a session room carries out besides what every room does. `targetOf` gives what a command of
 * this kind acts on now; it throws CommandRefused if there is nothing. `attachments`: where what comes
 * with prompts is read and kept. `contextOf` reads around the changes of an entry, whatever drives the session.
 */
export function hostedCommands(
  targetOf: (kind: CommandKind) => CommandTarget,
  attachments: Attachments,
  contextOf: (index: number) => Promise<Json> = () => Promise.resolve({ places: [] }),
): SessionCommands {
  let files: FileLookup | undefined;
  return {
    handlers: {
      prompt: (command) => acceptPrompt(command, targetOf(command.kind), attachments),
      'cancel-queued': (command) => cancelQueued(command, targetOf(command.kind)),
      'send-queued': (command) => sendQueued(command, targetOf(command.kind)),
      'release-queued': (command) => releaseQueued(command, targetOf(command.kind)),
      'edit-queued': (command) => editQueued(command, targetOf(command.kind), attachments),
      'move-queued': (command) => moveQueued(command, targetOf(command.kind)),
      'resume-queue': (command) => resumeQueue(targetOf(command.kind)),
      'clear-queue': (command) => clearQueue(command, targetOf(command.kind)),
      answer: (command) => answer(command, targetOf(command.kind)),
      'stop-task': (command) => stopTask(command, targetOf(command.kind)),
      interrupt: (command) => interrupt(command, targetOf(command.kind)),
      'set-model': (command) => setModel(command, targetOf(command.kind)),
      'set-effort': (command) => setEffort(command, targetOf(command.kind)),
      'set-mode': (command) => setMode(command, targetOf(command.kind)),
      rename: (command) => rename(command, targetOf(command.kind)),
      'set-folder': (command) => setFolder(command, targetOf(command.kind)),
      'settle-writers': (command) => settleWriters(command, targetOf(command.kind)),
    },
    fetchFacts: async (args, person) => {
      if (args.what === 'context') return contextOf(args.index);
      const target = targetOf('fetch');
      files ??= new FileLookup(target.clock);
      return fetchFacts(args, person, { ...target, files });
    },
  };
}

async function answer(
  { args, person }: AcceptedCommand<'answer'>,
  target: CommandTarget,
): Promise<undefined> {
  const { recorder, child, openAddress } = target;
  const { requestId } = args;
  const request = waiting(recorder, requestId);
  if (request.inputHash !== args.inputHash) throw otherInput();
  if (args.behavior === 'allow')
    refuseUnseen(args, roleOf(person.role) === 'owner', recorder.seenHash(request));
  const content = checkedContent(request, args);
  const choices = answerChoices(request, args, target);
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
  const delivered = session.answer(requestId, agentAnswer(args, request, { choices, content }));
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

function agentAnswer(
  args: CommandArgs<'answer'>,
  request: OpenRequest,
  { choices, content }: { readonly choices: AnswerChoices; content: AgentContent | undefined },
): AgentAnswer {
  const { behavior, message, interrupt } = args;
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
    ...choices,
    ...(answers === undefined ? {} : { answers }),
    ...(content === undefined ? {} : { content }),
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
  const detail = outcome === 'answered' ? filledIn : (chosenText(request, args) ?? args.message);
  const answers = answersOf(args, request, content);
  return {
    outcome,
    author: authorOf(person),
    ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL) }),
    ...(answers === undefined ? {} : { answers }),
  };
}
