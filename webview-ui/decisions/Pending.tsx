// Requests that wait for a person, pinned above the composer; and who answered the last one.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isOver } from '../../src/client/standing/standing.ts';
import { controlText } from '../../src/client/standing/standingWords.ts';
import type { PanelHeader, PanelOutboxItem } from '../../src/protocol/local/panel.ts';
import { causeOf } from '../../src/protocol/requestCauses.ts';
import { canOf, requestKindOf } from '../../src/protocol/openValues.ts';
import type { Pending as PendingRef } from '../../src/protocol/state.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { decisionText } from '../cards/RequestCard.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { focusCard, useKeyed, useTakenFocus } from './cardFocus.ts';
import { FormRequest } from './FormRequest.tsx';
import { PermissionRequest } from './PermissionRequest.tsx';
import { PlanRequest } from './PlanRequest.tsx';
import { QuestionRequest } from './QuestionRequest.tsx';
import { UnknownRequest } from './UnknownRequest.tsx';
import { useStack } from './useStack.ts';

const ANSWERED_SHOWN_MS = 8000;

/** Why this person may not answer this request, if so. */
function useAnswerBlock(pending: PendingRef, header: PanelHeader): string | undefined {
  const { store, t } = useUi();
  if (!store.connection.isConnected.value) return t('Not connected to the extension.');
  const standing = store.standing.value;
  if (standing && isOver(standing)) return controlText(standing, t);
  const { session } = header;
  if (session !== undefined && !canOf(session, 'answer')) {
    return session.source === 'observed'
      ? t('Answer it in the terminal it runs in.')
      : t('This session can be watched here, not controlled.');
  }
  if (header.canAnswer) return undefined;
  // Questions are part of the conversation: who may prompt may answer them.
  if (requestKindOf(pending.request) === 'question' && standing?.control.kind !== 'watching')
    return undefined;
  return header.me?.role === 'viewer'
    ? t('Viewers cannot answer. Somebody with the right to approve will.')
    : t('You may not approve here: the owner kept that right.');
}

function RequestBody(props: {
  request: EntryOf<'request'>;
  index: number;
  position: number;
  hasKeys: boolean;
  block: string | undefined;
}) {
  switch (requestKindOf(props.request.request)) {
    case 'question':
      return <QuestionRequest {...props} />;
    case 'plan':
      return <PlanRequest {...props} />;
    case 'form':
      return <FormRequest {...props} />;
    case 'permission':
      return <PermissionRequest {...props} />;
    case 'unknown':
      return <UnknownRequest {...props} />;
  }
}

/** Which subagent asks. */
function Asker({ request }: { readonly request: EntryOf<'request'> }) {
  const { t } = useUi();
  const { agent } = request;
  if (agent === undefined) return null;
  const name = [agent.type, agent.title && `“${agent.title}”`].filter(Boolean).join(' ');
  return (
    <p class="cause" dir="auto">
      <Icon name="agent" /> {t('Asked by the subagent {0}', showDeceptive(name))}
    </p>
  );
}

function OneRequest(props: {
  pending: PendingRef;
  header: PanelHeader;
  position: number;
  hasKeys: boolean;
  /** It goes while it has the keyboard. */
  onGone: () => void;
}) {
  const { pending, header, position, hasKeys, onGone } = props;
  const { store, t } = useUi();
  void store.transcript.version.value;
  const block = useAnswerBlock(pending, header);
  const entry = store.transcript.entryAt(pending.index);
  const isOlder = pending.index < store.transcript.first;
  const isLoading = store.isLoadingOlder.value;
  useEffect(() => {
    if (isOlder) store.fetchOlderByScroll();
  }, [isOlder, isLoading]);
  const answer = store.outbox.value.findLast(
    (item) => item.kind === 'answer' && item.text === pending.requestId,
  );
  const isOnItsWay =
    store.isAnswering(pending.requestId) || (answer !== undefined && !isFailed(answer));
  const shownBlock = isOnItsWay ? t('Sending your answer …') : block;
  const section = useRef<HTMLElement>(null);
  // Before it is taken down it still has the focus.
  useLayoutEffect(
    () => () => {
      // A press leaves the focus on a button without a mark: no keyboard comes up for it.
      const card = section.current;
      if (card !== null && (card.matches(':focus') || card.querySelector(':focus-visible')))
        onGone();
    },
    [],
  );
  return (
    <section
      ref={section}
      class="pending"
      data-request={pending.requestId}
      tabIndex={-1}
      aria-label={t('Waits for an answer')}
    >
      {answer !== undefined && isFailed(answer) && (
        <p class="line bad" role="alert">
          <Icon name="warning" />
          {answer.message ?? t('Your answer did not arrive. Answer again.')}
        </p>
      )}
      {entry?.kind === 'request' && <Cause request={entry} own={header.me?.member} />}
      {entry?.kind === 'request' && <Asker request={entry} />}
      {entry?.kind === 'request' ? (
        <RequestBody
          key={pending.requestId}
          request={entry}
          index={pending.index}
          position={position}
          hasKeys={hasKeys}
          block={shownBlock}
        />
      ) : (
        <p class="line">
          <Icon name="question" />
          {t('A request waits: {0}. Its details are not loaded yet.', pending.tool)}
          <button type="button" class="link-button" onClick={() => store.fetchOlder()}>
            {t('Load older entries')}
          </button>
        </p>
      )}
    </section>
  );
}

