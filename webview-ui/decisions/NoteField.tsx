// Words beside a no: always there, so that nothing moves when somebody wants them.
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { useUi } from '../ui.ts';
import { useKept } from './useKept.ts';

/** The note of a request, kept while it waits. */
export function useNote(request: EntryOf<'request'>) {
  return useKept<string>(request, {
    read: (kept) => (typeof kept === 'string' ? kept : ''),
    write: (note) => note,
  });
}

/** What a note says in an answer. */
export function noteOf(note: string): { readonly message?: string } {
  const message = note.trim();
  return message === '' ? {} : { message };
}

/** One field; Enter sends the no, Escape goes back to the request. */
export function NoteField(props: {
  readonly label: string;
  readonly value: string;
  readonly isBlocked: boolean;
  readonly onChange: (value: string) => void;
  readonly onSend: () => void;
}) {
  const { label, value, isBlocked, onChange, onSend } = props;
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape' && event.currentTarget instanceof HTMLElement) {
      // Escape means this field, not the turn.
      event.stopPropagation();
      event.preventDefault();
      event.currentTarget.closest<HTMLElement>('.pending')?.focus();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (!isBlocked) onSend();
    }
  };
  return (
    <textarea
      class="note"
      rows={1}
      dir="auto"
      aria-label={label}
      placeholder={label}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value)}
      onKeyDown={handleKey}
    />
  );
}

/** Words that were meant for a no are not lost by a yes. */
export function useReturnedNote(): (note: string) => void {
  const { store, t } = useUi();
  return (note) => {
    if (note.trim() === '') return;
    store.composer.putBack(note, t('It was allowed, so these words were not sent.'));
  };
}
