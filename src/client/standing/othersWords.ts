// Others on a session's conversation, in words: the same in every place.
import { canOf, roleOf, writerPlaceOf, writersChoiceOf } from '../../protocol/openValues.ts';
import type {
  Others,
  Person,
  SessionSummary,
  Writer,
  WritersChoice,
} from '../../protocol/state.ts';

/** English texts of this file; a page checks with them that it has them all. */
export type OthersKey =
  | '{0} and {1} others have this conversation open as well.'
  | '{0} and 1 other have this conversation open as well.'
  | '{0} has this conversation open as well.'
  | 'Several have written in this conversation.'
  | '{0} has written in this conversation and is gone.'
  | '{0} messages of theirs are not in this session.'
  | '1 message of theirs is not in this session.'
  | 'A background session'
  | 'A background session (process {0})'
  | 'A script'
  | 'A script (process {0})'
  | 'A terminal'
  | 'A terminal (process {0})'
  | 'Another program'
  | 'Another program (process {0})'
  | 'Go on as a fork'
  | 'It is done as soon as the turn has ended.'
  | 'Take theirs in'
  | 'The conversation has {0} branches: what stands below one another need not belong together.'
  | 'Wait until they leave'
  | 'What waits goes on when they have left, after what they wrote was taken in.'
  | 'What waits is held until the owner chooses, or they leave without a word.';

/** Gives a text in the reader's language. */
export type SayOthers = (key: OthersKey, ...values: readonly (string | number)[]) => string;

/** The choices in the order in which they are offered, and their names. */
export function writersChoices(t: SayOthers): readonly (readonly [WritersChoice, string])[] {
  return [
    ['take-in', t('Take theirs in')],
    ['fork', t('Go on as a fork')],
    ['wait', t('Wait until they leave')],
  ];
}

/** Whether this person can choose now what becomes of them. */
export function maySettle(session: SessionSummary, me: Pick<Person, 'role'> | undefined): boolean {
  const isOwner = me !== undefined && roleOf(me.role) === 'owner';
  return isOwner && canOf(session, 'prompt') && session.others?.holds === true;
}

/** Who is there, or was. */
export function othersHead(others: Others, t: SayOthers): string {
  const [first] = others.writers;
  if (first === undefined) return t('Several have written in this conversation.');
  const name = writerName(first, t);
  const more = others.writers.length - 1 + (others.writersMore ?? 0);
  if (more > 1) return t('{0} and {1} others have this conversation open as well.', name, more);
  if (more === 1) return t('{0} and 1 other have this conversation open as well.', name);
  if (first.left === true) return t('{0} has written in this conversation and is gone.', name);
  return t('{0} has this conversation open as well.', name);
}

/** What that means. */
export function othersDetail(others: Others, t: SayOthers): string {
  const { messages = 0, branches = 1, holds } = others;
  const choice = others.choice && writersChoiceOf(others.choice);
  const texts = [
    messages === 1 && t('1 message of theirs is not in this session.'),
    messages > 1 && t('{0} messages of theirs are not in this session.', messages),
    branches > 1 &&
      t(
        'The conversation has {0} branches: what stands below one another need not belong together.',
        branches,
      ),
    choice === 'wait' &&
      t('What waits goes on when they have left, after what they wrote was taken in.'),
    choice !== undefined && choice !== 'wait' && t('It is done as soon as the turn has ended.'),
    holds === true &&
      choice === undefined &&
      t('What waits is held until the owner chooses, or they leave without a word.'),
  ];
  return texts.filter(Boolean).join(' ');
}

function writerName({ where, pid }: Writer, t: SayOthers): string {
  switch (writerPlaceOf(where)) {
    case 'terminal':
      return pid === undefined ? t('A terminal') : t('A terminal (process {0})', pid);
    case 'script':
      return pid === undefined ? t('A script') : t('A script (process {0})', pid);
    case 'background':
      return pid === undefined
        ? t('A background session')
        : t('A background session (process {0})', pid);
    case 'program':
      return pid === undefined ? t('Another program') : t('Another program (process {0})', pid);
  }
}
