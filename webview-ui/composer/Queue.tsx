// What waits at the session's computer: in its order, held or not, changed by who may.
import { useState } from 'preact/hooks';
import { holdText } from '../../src/client/standing/holdWords.ts';
import { holdReasonOf, queueWaitOf } from '../../src/protocol/openValues.ts';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import type { Queued } from '../../src/protocol/state.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { AuthorBadge } from '../parts/AuthorBadge.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';
import { QueueEdit } from './QueueEdit.tsx';

// More than the lines that are shown of a prompt.
const HEAD_CHARACTERS = 1000;

/** The beginning of a prompt, as it is shown in a row. */
export function headOf(text: string): string {
  return showDeceptive(text.slice(0, HEAD_CHARACTERS));
}

function stateText(item: Queued, t: Translate): string {
  if (item.held === true) {
    return queueWaitOf(item.waits ?? 'control') === 'crash' ? t('not run') : t('held');
  }
  return item.waits === undefined ? t('queued') : t('at the agent');
}

/** Why a row does not run by itself, for who points at it. */
function stateTitle(item: Queued, t: Translate): string | undefined {
  if (item.held !== true) return undefined;
  return queueWaitOf(item.waits ?? 'control') === 'crash'
    ? t('The session’s computer stopped before it began. It runs when somebody lets it.')
    : t('Control has passed on since it was sent. It runs when somebody lets it.');
}

interface Rights {
  /** Has control, or can take it by acting. */
  readonly hasControl: boolean;
  /** Has control in this window or another one. */
  readonly isHolder: boolean;
  readonly isOwner: boolean;
  readonly member: string | undefined;
}

function rightsOf(header: PanelHeader): Rights | undefined {
  if (header.control.kind === 'watching') return undefined;
  return {
    hasControl: header.control.kind === 'mine' || header.control.kind === 'free',
    isHolder: header.control.kind === 'mine' || header.control.kind === 'mine-elsewhere',
    isOwner: header.me?.role === 'owner',
    member: header.me?.member,
  };
}

/** [Q5] [Q7] Why nothing of the queue runs, and the two ways out of it. */
function QueueHold({ rights }: { readonly rights: Rights | undefined }) {
  const { store, post, t } = useUi();
  const session = store.header.value?.session;
  const hold = session?.queueHold;
  const count = session?.queued ?? 0;
  if (hold === undefined || count === 0) return null;
  return (
    <div class="line queue-hold" role="status">
      <Icon name={holdReasonOf(hold.why) === 'stop' ? 'stop' : 'warning'} />
      <span class="line-text" dir="auto">
        {showDeceptive(holdText(hold, count, t))}
      </span>
      {rights?.hasControl === true && (
        <button type="button" class="button-second" onClick={() => post({ type: 'resume-queue' })}>
          {t('Go on')}
        </button>
      )}
      {rights !== undefined && (
        <button
          type="button"
          class="button-quiet"
          title={rights.isOwner ? t('Cancel all that wait') : t('Cancel those of mine')}
          onClick={() => post({ type: 'clear-queue' })}
        >
          {t('Clear')}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly item: Queued;
  readonly rights: Rights | undefined;
  /** The prompts before and behind it that wait here too. */
  readonly before: string | undefined;
  readonly behind: string | undefined;
  readonly afterBehind: string | undefined;
}

function QueueActions(props: RowProps & { readonly edit: () => void }) {
  const { store, post, t } = useUi();
  const { item, rights, before, behind, afterBehind, edit } = props;
  if (rights === undefined) return null;
  // [Z2] Nothing goes out while others hold it: the host would refuse.
  const othersHold = store.header.value?.session?.others?.holds === true;
  const { promptId } = item;
  const mayChange = rights.isOwner || item.author.member === rights.member;
  const isHere = item.waits !== 'agent';
  const move = (place: string | undefined): void =>
    post({ type: 'move-queued', promptId, ...(place === undefined ? {} : { before: place }) });
  return (
    <div class="outbox-actions">
      {item.held === true && (rights.isHolder || rights.isOwner) && (
        <button
          type="button"
          class="button-quiet"
          onClick={() => post({ type: 'release-queued', promptId })}
        >
          {t('Let it run')}
        </button>
      )}
      {rights.hasControl && isHere && !othersHold && (
        <button
          type="button"
          class="button-quiet"
          title={t('Into the running turn, or before what waits')}
          onClick={() => post({ type: 'send-queued', promptId })}
        >
          {t('Send now')}
        </button>
      )}
      {rights.hasControl && isHere && before !== undefined && (
        <RowButton icon="up" name={t('Move up')} act={() => move(before)} />
      )}
      {rights.hasControl && isHere && behind !== undefined && (
        <RowButton icon="down" name={t('Move down')} act={() => move(afterBehind)} />
      )}
      {mayChange && <RowButton icon="edit" name={t('Edit this prompt')} act={edit} />}
      {mayChange && (
        <RowButton
          icon="close"
          name={t('Cancel this prompt')}
          act={() => post({ type: 'cancel-queued', promptId })}
        />
      )}
    </div>
  );
}

function RowButton(props: {
  readonly icon: 'up' | 'down' | 'edit' | 'close';
  readonly name: string;
  readonly act: () => void;
}) {
  return (
    <button
      type="button"
      class="button-quiet"
      aria-label={props.name}
      title={props.name}
      onClick={props.act}
    >
      <Icon name={props.icon} />
    </button>
  );
}

function QueueRow(props: RowProps) {
  const { t } = useUi();
  const { item } = props;
  const [isEditing, setEditing] = useState(false);
  if (isEditing) return <QueueEdit item={item} close={() => setEditing(false)} />;
  return (
    <div class="outbox-item">
      <span class="outbox-status" title={stateTitle(item, t)}>
        {item.waits === 'agent' ? <Spinner /> : <Icon name="clock" />}
        {stateText(item, t)}
      </span>
      <p class="outbox-text outbox-prompt" dir="auto">
        {headOf(item.text)}
      </p>
      {item.images !== undefined && (
        <span class="muted">
          {item.images === 1 ? t('1 picture') : t('{0} pictures', item.images)}
        </span>
      )}
      {item.edited === true && <span class="muted">{t('edited')}</span>}
      <AuthorBadge author={item.author} />
      <QueueActions {...props} edit={() => setEditing(true)} />
    </div>
  );
}

/** The queue. */
export function Queue() {
  const { store, t } = useUi();
  const header = store.header.value;
  const queue = header?.queue ?? [];
  if (header === undefined || queue.length === 0) return null;
  const rights = rightsOf(header);
  const movable = queue.filter(({ waits }) => waits !== 'agent').map(({ promptId }) => promptId);
  const more = header.queueMore ?? 0;
  return (
    <>
      <QueueHold rights={rights} />
      {queue.map((item) => {
        const at = movable.indexOf(item.promptId);
        return (
          <QueueRow
            key={item.promptId}
            item={item}
            rights={rights}
            before={at > 0 ? movable[at - 1] : undefined}
            behind={at >= 0 ? movable[at + 1] : undefined}
            afterBehind={at >= 0 ? movable[at + 2] : undefined}
          />
        );
      })}
      {more > 0 && <p class="muted">{t('{0} more wait', more)}</p>}
    </>
  );
}
