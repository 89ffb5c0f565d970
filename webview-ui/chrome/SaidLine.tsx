// What became of something that was asked for, for a moment.
import { useEffect } from 'preact/hooks';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';

const SHOWN_MS = 6000;

/** The line; a screen reader hears the same from the announcer. */
export function SaidLine() {
  const { store } = useUi();
  const { said } = store.reading;
  const text = said.value;
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => (said.value = ''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  if (text === '') return null;
  return (
    <p class="said-line">
      <Icon name="info" />
      <span dir="auto">{text}</span>
    </p>
  );
}
