// [H9] [H10] A session's working tree in words: the same in every place.
import type { SessionSummary } from '../../protocol/state.ts';

type Facts = Pick<SessionSummary, 'tree' | 'changedFiles'>;

/** How these words are said. */
export type SayTree = (
  key:
    | 'all committed'
    | '{0} not committed'
    | '{0} ahead'
    | '{0} behind'
    | '1 file changed in this session'
    | '{0} files changed in this session',
  ...values: readonly number[]
) => string;

/** What is not committed, and how the branch stands; undefined: the folder is in no working tree, or nobody has looked. */
export function treeText({ tree }: Facts, t: SayTree): string | undefined {
  if (tree === undefined) return undefined;
  const { dirty, ahead = 0, behind = 0 } = tree;
  return [
    dirty === 0 ? t('all committed') : t('{0} not committed', dirty),
    ahead > 0 && t('{0} ahead', ahead),
    behind > 0 && t('{0} behind', behind),
  ]
    .filter(Boolean)
    .join(', ');
}

/** How many files the session has changed; undefined: none. */
export function changedText({ changedFiles = 0 }: Facts, t: SayTree): string | undefined {
  if (changedFiles === 0) return undefined;
  return changedFiles === 1
    ? t('1 file changed in this session')
    : t('{0} files changed in this session', changedFiles);
}
