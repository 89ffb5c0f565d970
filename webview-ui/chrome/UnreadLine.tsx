// Where a reader has stopped: what came after it stands below.
import { useUi } from '../ui.ts';

/** The line above the first row that was not read. */
export function UnreadLine() {
  const { t } = useUi();
  return (
    <div class="divider unread" role="separator">
      <span>{t('New since you last looked')}</span>
    </div>
  );
}
