// Who has control, and what this window may do about it.
import type { PanelControl, PanelHeader } from '../../src/protocol/panel.ts';
import { asksMe, cameText, watchingReason } from '../model/words.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';

/** What the request-or-release key does now; undefined if nothing. */
export function controlKeyAction(control: PanelControl): 'request' | 'release' | undefined {
  switch (control.kind) {
    case 'mine':
      return 'release';
    case 'free':
    case 'mine-elsewhere':
      return 'request';
    case 'other':
      return control.canRequest && control.place === 0 ? 'request' : undefined;
    case 'watching':
      return undefined;
  }
}

function words(header: PanelHeader, t: Translate): { icon: IconName; text: string } {
  const { control } = header;
  if (header.truth.kind === 'over') {
    return { icon: 'eye', text: t('The connection to this session has ended.') };
  }
  switch (control.kind) {
    case 'mine':
      return { icon: 'keyboard', text: t('You have control') };
    case 'mine-elsewhere':
      return {
        icon: 'keyboard',
        text: t('You have control in another window. Typing here moves it.'),
      };
    case 'free':
      return { icon: 'keyboard', text: t('Nobody has control. Sending takes it.') };
    case 'other':
      return {
        icon: 'person',
        text:
          control.place > 0
            ? t('{0} has control · you are number {1} in line', control.name, control.place)
            : t('{0} has control', control.name),
      };
    case 'watching':
      return { icon: 'eye', text: watchingReason(header, t) ?? t('Watching') };
  }
}

function Actions({ control }: { readonly control: PanelControl }) {
  const { post, t } = useUi();
  const focus = (action: 'request' | 'take' | 'release') => (): void =>
    post({ type: 'control', action });
  const key = /Mac|iP/.test(navigator.platform) ? '⌘⌥H' : 'Ctrl+Alt+H';
  if (control.kind === 'mine') {
    return (
      <button type="button" class="button-quiet" title={key} onClick={focus('release')}>
        {t('Release')}
      </button>
    );
  }
  if (control.kind !== 'other') return null;
  return (
    <>
      {control.canRequest && control.place === 0 && (
        <button type="button" class="button-second" title={key} onClick={focus('request')}>
          {t('Request control')}
        </button>
      )}
      {control.canTake && (
        <button type="button" class="button-second" onClick={focus('take')}>
          {t('Take back')}
        </button>
      )}
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

/** The bar; what others ask stands above it. */
export function ControlBar() {
  const { store, t } = useUi();
  const header = store.header.value;
  if (header === undefined) return null;
  const { icon, text } = words(header, t);
  return (
    <>
      <Askers header={header} />
      <Requests header={header} />
      <div class={`control control-${header.control.kind}`}>
        <Icon name={icon} />
        <span class="control-text" role="status" dir="auto">
          {text}
        </span>
        {header.truth.kind !== 'over' && <Actions control={header.control} />}
      </div>
    </>
  );
}
