// Others on the conversation, and what the owner can choose to become of it.
import {
  maySettle,
  othersDetail,
  othersHead,
  waitsForTasks,
  writersChoices,
} from '../../src/client/standing/othersWords.ts';
import { writersChoiceOf } from '../../src/protocol/openValues.ts';
import { useUi } from '../ui.ts';
import { Icon } from '../parts/Icon.tsx';
import { Banner } from './Banner.tsx';

/** Nothing while nobody else is there. */
export function OthersBanner() {
  const { store, post, t } = useUi();
  const header = store.header.value;
  const session = header?.session;
  const others = session?.others;
  if (header === undefined || session === undefined || others === undefined) return null;
  const isLive = header.truth.kind === 'live' && store.connection.isConnected.value;
  const chosen = others.choice;
  return (
    <Banner tone={others.holds === true ? 'warn' : 'info'} icon="person">
      <strong>{othersHead(others, t)}</strong> {othersDetail(session, t)}
      {maySettle(session, header.me) && (
        <div class="banner-choices">
          {writersChoices(others, t).map(([choice, text]) => (
            <button
              key={choice}
              class="button-second"
              type="button"
              aria-pressed={chosen === choice}
              disabled={!isLive}
              onClick={() => post({ type: 'settle-writers', choice })}
            >
              {chosen === choice && <Icon name="check" />}
              {text}
            </button>
          ))}
          {waitsForTasks(session) && chosen !== undefined && (
            <button
              class="button-second"
              type="button"
              disabled={!isLive}
              onClick={() =>
                post({ type: 'settle-writers', choice: writersChoiceOf(chosen), force: true })
              }
            >
              {t('End background work and go on')}
            </button>
          )}
        </div>
      )}
    </Banner>
  );
}
