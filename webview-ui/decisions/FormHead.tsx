// Who asks a person for something, and in which words.
import { showDeceptive } from '../../src/base/visibleText.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { Icon } from '../parts/Icon.tsx';

/** Who asks, and what for. */
export function FormHead({ request, title }: { request: EntryOf<'request'>; title: string }) {
  const { description, form } = request;
  return (
    <>
      <h2 class="pending-title">
        <Icon name="question" />
        <span dir="auto">{title}</span>
      </h2>
      {description !== undefined && (
        <p class="muted" dir="auto">
          {showDeceptive(description)}
        </p>
      )}
      {form !== undefined && form.message !== '' && (
        <p class="form-message" dir="auto">
          {showDeceptive(form.message)}
        </p>
      )}
    </>
  );
}
