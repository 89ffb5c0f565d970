// Commands to a hosted session: each takes effect once, and says by whom.
import type { Clock } from '../../base/clock.ts';
import type { AgentAnswer, AgentSession } from '../../protocol/agent.ts';
import type { CommandArgs } from '../../protocol/command.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Person } from '../../protocol/state.ts';
import type { Author } from '../../protocol/transcript.ts';
import type { AcceptedCommand } from '../../session/commandCheck.ts';
import {
  alreadyAnswered,
  CommandRefused,
  notFound,
  unsupportedCommand,
} from '../../session/errors.ts';
import type { SessionRecorder, Verdict } from '../session/sessionRecorder.ts';
import {
  answerLost,
  bypassWithGuests,
  emptyPrompt,
  otherInput,
  promptTooLarge,
  sessionEnded,
  switchFailed,
} from '../session/refusals.ts';

/** What the commands work on. */
export interface HostedCommandContext {
  readonly recorder: SessionRecorder;
  readonly clock: Clock;
  readonly hasControllers: () => boolean;
  readonly child: () => AgentSession | undefined;
  readonly sendAccepted: () => void;
  readonly interrupt: (author: Author) => Promise<void>;
}

const MAX_FILES = 50;

/** Carries out what the room does not do itself; throws CommandRefused. */
export async function executeHosted(
  command: AcceptedCommand,
  context: HostedCommandContext,
): Promise<Json | undefined> {
  const { recorder } = context;
  const author = authorOf(command.person);
  switch (command.kind) {
    case 'prompt':
      return acceptPrompt(command.id, command.args, author, context);
    case 'cancel-queued':
      return cancelQueued(command.args.promptId, context);
    case 'answer':
      return answer(command.args, command.person, context);
    case 'interrupt':
      recorder.noteInterrupt(author);
      await context.interrupt(author);
      return undefined;
    case 'set-model':
      await carriedOut(context.child()?.setModel(command.args.model));
      recorder.update({ model: command.args.model });
      recorder.notice(changed('model', command.args.model, author));
      return undefined;
    case 'set-mode': {
      const { mode } = command.args;
      const before = recorder.stored.mode ?? 'default';
      const isForbidden = (): boolean => mode === 'bypassPermissions' && context.hasControllers();
      if (isForbidden()) throw bypassWithGuests();
      await carriedOut(context.child()?.setMode(mode));
      // A controller link may have been made meanwhile.
      if (isForbidden()) {
        await carriedOut(context.child()?.setMode(before));
        throw bypassWithGuests();
      }
      recorder.update({ mode });
      recorder.notice(changed('mode', mode, author));
      return undefined;
    }
    case 'rename': {
      const title = command.args.title.trim().slice(0, 200);
      if (title === '') return undefined;
      await carriedOut(context.child()?.rename(title));
      recorder.update({ title });
      return undefined;
    }
    case 'fetch':
      return fetchFacts(command.args, context);
    default:
      throw unsupportedCommand();
  }
}

function changed(what: 'mode' | 'model', to: string, author: Author) {
  const name = what === 'mode' ? 'Permission mode' : 'Model';
  return {
    level: 'info',
    code: `${what}-changed`,
    text: `${name} changed to “${to}”.`,
    author,
  } as const;
}

function authorOf(person: Person): Author {
  const { member, name, device } = person;
  return { member, name, device };
}

function acceptPrompt(
  promptId: string,
  args: CommandArgs<'prompt'>,
  author: Author,
  { recorder, clock, sendAccepted }: HostedCommandContext,
): undefined {
  if (recorder.stored.ended) throw sessionEnded();
  const { text, images } = args;
  if (text.trim() === '' && (images ?? []).length === 0) throw emptyPrompt();
  const imageBytes = (images ?? []).reduce((sum, { base64 }) => sum + base64.length, 0);
  if (Buffer.byteLength(text) + imageBytes > LIMITS.promptBytes) throw promptTooLarge();
  const at = clock.now();
  const plain = images?.map(({ mediaType, base64 }) => ({ mediaType, base64 }));
  recorder.prompts.accept({
    promptId,
    text,
    author,
    at,
    ...(plain === undefined ? {} : { images: plain }),
  });
  recorder.publish();
  sendAccepted();
  return undefined;
}

async function cancelQueued(
  promptId: string,
  { recorder, child }: HostedCommandContext,
): Promise<undefined> {
  const prompt = recorder.prompts.find(promptId);
  if (prompt?.state === 'accepted') recorder.prompts.mark(promptId, 'cancelled');
  else if (prompt?.state === 'queued' && (await child()?.cancelQueued(promptId)) === true) {
    recorder.prompts.mark(promptId, 'cancelled');
  } else throw notFound('queued prompt');
  recorder.publish();
  return undefined;
}

async function answer(
  args: CommandArgs<'answer'>,
  person: Person,
  { recorder, child }: HostedCommandContext,
): Promise<undefined> {
  const { requestId } = args;
  const request = recorder.request(requestId);
  if (request === undefined) {
    const by = recorder.answeredBy(requestId);
    throw by === undefined ? notFound('request') : alreadyAnswered(by);
  }
  if (request.inputHash !== args.inputHash) throw otherInput();
  const session = child();
  if (session === undefined) throw answerLost();
  // The agent has it before the decision is written, and nothing can come in between.
  const delivered = session.answer(requestId, agentAnswer(args, person));
  recorder.decide(requestId, verdict(args, person, request.request === 'question'));
  if (!(await delivered)) throw answerLost();
  return undefined;
}

function agentAnswer(args: CommandArgs<'answer'>, person: Person): AgentAnswer {
  const { behavior, message, interrupt, answers, remember } = args;
  if (behavior === 'deny') {
    return {
      behavior,
      ...(message === undefined ? {} : { message }),
      ...(interrupt === undefined ? {} : { interrupt }),
    };
  }
  // A guest's answer leaves no rule behind.
  const isOwner = person.role === 'owner';
  return {
    behavior,
    ...(isOwner && remember !== undefined ? { rememberSuggestions: remember } : {}),
    ...(answers === undefined ? {} : { answers }),
  };
}

function verdict(args: CommandArgs<'answer'>, person: Person, isQuestion: boolean): Verdict {
  const outcome = args.behavior === 'deny' ? 'denied' : isQuestion ? 'answered' : 'allowed';
  return {
    outcome,
    author: authorOf(person),
    ...(args.message === undefined ? {} : { detail: args.message.slice(0, 1000) }),
    ...(args.answers === undefined ? {} : { answers: args.answers }),
  };
}

async function fetchFacts(
  args: CommandArgs<'fetch'>,
  { recorder, child }: HostedCommandContext,
): Promise<Json> {
  switch (args.what) {
    case 'files':
      return [...((await child()?.fileSuggestions(args.query)) ?? [])].slice(0, MAX_FILES);
    case 'slash-commands':
      return (recorder.agentFacts.commands ?? []).map((command) => ({ ...command }));
    case 'models':
      return (recorder.agentFacts.models ?? []).map((model) => ({ ...model }));
    default:
      throw unsupportedCommand();
  }
}

/** What the agent refuses is a refusal of the command. */
async function carriedOut(work: Promise<void> | undefined): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CommandRefused) throw error;
    throw switchFailed(error instanceof Error ? error.message : '');
  }
}
