// What runs in the background, always in view: with its age, and a stop for each piece.
import type { BackgroundTask } from '../../src/protocol/state.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { taskKindOf } from '../../src/protocol/openValues.ts';
import { Icon } from '../parts/Icon.tsx';
import { formatClock } from '../text/format.ts';
import { useUi } from '../ui.ts';

function TaskRow({ task, canStop }: { readonly task: BackgroundTask; readonly canStop: boolean }) {
  const { store, post, t } = useUi();
  return (
    <li class="task-row">
      <Icon name={taskKindOf(task.kind) === 'shell' ? 'terminal' : 'agent'} />
      <bdi class="task-title">{showDeceptive(task.title)}</bdi>
      <span class="muted">{t('since {0}', formatClock(task.since, store.locale.value))}</span>
      {canStop && (
        <button
          type="button"
          class="button-quiet"
          aria-label={t('Stop “{0}”', task.title)}
          onClick={() => post({ type: 'stop-task', taskId: task.taskId })}
        >
          {t('Stop')}
        </button>
      )}
    </li>
  );
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
