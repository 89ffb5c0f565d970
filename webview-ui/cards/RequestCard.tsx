// Requests and decisions as history; the ones that wait are answered above the composer.
import { requestKindOf, wholeRequest } from '../../src/protocol/openValues.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { Fold } from '../parts/Fold.tsx';
import { authorName } from '../../src/client/standing/peopleWords.ts';
import { Icon } from '../parts/Icon.tsx';
import { Markdown } from '../parts/Markdown.tsx';
import type { Translate } from '../strings.ts';
import { describeTool } from '../text/toolHead.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';
import { InputTable } from './toolBodies.tsx';

/** How a request ended, in words. */
export function decisionText(decision: EntryOf<'decision'>, t: Translate): string {
  const who = decision.author && authorName(decision.author, t);
  switch (decision.outcome) {
    case 'allowed':
      return who === undefined ? t('Allowed') : t('Allowed by {0}', who);
    case 'denied':
      return who === undefined ? t('Denied') : t('Denied by {0}', who);
    case 'answered':
      return who === undefined ? t('Answered') : t('Answered by {0}', who);
    case 'withdrawn':
      return t('No longer asked');
    case 'lost':
      return t('Lost when the session was restarted');
  }
}

/** Who decided what. */
export function DecisionLine({ decision }: { readonly decision: EntryOf<'decision'> }) {
  const { t } = useUi();
  const isNo = decision.outcome === 'denied' || decision.outcome === 'lost';
  return (
    <p class="line decision">
      <Icon name={isNo ? 'close' : decision.outcome === 'withdrawn' ? 'reset' : 'check'} />
      <span class="line-text" dir="auto">
        {decisionText(decision, t)}
        {decision.detail !== undefined && decision.detail !== '' && (
          <span class="muted"> · {showDeceptive(decision.detail)}</span>
        )}
      </span>
    </p>
  );
}

/** A plan. */
export function PlanBody({ plan }: { readonly plan: string }) {
  const { t } = useUi();
  return (
    <div class="plan" tabIndex={0} role="region" aria-label={t('Plan')}>
      <Markdown text={plan} />
    </div>
  );
}

/** Questions with the answers, once they are there. */
export function AnsweredQuestions(props: {
  request: EntryOf<'request'>;
  decision: EntryOf<'decision'> | undefined;
}) {
  const { request, decision } = props;
  return (
    <dl class="questions">
      {(request.questions ?? []).map((question) => (
        <div key={question.question}>
          <dt dir="auto">{showDeceptive(question.question)}</dt>
          <dd dir="auto">
            {decision?.answers?.[question.question] === undefined ? (
              <span class="muted">
                {question.options.map((option) => option.label).join(' · ')}
              </span>
            ) : (
              showDeceptive(decision.answers[question.question] ?? '')
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function titleOf(request: EntryOf<'request'>, tool: string, t: Translate): string {
  switch (requestKindOf(request.request)) {
    case 'plan':
      return t('Plan');
    case 'question':
      return t('Question');
    case 'form':
      return t('Form: {0}', showDeceptive(request.tool));
    case 'permission':
      return t('Permission: {0}', tool);
    case 'unknown':
      return `${showDeceptive(request.request)}: ${tool}`;
  }
}

/** A request that belongs to no card. */
export function RequestCard(props: {
  id: string;
  index: number;
  request: EntryOf<'request'>;
  decision: EntryOf<'decision'> | undefined;
}) {
  const { store, t } = useUi();
  const { id, request, decision } = props;
  const head = describeTool(request, store.header.value?.session?.cwd, t);
  const kind = requestKindOf(request.request);
  return (
    <Fold
      id={id}
      class="tool"
      icon="question"
      title={titleOf(request, head.title, t)}
      subtitle={head.subtitle}
      status={decision === undefined ? t('waiting') : undefined}
      isOpenAtFirst={decision !== undefined && kind !== 'permission'}
    >
      {kind === 'unknown' ? (
        <InputTable input={wholeRequest(request)} />
      ) : request.plan !== undefined ? (
        <PlanBody plan={request.plan} />
      ) : request.questions !== undefined ? (
        <AnsweredQuestions request={request} decision={decision} />
      ) : (
        <InputTable input={request.input} />
      )}
      {decision !== undefined && <DecisionLine decision={decision} />}
    </Fold>
  );
}
