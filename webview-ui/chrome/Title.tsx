// The title of the session: whole on demand, and for an owner to be changed where it stands.
import { useEffect, useRef, useState } from 'preact/hooks';
import { textBytes } from '../../src/base/jsonText.ts';
import { canOf, statusOf } from '../../src/protocol/openValues.ts';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { isComposing } from '../composer/Composer.tsx';
import { useUi } from '../ui.ts';

/** [H3] Whether this person may give another title now. */
function mayRename({ me, session }: PanelHeader, isReachable: boolean): boolean {
  if (session === undefined || statusOf(session.status) === 'ended') return false;
  return me?.role === 'owner' && isReachable && canOf(session, 'prompt');
}

function TitleForm(props: { readonly title: string; readonly close: () => void }) {
  const { post, t } = useUi();
  const [text, setText] = useState(props.title);
  const field = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useEffect(() => field.current?.select(), []);
  const isTooLong = textBytes(text.trim()) > LIMITS.titleBytes;
  const leave = (): void => {
    isOver.current = true;
    props.close();
  };
  const save = (): void => {
    if (isOver.current) return;
    const title = text.trim();
    if (isTooLong) return void field.current?.focus();
    if (title !== '' && title !== props.title) post({ type: 'rename', title });
    leave();
  };
  return (
    <form
      class="title-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <input
        ref={field}
        class="title-field"
        aria-label={t('Title of the session')}
        aria-invalid={isTooLong}
        aria-describedby="title-hint"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={() => (isTooLong ? leave() : save())}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || isComposing(event)) return;
          event.preventDefault();
          leave();
        }}
      />
      <span id="title-hint" class={isTooLong ? 'title-hint state-bad' : 'title-hint'}>
        {isTooLong
          ? t('Too long: 200 characters at the most, fewer in scripts other than Latin.')
          : t('Enter keeps it, Esc leaves it as it was.')}
      </span>
    </form>
  );
}

/** The title; pressed, an owner changes it, and anybody else sees all of it. */
export function Title({ header, title }: { readonly header: PanelHeader; readonly title: string }) {
  const { store, t } = useUi();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const mayChange = mayRename(header, store.standing.value?.isReachable === true);
  const shown = title === '' ? t('Untitled session') : title;
  if (isOpen && mayChange) {
    const close = (): void => {
      setOpen(false);
      // The button is drawn again first.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) button.current?.focus();
      });
    };
    return <TitleForm title={title} close={close} />;
  }
  return (
    <h1 class={isOpen ? 'title title-whole' : 'title'}>
      <button
        ref={button}
        type="button"
        class="title-button"
        title={mayChange ? t('{0} (press to rename)', shown) : shown}
        {...(mayChange ? {} : { 'aria-expanded': isOpen })}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'F2' || !mayChange) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        <bdi>{shown}</bdi>
      </button>
    </h1>
  );
}
