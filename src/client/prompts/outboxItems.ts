// Own commands as the panel shows them: prompts and answers, with what became of them.
import { omitUndefined } from '../../base/omitUndefined.ts';
import * as z from 'zod/mini';
import type { PanelOutboxItem } from '../../protocol/local/panel.ts';
import { ackStatusOf } from '../../protocol/openAnswers.ts';
import type { OutboxItem } from '../../session/view.ts';
import { outboxMessage, type Translate } from '../translate.ts';
import { isRefused, promptText } from './refusedPrompts.ts';

const answerArgs = z.looseObject({ requestId: z.string() });

/** The item for the panel; none for kinds that the panel does not show, and for prompts on their way back. */
export function panelOutbox(item: OutboxItem, t: Translate): readonly PanelOutboxItem[] {
  if (isRefused(item)) return [];
  const answer = item.kind === 'answer' ? answerArgs.safeParse(item.args) : undefined;
  const text = answer?.success ? answer.data.requestId : promptText(item);
  if (text === undefined) return [];
  const { id, kind, code, at, attached, progress } = item;
  const message = outboxMessage(item, t);
  const more = omitUndefined({ message, code, attached, progress });
  return [{ id, kind, text, status: statusNow(item), at, ...more }];
}

/** States that a command has before the host says anything. */
const LOCAL = ['sending', 'sent', 'expired'] as const;

function statusNow({ status }: OutboxItem): PanelOutboxItem['status'] {
  return LOCAL.find((local) => local === status) ?? ackStatusOf(status);
}
