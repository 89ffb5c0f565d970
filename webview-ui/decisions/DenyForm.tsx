// A no with words: what should be done instead.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useUi } from '../ui.ts';

/** Texts and outcomes of the form. */
export interface DenyFormProps {
  readonly label: string;
  readonly submit: string;
  readonly isBlocked: boolean;
  readonly onSubmit: (message: string) => void;
  readonly onCancel: () => void;
}

/** One field, Enter sends, Escape goes back. */
export function DenyForm({ label, submit, isBlocked, onSubmit, onCancel }: DenyFormProps) {
  const { t } = useUi();
  const [text, setText] = useState('');
  const fieldElement = useRef<HTMLTextAreaElement>(null);
  // Before the next key can arrive.
  useLayoutEffect(() => fieldElement.current?.focus(), []);
  const send = (): void => {
    if (!isBlocked) onSubmit(text.trim());
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') {
      // Escape means this form, not the turn.
      event.stopPropagation();
      event.preventDefault();
      onCancel();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div class="deny">
      <textarea
        ref={fieldElement}
        rows={2}
        dir="auto"
        aria-label={label}
        placeholder={label}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={handleKey}
      />
      <div class="answers">
        <button type="button" class="button" disabled={isBlocked} onClick={send}>
          {submit}
        </button>
        <button type="button" class="button-second" onClick={onCancel}>
          {t('Back')}
        </button>
      </div>
    </div>
  );
}
