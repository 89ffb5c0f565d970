// Commands to the queue of a session: what waits is edited, reordered, handed over, held and taken back.
import { createHash } from 'node:crypto';
import { say } from '../../base/say.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Json } from '../../protocol/json.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { PromptImage } from '../../protocol/entryParts.ts';
import type { Person } from '../../protocol/state.ts';
import type { AcceptedCommand } from '../../session/control/commandHandlers.ts';
import { notFound } from '../../session/errors.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';
import { firstLine } from '../session/completeEntry.ts';
import {
  emptyPrompt,
  heldForOthers,
  notHeld,
  promptBegan,
  promptChanged,
  promptTooLarge,
} from '../session/refusals.ts';
import { refuseGuestText } from './guestText.ts';
import { type Attachments, takeAttachments } from './attachments.ts';
import { setHold, settleHold } from './queueHold.ts';
import type { CommandTarget } from '../session/sessionDriver.ts';

/** Takes one prompt back; refuses what does not wait any more. */
export async function cancelQueued(
  { args: { promptId }, person }: AcceptedCommand<'cancel-queued'>,
  target: CommandTarget,
): Promise<undefined> {
  const prompt = target.recorder.prompts.find(promptId);
  if (!(await takeBack(promptId, target))) throw notFound('queued prompt');
  if (prompt !== undefined) tellAuthors([prompt], person, target);
}

/** [Q3] What somebody else takes back does not vanish: its author reads what it was, and who did it. */
function tellAuthors(
  taken: readonly Pick<StoredPrompt, 'text' | 'author'>[],
  person: Person,
  { recorder }: CommandTarget,
): void {
  const others = taken.filter(({ author }) => author.member !== person.member);
  const [first] = others;
  if (first === undefined) return;
  const names = [...new Set(others.map(({ author }) => author.name))].join(', ');
  const text = firstLine(first.text);
  const words =
    others.length === 1
      ? say`A waiting prompt of ${names} was cancelled and will not run: “${text}”`
      : say`${others.length} waiting prompts of ${names} were cancelled and will not run; the first: “${text}”`;
  const { member, name, device, role } = person;
  const author = { member, name, device, role };
  recorder.notice({ level: 'info', code: 'prompts-cancelled', words, author });
}

/** Takes a prompt out of the queue, here or at the agent; false if it does not wait any more. */
export async function takeBack(
  promptId: string,
  { recorder, child }: Pick<CommandTarget, 'recorder' | 'child'>,
): Promise<boolean> {
  const state = recorder.prompts.find(promptId)?.state;
  const isHere = state === 'accepted' || state === 'held';
  const isAtAgent = state === 'queued' || state === 'sent';
  const agentId = recorder.prompts.agentIdOf(promptId);
  if (!isHere && !(isAtAgent && (await child()?.cancelQueued(agentId)) === true)) return false;
  recorder.prompts.mark(promptId, 'cancelled');
  settleHold(recorder);
  recorder.publish();
  return true;
}

/** Takes back all that waits: an owner everybody's, others their own. What the agent keeps, stays. */
export async function clearQueue(
  { person }: AcceptedCommand<'clear-queue'>,
  target: CommandTarget,
): Promise<Json> {
  const isOwner = roleOf(person.role) === 'owner';
  const mine = target.recorder.prompts
    .queue()
    .filter(({ author }) => isOwner || author.member === person.member);
  const done = await Promise.all(mine.map(({ promptId }) => takeBack(promptId, target)));
  const taken = mine.filter((_, at) => done[at] === true);
  tellAuthors(taken, person, target);
  return { cancelled: taken.length };
}

/** [Q2] Hands one over at once. */
export async function sendQueued(
  { args: { promptId } }: AcceptedCommand<'send-queued'>,
  { recorder, others, sendNow }: CommandTarget,
): Promise<undefined> {
  waitingPrompt(recorder, promptId);
  if (others.isHolding) throw heldForOthers();
  await sendNow(promptId);
  // [Z2] Somebody may have come while the agent was being started.
  const isStill = recorder.prompts.waiting().some((one) => one.promptId === promptId);
  if (isStill && others.isHolding) throw heldForOthers();
  settleHold(recorder);
}

/** Lets a held prompt run in its turn. */
export function releaseQueued(
  { args: { promptId } }: AcceptedCommand<'release-queued'>,
  { recorder, sendAccepted }: CommandTarget,
): undefined {
  const state = recorder.prompts.find(promptId)?.state;
  if (state === 'accepted') throw notHeld();
  if (state !== 'held') throw notFound('held prompt');
  recorder.prompts.mark(promptId, 'accepted');
  recorder.publish();
  sendAccepted();
}

