// Who has control, and what this window may do about it.
import { isOver, type Standing } from '../../src/client/standing/standing.ts';
import { controlText } from '../../src/client/standing/standingWords.ts';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { asksMe, cameText, controlActions, watchingReason } from '../model/words.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';

/** What the request-or-release key does now; undefined if nothing. */
export function controlKeyAction(standing: Standing): 'request' | 'release' | undefined {
  const { control, isReachable } = standing;
  if (isReachable && (control.kind === 'free' || control.kind === 'mine-elsewhere')) {
    return 'request';
  }
  const [action] = controlActions(standing);
  return action === 'take' ? undefined : action;
}

const ICONS: Readonly<Record<Standing['control']['kind'], IconName>> = {
  mine: 'keyboard',
  'mine-elsewhere': 'keyboard',
  free: 'keyboard',
  other: 'person',
  watching: 'eye',
};

function Actions({ standing }: { readonly standing: Standing }) {
  const { post, t } = useUi();
  const key = /Mac|iP/.test(navigator.platform) ? '⌘⌥H' : 'Ctrl+Alt+H';
  const labels = { release: t('Release'), request: t('Request control'), take: t('Take back') };
  return (
    <>
      {controlActions(standing).map((action) => (
        <button
          key={action}
          type="button"
          class={action === 'release' ? 'button-quiet' : 'button-second'}
          title={action === 'take' ? undefined : key}
          onClick={() => post({ type: 'control', action })}
        >
          {labels[action]}
        </button>
      ))}
    </>
  );
}

/** People who came by a controller link and wait for the owner. */
function Askers({ header }: { readonly header: PanelHeader }) {
  const { post, t } = useUi();
  if (header.me?.role !== 'owner') return null;
  return (
    <>
      {header.people.filter(asksMe).map((person) => (
        <div key={person.member} class="ask">
          <Icon name="person" />
          <span class="ask-text" dir="auto">
            {cameText(person, t)}
          </span>
          <button
            type="button"
            class="button"
            onClick={() => post({ type: 'allow-control', member: person.member })}
          >
            {t('Allow control')}
          </button>
        </div>
      ))}
    </>
  );
}

function Requests({ header }: { readonly header: PanelHeader }) {
  const { store, post, t } = useUi();
  return (
    <>
      {header.controlRequests
        .filter((request) => !store.isKept(request))
        .map((request) => (
          <div key={`${request.member}/${request.window}`} class="ask">
            <Icon name="keyboard" />
            <span class="ask-text" dir="auto">
              {t('{0} asks for control', request.name)}
            </span>
            <button
              type="button"
              class="button"
              onClick={() =>
                post({ type: 'give-control', member: request.member, window: request.window })
              }
            >
              {t('Give control')}
            </button>
            <button
              type="button"
              class="button-second"
              title={t('They stay in line.')}
              onClick={() => store.keepControl(request)}
            >
              {t('Keep')}
            </button>
          </div>
        ))}
    </>
  );
}

/** What others ask; it stands above the bar. */
export function Asks() {
  const { store } = useUi();
  const header = store.header.value;
  const standing = store.standing.value;
  if (header === undefined || standing === undefined) return null;
  if (!standing.isReachable || isOver(standing)) return null;
  return (
    <>
      <Askers header={header} />
      <Requests header={header} />
    </>
  );
}

/** The bar. */
export function ControlBar() {
  const { store, t } = useUi();
  const header = store.header.value;
  const standing = store.standing.value;
  if (header === undefined || standing === undefined) return null;
  const text = controlText(standing, t) ?? watchingReason(header, standing, t) ?? t('Watching');
  return (
    <div class={`control control-${standing.control.kind} control-${standing.controlAsOf}`}>
      <Icon name={ICONS[standing.control.kind]} />
      <span class="control-text" role="status" dir="auto">
        {text}
      </span>
      <Actions standing={standing} />
    </div>
  );
}
