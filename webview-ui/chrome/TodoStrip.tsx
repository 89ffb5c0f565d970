// The newest checklist, always in view, while something of it is open.
import { Checklist } from '../cards/foldedCards.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';

/** One line that opens into the list. */
export function TodoStrip() {
  const { store, t } = useUi();
  const items = store.transcript.todos.value?.items ?? [];
  const done = items.filter((item) => item.status === 'done').length;
  if (items.length === 0 || done === items.length) return null;
  const present = items.find((item) => item.status === 'in-progress');
  return (
    <details class="strip todo-strip">
      <summary>
        <Icon name="list" />
        <span>{t('{0} of {1} done', done, items.length)}</span>
        <bdi class="muted todo-now">{present?.text}</bdi>
      </summary>
      <Checklist items={items} />
    </details>
  );
}
