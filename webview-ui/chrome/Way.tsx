// How the session is reached, how long that takes, and what “encrypted” means here: in plain words, for whoever asks.
import { useEffect } from 'preact/hooks';
import type { PanelHeader, PanelWay } from '../../src/protocol/local/panel.ts';
import { Icon } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';

/** A way is measured again after this time, as long as somebody looks. */
const AGAIN_MS = 60_000;

/** [H2] The way in a few words. */
export function wayText(way: PanelWay, t: Translate): string {
  switch (way.kind) {
    case 'computer':
      return t('this computer');
    case 'network':
      return t('this network: {0}', way.host);
    case 'internet':
      return t('by {0}', way.host);
  }
}

/** [H4] Points of the list: what is encrypted, from whom, and what is not. */
export function meaning(header: PanelHeader, t: Translate): readonly (readonly [string, string])[] {
  const { way, sharing, me } = header;
  const isAlone = me?.role === 'owner' && sharing === undefined;
  const points: [string, string][] = [
    [
      t('What is encrypted'),
      t(
        'Everything that is said in this session: prompts, answers, output of tools, names. It is encrypted on the computer it runs on and decrypted on the devices of its people.',
      ),
    ],
    [
      t('From whom'),
      t(
        'From the relay in between and from the network: they pass on what they cannot read, and what they change or leave out is noticed.',
      ),
    ],
    [
      t('What they do see'),
      t(
        'That there is a session, who connects from which address, who sends when, and roughly how much.',
      ),
    ],
    [
      t('From whom not'),
      isAlone
        ? t('It is not shared: nobody but your own devices and the programs of your user reads it.')
        : t(
            'Whoever has a link that works can read all of it, from the beginning. Names are chosen freely, and there are no safety words yet to compare.',
          ),
    ],
    [
      t('On the computer itself'),
      t(
        'Transcript and journal lie there as plain files, and what the agent needs goes to the provider of its model.',
      ),
    ],
  ];
  if (way?.isSecure === false && way.kind !== 'computer') {
    points.push([
      t('No TLS'),
      t(
        'The way to the relay has no TLS: who listens there sees what the relay sees. The content stays encrypted.',
      ),
    ]);
  }
  return points;
}

/** The way with its time, and the list that it opens. */
export function Way({ header }: { readonly header: PanelHeader }) {
  const { store, post, t } = useUi();
  const isLive = store.standing.value?.isReachable === true && header.me !== undefined;
  useEffect(() => {
    if (!isLive) return undefined;
    const measure = (): void => {
      if (!document.hidden) post({ type: 'measure-way' });
    };
    measure();
    const timer = setInterval(measure, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isLive, post]);
  const { way } = header;
  const time = way?.roundTripMs;
  return (
    <details
      class="people way"
      onToggle={(event) => {
        if (event.currentTarget.open && isLive) post({ type: 'measure-way' });
      }}
    >
      <summary title={t('What “encrypted” means here')}>
        <Icon name="lock" />
        <span>
          {t('Encrypted')}
          {way !== undefined && (
            <>
              {' · '}
              <bdi>{wayText(way, t)}</bdi>
            </>
          )}
          {time !== undefined && ` · ${t('{0} ms', time)}`}
        </span>
      </summary>
      <dl class="people-list way-list">
        {meaning(header, t).map(([head, text]) => (
          <div key={head}>
            <dt>{head}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {way !== undefined && (
          <div>
            <dt>{t('The way')}</dt>
            <dd>
              {way.kind === 'computer'
                ? t('By the relay of this computer itself: {0}.', way.host)
                : way.isSecure
                  ? t('By the relay {0}, with TLS.', way.host)
                  : t('By the relay {0}.', way.host)}{' '}
              {time !== undefined &&
                t('To the computer of the session and back, as measured last: {0} ms.', time)}
            </dd>
          </div>
        )}
      </dl>
    </details>
  );
}
