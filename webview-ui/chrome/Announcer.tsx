// Speaks to screen readers, one thing after another; what comes at the same time is all said.
import { useUi } from '../ui.ts';

/** The live region: each new line is said, those before it are not said again. */
export function Announcer() {
  const { store } = useUi();
  return (
    <div class="sr-only" role="log" aria-live="polite">
      {/* A new element each time, so that the same words are said again. */}
      {store.announcements.value.map(({ n, text }) => (
        <p key={n}>{text}</p>
      ))}
    </div>
  );
}
