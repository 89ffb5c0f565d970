// The head of the panel: which session, where, in what state, with whom, how true.
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { connectionText } from '../../src/client/standing/standingWords.ts';
import { changedText, treeText } from '../../src/client/standing/treeWords.ts';
import { currentMode } from '../model/pickers.ts';
import { activityWord, connectionWord, type StateWord, waitWord } from '../model/words.ts';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { formatCost, formatTokens } from '../text/format.ts';
import { useUi } from '../ui.ts';
import { FindButton } from './FindBar.tsx';
import { People } from './People.tsx';
import { Title } from './Title.tsx';
import { Way } from './Way.tsx';

/** A state with its icon. */
function State(props: { readonly word: StateWord | undefined; readonly class: string }) {
  const { word, class: name } = props;
  if (word === undefined) return null;
  return (
    <span class={`state state-${word.tone} ${name}`}>
      {word.icon === 'spinner' ? <Spinner /> : <Icon name={word.icon} />}
      <bdi>{word.text}</bdi>
    </span>
  );
}

function ContextMeter({ used, limit }: { readonly used: number; readonly limit: number }) {
  const { t } = useUi();
  const percent = Math.min(100, Math.round((used / limit) * 100));
  const label = t('Context: {0} of {1} tokens', formatTokens(used), formatTokens(limit));
  return (
    <span
      class={percent >= 80 ? 'meter meter-high' : 'meter'}
      role="meter"
      aria-label={t('Context')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={label}
      title={label}
    >
      <span class="meter-track">
        <span class="meter-fill" style={{ width: `${percent}%` }} />
      </span>
      {percent}%
    </span>
  );
}

function Sharing({ header }: { readonly header: PanelHeader }) {
  const { post, t } = useUi();
  const run = (name: string) => (): void => post({ type: 'command', name });
  // Not admitted yet: neither can be done.
  if (header.me === undefined) return null;
  if (header.me.role !== 'owner') {
    return (
      <button type="button" class="button-quiet" onClick={run('leave')}>
        {t('Leave')}
      </button>
    );
  }
  if (header.sharing === undefined) {
    return (
      <button type="button" class="button-quiet" onClick={run('share')}>
        <Icon name="broadcast" />
        {t('Share')}
      </button>
    );
  }
  return (
    <>
      <button
        type="button"
        class="button-quiet"
        onClick={run('share')}
        title={t('Shared: {0}', header.sharing.where)}
      >
        <Icon name="broadcast" />
        {t('Shared')}
      </button>
      <button type="button" class="button-quiet" onClick={run('stopSharing')}>
        {t('Stop sharing')}
      </button>
    </>
  );
}

/** The head; empty words until the first state came. */
export function Header() {
  const { store, t } = useUi();
  const header = store.header.value;
  const session = header?.session;
  const standing = store.standing.value;
  if (header === undefined || session === undefined || standing === undefined) {
    const text = standing && connectionText(standing, t);
    return (
      <header class="header">
        <h1 class="title">{text ?? t('Connecting …')}</h1>
      </header>
    );
  }
  const tree = [treeText(session, t), changedText(session, t)].filter(Boolean).join(' · ');
  const place = [session.project, session.branch ?? ''].filter((part) => part !== '').join(' · ');
  return (
    <header class="header">
      <div class="header-main">
        <Title header={header} title={session.title} />
        <div class="header-actions">
          <FindButton />
          <People header={header} />
          <Sharing header={header} />
        </div>
      </div>
      <div class="header-facts">
        <State word={activityWord(standing, t)} class="status" />
        <State word={waitWord(standing, t)} class="wait" />
        {session.subagentRequests !== undefined && (
          <span class="fact">{t('From subagents: {0}', session.subagentRequests)}</span>
        )}
        <State word={connectionWord(standing, t)} class="truth" />
        <span class="fact">
          <bdi>{session.computer}</bdi>
        </span>
        <span class="fact fact-more" title={session.cwd}>
          <bdi>{place}</bdi>
        </span>
        {tree !== '' && <span class="fact fact-more">{tree}</span>}
        {session.model !== undefined && <bdi class="fact fact-more">{session.model}</bdi>}
        {session.mode !== undefined && session.modeKind !== 'asking' && (
          <bdi class="tag">{currentMode(header, store.composer.choices.items('modes'))?.name}</bdi>
        )}
        {session.contextTokens !== undefined && (session.contextLimit ?? 0) > 0 && (
          <ContextMeter used={session.contextTokens} limit={session.contextLimit ?? 1} />
        )}
        {session.costUsd !== undefined && (
          <span class="fact fact-more" title={t('Cost of this session')}>
            {formatCost(session.costUsd)}
          </span>
        )}
        <Way header={header} />
      </div>
    </header>
  );
}
