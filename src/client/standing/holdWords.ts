// [Q5] [Q7] Why a queue is held, in words: the same in every place.
import { holdReasonOf } from '../../protocol/openValues.ts';
import type { QueueHold } from '../../protocol/state.ts';
import { causeText, type WaitKey } from './waitWords.ts';

/** English texts of this file, and those of a cause. */
export type HoldKey =
  | WaitKey
  | '1 prompt waits: {0} pressed Stop.'
  | '1 prompt waits: the turn failed'
  | 'somebody'
  | '{0} prompts wait: the turn failed'
  | '{0} prompts wait: {1} pressed Stop.';

/** Gives a text in the reader's language. */
export type SayHold = (key: HoldKey, ...values: readonly (string | number)[]) => string;

/** How many prompts wait, and for what. The name in it is as it came: whoever shows it makes it harmless. */
export function holdText(hold: QueueHold, count: number, t: SayHold): string {
  switch (holdReasonOf(hold.why)) {
    case 'stop': {
      const name = hold.by?.name ?? t('somebody');
      return count === 1
        ? t('1 prompt waits: {0} pressed Stop.', name)
        : t('{0} prompts wait: {1} pressed Stop.', count, name);
    }
    case 'failed': {
      const head =
        count === 1
          ? t('1 prompt waits: the turn failed')
          : t('{0} prompts wait: the turn failed', count);
      return hold.cause === undefined ? head : `${head} · ${causeText(hold.cause, t)}`;
    }
  }
}
