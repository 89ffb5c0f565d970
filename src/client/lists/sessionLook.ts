// How a session looks in lists: its icon, and the lines of its tooltip.
import { sourceOf, statusOf, unknownStatus } from '../../protocol/openValues.ts';
import type { SessionSummary } from '../../protocol/state.ts';
import { othersDetail, othersHead } from '../standing/othersWords.ts';
import { changedText, treeText } from '../standing/treeWords.ts';
import { taskTitles } from '../standing/taskWords.ts';
import { translatedProblem, type Translate } from '../translate.ts';

/** Groups of the Sessions tree. */
export type TreeGroup = 'waiting' | 'working' | 'idle' | 'ended' | 'archived';

/** Icon of a session, with a colour where it carries meaning; what it did when last seen has neither sign nor colour. */
export function sessionLook(
  session: SessionSummary,
  group: TreeGroup,
  isPresent: boolean,
  waits = false,
): { readonly icon: string; readonly color?: string } {
  if (group === 'archived') return { icon: 'archive' };
  if (session.problem) return { icon: 'error', color: 'list.errorForeground' };
  if (isPresent && session.others?.holds === true)
    return { icon: 'warning', color: 'list.warningForeground' };
  if (waits && group !== 'waiting') return { icon: 'watch' };
  switch (isPresent || group === 'ended' ? group : 'idle') {
    case 'waiting':
      return { icon: 'bell-dot', color: 'list.warningForeground' };
    case 'working':
      return { icon: 'loading~spin' };
    case 'ended':
      return { icon: 'circle-slash', color: 'disabledForeground' };
    case 'idle':
      return { icon: sourceOf(session.source) === 'observed' ? 'terminal' : 'comment-discussion' };
  }
}

/** Lines of the tooltip: label and value, plain text. */
export function sessionDetails(
  session: SessionSummary,
  isJoined: boolean,
  t: Translate,
  wait?: string,
): readonly (readonly [string, string])[] {
  const { contextTokens, contextLimit } = session;
  const problem = session.problem && translatedProblem(session.problem, t);
  const context =
    contextTokens !== undefined && contextLimit
      ? `${Math.round((contextTokens / contextLimit) * 100)} %`
      : undefined;
  const lines: readonly (readonly [string, string | undefined])[] = [
    [t('Folder'), session.cwd],
    [t('Branch'), session.branch],
    [t('Working tree'), treeText(session, t)],
    [t('Changed'), changedText(session, t)],
    [t('Computer'), isJoined ? session.computer : undefined],
    [t('Model'), session.model],
    [t('Context'), context],
    [t('State'), unknownStatus(session.status)],
    [t('Waits'), wait],
    [t('Waiting for'), session.waitingFor],
    [t('For the prompt'), causeText(session)],
    [t('Subagents that ask'), session.subagentRequests?.toString()],
    [t('In the background'), taskTitles(session)],
    [t('Others'), session.others && othersHead(session.others, t)],
    [t('What that means'), othersDetail(session, t)],
    [t('Problem'), problem?.happened],
    [t('What to do'), problem?.remedy],
    [t('Id'), session.id.slice(0, 8)],
  ];
  return lines.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}

/** Whether something is still to be done without anybody: a turn, or background work. */
export function isAtWork(session: SessionSummary): boolean {
  return statusOf(session.status) === 'working' || session.tasks !== undefined;
}

function causeText({ waitingCause }: SessionSummary): string | undefined {
  return waitingCause && `${waitingCause.name}: “${waitingCause.text}”`;
}

/** What is only watched says where it runs, or that this version does not know it. */
export function watchedNote({ source }: SessionSummary, t: Translate): string | undefined {
  if (sourceOf(source) === 'hosted') return undefined;
  return source === 'observed' ? t('terminal') : t('read-only');
}