/** For whose prompt it is asked, unless for one's own. */
function Cause(props: { readonly request: EntryOf<'request'>; readonly own: string | undefined }) {
  const { t } = useUi();
  const cause = causeOf(props.request, props.own);
  if (cause === undefined) return null;
  const more = cause.more > 0 ? ` ${t('and {0} more', cause.more)}` : '';
  return (
    <p class="cause" dir="auto">
      {`${t('For {0}’s prompt “{1}”', showDeceptive(cause.name), showDeceptive(cause.text))}${more}`}
    </p>
  );
}

/** An answer that is done may still be told before its effect: until then it is on its way. */
function isFailed(item: PanelOutboxItem): boolean {
  return item.status === 'rejected' || item.status === 'unknown' || item.status === 'expired';
}

/** The decision of a request that was here a moment ago, unless this person made it. */
function useJustAnswered(header: PanelHeader | undefined): string | undefined {
  const { store, t } = useUi();
  void store.transcript.version.value;
  const before = useRef<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<{ id: string; at: number }>();
  const now = header?.pending.map((pending) => pending.requestId) ?? [];
  const key = now.join(' ');
  useEffect(() => {
    const lost = [...before.current].find((id) => !now.includes(id));
    before.current = new Set(now);
    if (lost !== undefined) setGone({ id: lost, at: store.now.peek() });
  }, [key]);
  if (gone === undefined || store.now.value - gone.at > ANSWERED_SHOWN_MS) return undefined;
  const decision = store.transcript.decisionOf(gone.id);
  const isMine = decision?.author?.member === header?.me?.member;
  return decision === undefined || isMine ? undefined : decisionText(decision, t);
}

/** All that waits: the oldest next to the composer, where it stays when others come. */
export function Pending() {
  const { store, t } = useUi();
  const header = store.header.value;
  const answered = useJustAnswered(header);
  const list = useRef<HTMLDivElement>(null);
  const waiting = header?.pending ?? [];
  const ids = waiting.map((one) => one.requestId);
  const places = useStack(ids, list);
  const keyed = useKeyed(ids);
  useTakenFocus(ids, list);
  // Who answered by keyboard goes on: with the next request, or typing.
  const isLeft = useRef(false);
  useLayoutEffect(() => {
    if (!isLeft.current) return;
    isLeft.current = false;
    const isEmpty = store.composer.draft.value === '';
    if (!isEmpty || !focusCard(list.current)) store.composer.focusRequests.value++;
  }, [ids.join(' ')]);
  return (
    <>
      {answered !== undefined && (
        <p class="line pending-answered" role="status">
          <Icon name="check" />
          <bdi>{answered}</bdi>
        </p>
      )}
      {ids.length > 1 && (
        <p class="pending-count">{t('{0} requests wait for an answer', ids.length)}</p>
      )}
      <div ref={list} class="pending-list">
        {places.map((place) => {
          const position = ids.indexOf(place.id);
          const pending = waiting[position];
          if (!place.isHere)
            return (
              <section
                key={place.id}
                class="pending-gone"
                aria-hidden
                style={{ height: place.height }}
              />
            );
          return (
            pending !== undefined &&
            header !== undefined && (
              <OneRequest
                key={place.id}
                pending={pending}
                header={header}
                position={position}
                hasKeys={keyed === place.id}
                onGone={() => (isLeft.current = true)}
              />
            )
          );
        })}
      </div>
    </>
  );
}
