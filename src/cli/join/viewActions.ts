// What an input line of the scripting interface, or a command of the terminal, does to a joined room.
import { requestKindOf, roleOf } from '../../protocol/openValues.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import type { ScriptInput } from '../../protocol/local/script.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { fetchArgsOf } from '../../client/prompts/readChoices.ts';
import { seenOf } from '../../client/prompts/seen.ts';
import { unknownRequest } from '../../session/errors.ts';
import type { Outgoing } from '../../session/attached/parts.ts';
import type { OutboxItem, RoomView } from '../../session/view.ts';
import { noSuchMember, nothingPending, severalPending } from '../errors.ts';

/** Without an answer the lease ends by itself. */
const RELEASE_MS = 2_000;

/** A verb that sends a command. */
export type SendingInput = Omit<
  ScriptInput,
  'ref' | 'older' | 'quit' | 'fetch' | 'answer' | 'attach'
>;

/**
 * Sends the command of a verb, `files` with a prompt; undefined if the line has none. Throws AppError
 * before anything is sent.
 */
export function sendVerb(
  view: RoomView,
  input: SendingInput,
  files: readonly Outgoing[] = [],
): OutboxItem | undefined {
  if (input.prompt !== undefined) return view.send('prompt', { text: input.prompt }, files);
  if (input.promptNow !== undefined) {
    return view.send('prompt', { text: input.promptNow, now: true }, files);
  }
  if (input.interrupt !== undefined) return view.send('interrupt', {});
  if (input.cancel !== undefined) return view.send('cancel-queued', { promptId: input.cancel });
  if (input.now !== undefined) return view.send('send-queued', { promptId: input.now });
  if (input.stopTask !== undefined) return view.send('stop-task', { taskId: input.stopTask });
  if (input.edit !== undefined) return view.send('edit-queued', input.edit);
  if (input.move !== undefined) return view.send('move-queued', input.move);
  if (input.queue !== undefined) {
    return view.send(input.queue === 'clear' ? 'clear-queue' : 'resume-queue', {});
  }
  if (input.unhold !== undefined) return view.send('release-queued', { promptId: input.unhold });
  if (input.mode !== undefined) return view.send('set-mode', { mode: input.mode });
  if (input.model !== undefined) return view.send('set-model', { model: input.model });
  if (input.effort !== undefined) return view.send('set-effort', { effort: input.effort });
  if (input.lookUp !== undefined) {
    const { list, query } = input.lookUp;
    return view.send('fetch', fetchArgsOf(list, query, true));
  }
  if (input.folder !== undefined) return view.send('set-folder', { path: input.folder });
  if (input.others !== undefined) {
    const { others } = input;
    return view.send('settle-writers', typeof others === 'string' ? { choice: others } : others);
  }
  if (input.give !== undefined) {
    return view.send('focus-grant', { member: findMember(view, input.give) });
  }
  if (input.allow !== undefined) {
    return view.send('admit', { member: findMember(view, input.allow), role: 'controller' });
  }
  switch (input.control) {
    case 'request':
      return view.send('focus-request', {});
    case 'release':
      return view.send('focus-release', {});
    case 'take':
      return view.send('focus-take', {});
    case undefined:
      return undefined;
  }
}

/** Lets go of control, so that who ends need not keep the others waiting for its lease. */
export async function releaseControl(view: RoomView): Promise<void> {
  const holder = view.state?.focus.holder;
  const isOthers = holder !== undefined && holder.window !== view.window;
  // An answer may be here before the state that follows from it: "free" is not sure.
  const mayHold = view.me !== undefined && roleOf(view.me.role) !== 'viewer';
  if (view.truth.kind === 'over' || !mayHold || isOthers) return;
  const signal = AbortSignal.timeout(RELEASE_MS);
  await view.request('focus-release', {}, { signal }).catch(() => undefined);
}

/** Requests that wait for an answer now, oldest first. */
export function pendingRequests(view: RoomView): readonly EntryOf<'request'>[] {
  const { state } = view;
  if (state?.kind !== 'session') return [];
  return state.pending.flatMap(({ requestId }) => findRequest(view, requestId) ?? []);
}

/** The member with this id, prefix or name. Throws AppError 'invalid-input'. */
export function findMember(view: RoomView, name: string): string {
  const people = view.state?.people ?? [];
  const wanted = name.trim().toLowerCase();
  const exact = people.filter((person) => person.member === wanted);
  const named = people.filter((person) => person.name.toLowerCase() === wanted);
  const begins = wanted === '' ? [] : people.filter((person) => person.member.startsWith(wanted));
  for (const found of [exact, named, begins]) {
    const [first, second] = found;
    if (second !== undefined) throw noSuchMember(name, true);
    if (first !== undefined) return first.member;
  }
  throw noSuchMember(name, false);
}

/**
 * The command that answers a request. `shown`: texts of the blobs that were shown here whole, by their
 * ids. Rejects with AppError 'invalid-input' if there is nothing to answer.
 */
export async function answerArgs(
  view: RoomView,
  answer: NonNullable<ScriptInput['answer']>,
  shown: ReadonlyMap<string, string>,
): Promise<CommandArgs<'answer'>> {
  const { requestId, ...rest } = answer;
  const request = requestId === undefined ? onlyPending(view) : findRequest(view, requestId);
  if (request === undefined) throw nothingPending();
  const isUnknown = requestKindOf(request.request) === 'unknown';
  if (answer.behavior === 'allow' && isUnknown) throw unknownRequest(request.request);
  const seen =
    answer.behavior === 'allow'
      ? await seenOf(request, shown.get(request.inputCut?.blob ?? ''))
      : undefined;
  return {
    requestId: request.requestId,
    // What was shown is what is answered: the host refuses if it waits for something else.
    inputHash: request.inputHash,
    ...rest,
    ...(seen === undefined ? {} : { seen }),
  };
}

function onlyPending(view: RoomView): EntryOf<'request'> | undefined {
  const [first, second] = pendingRequests(view);
  if (second !== undefined) throw severalPending();
  return first;
}

function findRequest(view: RoomView, requestId: string): EntryOf<'request'> | undefined {
  for (const { entry } of view.entries.toReversed()) {
    if (entry.kind === 'request' && entry.requestId === requestId) return entry;
  }
  return undefined;
}