/** [Q3] Another text, with some of its pictures and more. A guest's prompt stays a guest's. */
export async function editQueued(
  { id, member, args, person }: AcceptedCommand<'edit-queued'>,
  target: CommandTarget,
  attachments: Attachments,
): Promise<undefined> {
  const { promptId, keep, version } = args;
  const { recorder, rules, takeFromAgent, sendAccepted } = target;
  const known = recorder.prompts.find(promptId);
  if (known === undefined) throw notFound('queued prompt');
  const isRead = (prompt: StoredPrompt): boolean =>
    version === undefined || version === versionOf(prompt);
  if (!isRead(known)) throw promptChanged();
  const taken = await takeAttachments({ id, member, attached: args.attached }, attachments);
  const { text = args.text } = taken;
  const images = [...(args.images ?? []), ...taken.images];
  if (known.guest === true) refuseGuestText(text, recorder.agentFacts, rules);
  // What the agent has is changed only once it has given it back.
  const isAtAgent = known.state === 'queued' || known.state === 'sent';
  if (isAtAgent) await takeFromAgent(promptId);
  const prompt = recorder.prompts.find(promptId);
  if (prompt?.state !== 'accepted' && prompt?.state !== 'held') throw promptBegan();
  if (!isRead(prompt)) throw promptChanged();
  const kept = keptImages(prompt.images ?? [], keep);
  const added = images.map(({ mediaType, base64 }) => ({ mediaType, base64 }));
  const all = [...kept, ...added];
  if (text.trim() === '' && all.length === 0) throw emptyPrompt();
  if (isTooLarge(text, all)) throw promptTooLarge();
  const isOthers = prompt.author.member !== person.member;
  recorder.prompts.edit(promptId, {
    text,
    images: all.length === 0 ? undefined : all,
    edited: isOthers ? true : prompt.edited,
  });
  recorder.publish();
  sendAccepted();
}

/** More than comes with a prompt in one go. */
function isTooLarge(text: string, images: readonly PromptImage[]): boolean {
  const bytes = images.reduce((sum, { base64 }) => sum + (base64.length * 3) / 4, 0);
  const isMuch = bytes > LIMITS.attachedBytes || images.length > LIMITS.attached;
  return isMuch || Buffer.byteLength(text) > LIMITS.promptBytes;
}

/** [Q4] Another place among those that wait here. */
export function moveQueued(
  { args: { promptId, before } }: AcceptedCommand<'move-queued'>,
  { recorder }: CommandTarget,
): undefined {
  waitingPrompt(recorder, promptId);
  if (before !== undefined) waitingPrompt(recorder, before);
  recorder.prompts.move(promptId, before);
  recorder.publish();
}

/** [Q5] Lets what Stop has held go on. */
export function resumeQueue({ recorder, sendAccepted }: CommandTarget): undefined {
  setHold(recorder, undefined);
  sendAccepted();
}

/** The whole of a prompt that waits, for who edits it: pictures by their sizes, in their order; and its version. */
export function readQueued(promptId: string, { recorder }: CommandTarget): Json {
  const prompt = waitingPrompt(recorder, promptId, true);
  const { text, images = [] } = prompt;
  return {
    text,
    version: versionOf(prompt),
    images: images.map(({ mediaType, base64 }) => ({
      mediaType,
      totalBytes: Math.floor((base64.length * 3) / 4),
    })),
  };
}

function waitingPrompt(
  { prompts }: CommandTarget['recorder'],
  promptId: string,
  isAnywhere = false,
): StoredPrompt {
  const prompt = prompts.find(promptId);
  const { state } = prompt ?? {};
  const waits = state === 'accepted' || state === 'held' || (isAnywhere && state === 'queued');
  if (prompt === undefined || !waits) throw notFound('queued prompt');
  return prompt;
}

/** [Q8] Another after each change, and the same again only where all is as it was. */
function versionOf({ text, images = [] }: StoredPrompt): string {
  const whole = JSON.stringify([text, images.map(({ base64 }) => base64)]);
  return createHash('sha256').update(whole).digest('base64url');
}

function keptImages(
  images: readonly PromptImage[],
  keep: readonly number[] | undefined,
): readonly PromptImage[] {
  return keep === undefined ? images : images.filter((_, at) => keep.includes(at));
}
