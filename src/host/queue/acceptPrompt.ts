// A prompt is taken into the queue, with all that came with it.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { AcceptedCommand } from '../../session/control/commandHandlers.ts';
import { authorOf } from '../session/authorOf.ts';
import { refuseGuestText } from './guestText.ts';
import { emptyPrompt, queueFull, sessionEnded } from '../session/refusals.ts';
import type { CommandTarget } from '../session/sessionDriver.ts';
import type { KeptFile } from '../journal/attachedFiles.ts';
import { type Attachments, takeAttachments } from './attachments.ts';

/** Takes it; throws CommandRefused, and then nothing of it is kept. */
export function acceptPrompt(
  command: AcceptedCommand<'prompt'>,
  target: CommandTarget,
  attachments: Attachments,
): undefined | Promise<undefined> {
  const { text, images, attached = [] } = command.args;
  checkRoom(target);
  if (attached.length > 0) return acceptWith(command, target, attachments);
  return take(command, target, { text, images });
}

async function acceptWith(
  command: AcceptedCommand<'prompt'>,
  target: CommandTarget,
  attachments: Attachments,
): Promise<undefined> {
  const { id, member, args } = command;
  const taken = await takeAttachments({ id, member, attached: args.attached }, attachments);
  // It took a while: the session may have ended, and the queue be full.
  checkRoom(target);
  const { text = args.text, files } = taken;
  const images = [...(args.images ?? []), ...taken.images];
  return take(command, target, { text, images, ...(files.length > 0 ? { files } : {}) });
}

function checkRoom({ recorder, isEnding }: CommandTarget): void {
  // Taken while it ends, it would lie in wait until somebody continues the session.
  if (recorder.stored.ended || isEnding()) throw sessionEnded();
  if (recorder.prompts.queue().length >= LIMITS.queuedPrompts) throw queueFull();
}

function take(
  { id, args: { now }, person }: AcceptedCommand<'prompt'>,
  { recorder, rules, clock, others, sendAccepted, sendAtOnce }: CommandTarget,
  { text, images = [], files }: PromptContent,
): undefined {
  if (text.trim() === '' && images.length === 0 && files === undefined) throw emptyPrompt();
  const isGuest = roleOf(person.role) !== 'owner';
  if (isGuest) refuseGuestText(text, recorder.agentFacts, rules);
  const plain = images.map(({ mediaType, base64 }) => ({ mediaType, base64 }));
  recorder.prompts.accept({
    promptId: id,
    text,
    author: authorOf(person),
    at: clock.now(),
    ...(plain.length === 0 ? {} : { images: plain }),
    ...omitUndefined({ files: files && [...files] }),
    ...(isGuest ? { guest: true } : {}),
  });
  // First: what waits to be handed over is not idle.
  // [Z2] Beside others even that waits.
  if (now === true && !others.isHolding) sendAtOnce(id);
  else sendAccepted();
  recorder.publish();
}

interface PromptContent {
  readonly text: string;
  readonly images?: AcceptedCommand<'prompt'>['args']['images'];
  readonly files?: readonly KeptFile[];
}
