// Others on a session's conversation, in words: the same in every place.
import { canOf, roleOf, writerPlaceOf, writersChoiceOf } from '../../protocol/openValues.ts';
import { taskTitles } from './taskWords.ts';
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
  | '{0} and others have written in this conversation and are gone.'
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
  | 'It is done as soon as the turn has ended, and ends what runs in the background: {0}'
  | 'It is done when what runs in the background has ended: {0}'
  | 'Take theirs in'
  | 'The conversation has {0} branches: what stands below one another need not belong together.'
  | 'Wait until they leave'
  | 'What waits goes on when they have left, after what they wrote was taken in.'
  | 'What waits is held until the owner chooses, or they leave without a word.'
  | 'What waits is held until the owner chooses.';

/** Gives a text in the reader's language. */
export type SayOthers = (key: OthersKey, ...values: readonly (string | number)[]) => string;

/** The choices in the order in which they are offered, and their names. */
export function writersChoices(
  others: Others,
  t: SayOthers,
): readonly (readonly [WritersChoice, string])[] {
  return [
    ['take-in', t('Take theirs in')],
    ['fork', t('Go on as a fork')],
    // For those that have left nobody need wait.
    ...(isThere(others) ? [['wait', t('Wait until they leave')] as const] : []),
  ];
}

/** Whether one of them has the conversation open now: those stand first. */
export function isThere({ writers }: Others): boolean {
  const [first] = writers;
  return first !== undefined && first.left !== true;
}

/** [Z6] Whether what was chosen waits for background work, which the owner can end instead. */
export function waitsForTasks({ others, tasks }: SessionSummary): boolean {
  if (others?.choice === undefined || tasks === undefined) return false;
  return others.force !== true && !(writersChoiceOf(others.choice) === 'wait' && isThere(others));
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
  const all = others.writers.length + (others.writersMore ?? 0);
  if (first.left === true && all > 1)
    return t('{0} and others have written in this conversation and are gone.', name);
  if (first.left === true) return t('{0} has written in this conversation and is gone.', name);
  const gone = others.writers.filter(({ left }) => left === true).length;
  const more = all - gone - 1;
  if (more > 1) return t('{0} and {1} others have this conversation open as well.', name, more);
  if (more === 1) return t('{0} and 1 other have this conversation open as well.', name);
  return t('{0} has this conversation open as well.', name);
}

/** What that means; empty if nobody is there. */
export function othersDetail(session: SessionSummary, t: SayOthers): string {
  const { others } = session;
  if (others === undefined) return '';
  const { messages = 0, branches = 1, holds } = others;
  const texts = [
    messages === 1 && t('1 message of theirs is not in this session.'),
    messages > 1 && t('{0} messages of theirs are not in this session.', messages),
    branches > 1 &&
      t(
        'The conversation has {0} branches: what stands below one another need not belong together.',
        branches,
      ),
    outlook(session, others, t),
    holds === true &&
      others.choice === undefined &&
      (messages > 0
        ? t('What waits is held until the owner chooses.')
        : t('What waits is held until the owner chooses, or they leave without a word.')),
  ];
  return texts.filter(Boolean).join(' ');
}

/** What becomes of what was chosen. */
function outlook(session: SessionSummary, others: Others, t: SayOthers): string | false {
  if (others.choice === undefined) return false;
  if (writersChoiceOf(others.choice) === 'wait' && isThere(others))
    return t('What waits goes on when they have left, after what they wrote was taken in.');
  const tasks = taskTitles(session);
  if (tasks === undefined) return t('It is done as soon as the turn has ended.');
  return others.force === true
    ? t(
        'It is done as soon as the turn has ended, and ends what runs in the background: {0}',
        tasks,
      )
    : t('It is done when what runs in the background has ended: {0}', tasks);
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
