// The panel as a whole: head, transcript, what waits, composer; and the keys that work everywhere.
import { useEffect } from 'preact/hooks';
import { Announcer } from './chrome/Announcer.tsx';
import { Banners } from './chrome/Banners.tsx';
import { FindBar, opensFind } from './chrome/FindBar.tsx';
import { Header } from './chrome/Header.tsx';
import { SaidLine } from './chrome/SaidLine.tsx';
import { TaskStrip } from './chrome/TaskStrip.tsx';
import { TodoStrip } from './chrome/TodoStrip.tsx';
import { Transcript } from './chrome/Transcript.tsx';
import { Composer, isComposing } from './composer/Composer.tsx';
import { Asks, ControlBar, controlKeyAction } from './composer/ControlBar.tsx';
import { Outbox } from './composer/Outbox.tsx';
import { OtherDraft, Suggestions } from './composer/Suggestions.tsx';
import { Pending } from './decisions/Pending.tsx';
import { canStop } from './model/words.ts';
import { type Ui, useUi } from './ui.ts';

function handleEscape(ui: Ui, event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented || isComposing(event)) return;
  const open = document.querySelector<HTMLDetailsElement>('details.people[open]');
  if (open !== null) {
    open.querySelector('summary')?.focus();
    open.open = false;
    return;
  }
  if (!canStop(ui.store.header.value, ui.store.standing.value)) return;
  event.preventDefault();
  ui.store.isStopping.value = true;
  ui.post({ type: 'interrupt' });
}

function handleControlKey(ui: Ui, event: KeyboardEvent): void {
  if (opensFind(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ui.store.reading.isFinding.value = true;
    document.querySelector<HTMLInputElement>('.find-input')?.select();
    return;
  }
  // By its place on the keyboard: with Alt, some layouts give another character.
  if (event.code !== 'KeyH' || !event.altKey || event.shiftKey) return;
  if (event.ctrlKey === event.metaKey) return;
  event.preventDefault();
  // VS Code would run its own binding of the same key as well.
  event.stopImmediatePropagation();
  const standing = ui.store.standing.value;
  const action = standing && controlKeyAction(standing);
  if (action !== undefined && !event.repeat) ui.post({ type: 'control', action });
}

/** A list that the head has opened is closed by a press beside it. */
function handlePress({ target }: PointerEvent): void {
  if (!(target instanceof Node)) return;
  for (const open of document.querySelectorAll<HTMLDetailsElement>('details.people[open]')) {
    open.open = open.contains(target);
  }
}

function useKeys(ui: Ui): void {
  useEffect(() => {
    const escape = (event: KeyboardEvent): void => handleEscape(ui, event);
    const control = (event: KeyboardEvent): void => handleControlKey(ui, event);
    const leave = (): void => ui.store.composer.flushDraft();
    window.addEventListener('keydown', escape);
    window.addEventListener('pointerdown', handlePress);
    window.addEventListener('keydown', control, { capture: true });
    // A hidden panel is taken down without a word; before that it loses the keyboard.
    window.addEventListener('blur', leave);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('keydown', escape);
      window.removeEventListener('pointerdown', handlePress);
      window.removeEventListener('keydown', control, { capture: true });
      window.removeEventListener('blur', leave);
      window.removeEventListener('pagehide', leave);
    };
  }, [ui]);
}

/** Everything. */
export function App() {
  const ui = useUi();
  useKeys(ui);
  const locale = ui.store.locale.value;
  // English words stay English, whatever the language of the editor.
  const isTranslated = Object.keys(ui.store.strings.value).length > 0;
  const isRightToLeft = isTranslated && /^(?:ar|fa|he|ur)\b/.test(locale);
  return (
    <div class="panel" lang={isTranslated ? locale : 'en'} dir={isRightToLeft ? 'rtl' : undefined}>
      <Header />
      <Banners />
      <main class="main">
        <FindBar />
        <Transcript />
        <SaidLine />
      </main>
      <div class="bottom">
        <div class="waits">
          <div class="waits-rows">
            <TodoStrip />
            <TaskStrip />
            <Outbox />
            <Pending />
            <Asks />
            <OtherDraft />
            <Suggestions />
          </div>
        </div>
        <ControlBar />
        <Composer />
      </div>
      <Announcer />
    </div>
  );
}
