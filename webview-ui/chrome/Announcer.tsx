// Speaks to screen readers, one thing after another.
import { useUi } from '../ui.ts';

/** The live region; its text is what was announced last. */
export function Announcer() {
  const { store } = useUi();
  const { n, text } = store.announcement.value;
  return (
    <div class="sr-only" role="status" aria-live="polite">
      {/* A new element each time, so that the same words are said again. */}
      <p key={n}>{text}</p>
    </div>
  );
}
