// What must not be missed: no extension, a problem with its remedy, alarms, an old picture.
import { truthWord } from '../model/words.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import type { ComponentChildren } from 'preact';

// After joining, the computer confirms with its next beat; that long nothing is wrong.
const CONFIRMED_WITHIN_MS = 15_000;

function Banner(props: {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly icon: IconName;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`banner banner-${props.tone}`} role={props.tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={props.icon} />
      <div class="banner-text" dir="auto">
        {props.children}
      </div>
    </div>
  );
}

/** All banners, the worst first. */
export function Banners() {
  const { store, t } = useUi();
  const header = store.header.value;
  const isConnected = store.connection.isConnected.value;
  const problem = header?.problem ?? header?.session?.problem;
  const truth = header?.truth;
  const forMs = store.now.value - store.truthSince;
  const isOld =
    truth !== undefined &&
    truth.kind !== 'live' &&
    truth.kind !== 'connecting' &&
    (truth.kind !== 'unconfirmed' || forMs > CONFIRMED_WITHIN_MS);
  return (
    <div class="banners">
      {!isConnected && (
        <Banner tone="bad" icon="away">
          <strong>{t('This panel is not connected to the extension.')}</strong>{' '}
          {t(
            'What you see may be old, and nothing can be sent. It reconnects by itself; if it does not, close the panel and open the session again.',
          )}
        </Banner>
      )}
      {header?.alarms.map((alarm) => (
        <Banner key={`${alarm.kind}/${alarm.text}`} tone="bad" icon="warning">
          {alarm.text}
        </Banner>
      ))}
      {problem !== undefined && (
        <Banner tone="bad" icon="warning">
          <strong>{problem.happened}</strong> {problem.kept} {problem.remedy}
        </Banner>
      )}
      {isOld && isConnected && (
        <Banner tone={truth.kind === 'over' ? 'bad' : 'warn'} icon="away">
          {/* Its age stands in the head: here a screen reader would say it anew each second. */}
          <strong>
            {
              truthWord({ kind: truth.kind }, 0, header?.session?.computer ?? t('The computer'), t)
                .text
            }
          </strong>{' '}
          {truth.kind === 'unconfirmed' && truth.text === undefined
            ? t('The computer does not confirm that it sees you: what you see may be old.')
            : truth.text}
        </Banner>
      )}
    </div>
  );
}
