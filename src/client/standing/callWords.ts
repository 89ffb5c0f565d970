// What a call of the agent is called for people: never by a name that only its interface has.
import { familyOf, type ViewedCall } from '../../protocol/toolView.ts';
import type { EntryOf } from '../../protocol/transcript.ts';

/** English texts of this file; a page checks with them that it has them all. */
export type CallKey = 'Checklist' | 'Plan' | 'Question';

/** A call, or a request for one. */
export type NamedCall = Pick<ViewedCall, 'view'> &
  Pick<EntryOf<'tool-call'>, 'tool' | 'displayName'>;

/** [N10] The name of a call: what it is in words where that is known, else what the agent calls it. */
export function callName(call: NamedCall, t: (key: CallKey) => string): string {
  switch (familyOf(call)) {
    case 'question':
      return t('Question');
    case 'plan':
      return t('Plan');
    case 'todos':
      return t('Checklist');
    default:
      return call.view?.title ?? call.displayName ?? call.tool;
  }
}
