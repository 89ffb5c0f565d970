// What runs in the background, always in view: with its age, and a stop for each piece.
import { useState } from 'preact/hooks';
import { formatAge } from '../../src/client/standing/age.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import type { BackgroundTask } from '../../src/protocol/state.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { taskKindOf } from '../../src/protocol/openValues.ts';
import { Icon } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { formatClock, formatTokens } from '../text/format.ts';
import { useUi } from '../ui.ts';

/** A stop that has had no effect by then may be pressed again. */
const AGAIN_MS = 5000;

function TaskRow({ task, canStop }: { readonly task: BackgroundTask; readonly canStop: boolean }) {
  const { store, post, t } = useUi();
  const [isStopping, setStopping] = useState(false);
  void store.transcript.version.value;
  const news = store.transcript.taskNews(task.taskId);
  const title = showDeceptive(task.title);
  const hostNow = store.header.value?.hostNow;
  const sinceMs = Math.max(0, store.now.value - store.headerAt);
  const age = hostNow === undefined ? undefined : hostNow + sinceMs - task.since;
  return (
    <li class="task-row">
      <Icon name={taskKindOf(task.kind) === 'shell' ? 'terminal' : 'agent'} />
      {news === undefined ? (
        <bdi class="task-title">{title}</bdi>
      ) : (
        <button
          type="button"
          class="link-button task-title"
          title={t('Show it in the transcript')}
          onClick={() => store.reading.goTo(news.index)}
        >
          <bdi>{title}</bdi>
        </button>
      )}
      <span class="muted task-figures">
        {[
          age === undefined
            ? t('since {0}', formatClock(task.since, store.locale.value))
            : t('for {0}', formatAge(age)),
          ...taskFigures(news?.entry, t),
        ].join(' · ')}
      </span>
      {canStop && (
        <button
          type="button"
          class="button-quiet"
          disabled={isStopping}
          aria-label={t('Stop “{0}”', task.title)}
          onClick={() => {
            // It goes from the list when it has ended; what was refused is said, and can be tried again.
            setStopping(true);
            setTimeout(() => setStopping(false), AGAIN_MS);
            post({ type: 'stop-task', taskId: task.taskId });
          }}
        >
          {isStopping ? t('Stopping …') : t('Stop')}
        </button>
      )}
    </li>
  );
}

/** What it has done so far, as it says. */
function taskFigures(entry: EntryOf<'task'> | undefined, t: Translate): readonly string[] {
  return [
    entry?.toolUses === undefined ? '' : t('{0} tool uses', entry.toolUses),
    entry?.totalTokens === undefined ? '' : t('{0} tokens', formatTokens(entry.totalTokens)),
  ].filter((figure) => figure !== '');
}

/** One line that opens into the list. */
export function TaskStrip() {
  const { store, t } = useUi();
  const header = store.header.value;
  const { tasks = [], tasksMore = 0 } = header?.session ?? {};
  const [first] = tasks;
  if (header === undefined || first === undefined) return null;
  const canStop = header.canInterrupt;
  return (
    <details class="strip task-strip">
      <summary>
        <Icon name="clock" />
        <span>{t('Working in the background ({0})', tasks.length + tasksMore)}</span>
        <bdi class="muted todo-now">{showDeceptive(first.title)}</bdi>
      </summary>
      <ul class="task-list">
        {tasks.map((task) => (
          <TaskRow key={task.taskId} task={task} canStop={canStop} />
        ))}
      </ul>
      {tasksMore > 0 && <p class="muted">{t('{0} more', tasksMore)}</p>}
    </details>
  );
}
