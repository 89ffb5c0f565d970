// What must not be missed: no extension, a problem with its remedy, alarms, an old picture.
import { formatAge } from '../../src/client/standing/age.ts';
import type { Standing } from '../../src/client/standing/standing.ts';
import { maySetFolder } from '../../src/client/standing/folderGone.ts';
import { connectionText } from '../../src/client/standing/standingWords.ts';
import { timeOfDay, waitOutlook, waitReason } from '../../src/client/standing/waitWords.ts';
import type { PanelTruth } from '../../src/protocol/local/panel.ts';
import { FolderForm } from './FolderForm.tsx';
import { OthersBanner } from './OthersBanner.tsx';
import { Banner } from './Banner.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';

// After joining, the computer confirms with its next beat; that long nothing is wrong.
const CONFIRMED_WITHIN_MS = 15_000;
// From here on it is said in minutes, which change seldom.
const LONG_MS = 60_000;

/** What it means for what is seen. */
function oldText({ kind, text }: PanelTruth, t: Translate): string | undefined {
  if (kind === 'unconfirmed' && text === undefined)
    return t('The computer does not confirm that it sees you: what you see may be old.');
  if (kind === 'behind')
    return t('The computer is there, but not all that it says gets through: what you see is old.');
  return text;
}

/** What the agent waits for. Its countdown stands in the head: here a screen reader would say it anew each second. */
function WaitBanner({ standing }: { readonly standing: Standing }) {
  const { store, t } = useUi();
  const { wait } = standing;
  const reason = waitReason(standing, t);
  if (wait === undefined || wait.asOf !== 'now' || reason === undefined) return null;
  const isLimit = wait.attempt === undefined;
  const at = isLimit
    ? timeOfDay(wait.leftMs, { now: store.wallTime(), locale: store.locale.value })
    : undefined;
  const isLong = wait.forMs !== undefined && wait.forMs >= LONG_MS;
  const since = !isLimit && isLong && t('For {0} now.', formatAge(wait.forMs ?? 0));
  const rest = [since, waitOutlook(standing, at, t)].filter(Boolean);
  return (
    <Banner tone="warn" icon="clock">
      <strong>{reason}.</strong> {rest.join(' ')}
    </Banner>
  );
}

/** All banners, the worst first. */
export function Banners() {
  const { store, t } = useUi();
  const header = store.header.value;
  const standing = store.standing.value;
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
          {header?.session && maySetFolder(header.session, header.me) && (
            <FolderForm cwd={header.session.cwd} />
          )}
        </Banner>
      )}
      {standing !== undefined && <WaitBanner standing={standing} />}
      <OthersBanner />
      {isOld && isConnected && (
        <Banner tone={truth.kind === 'over' ? 'bad' : 'warn'} icon="away">
          {/* Its age stands in the head: here a screen reader would say it anew each second. */}
          <strong>{standing && connectionText(standing, t)}</strong> {oldText(truth, t)}
        </Banner>
      )}
    </div>
  );
}
