// Who asks a person for something, and in which words.
import { showDeceptive } from '../../src/base/visibleText.ts';
import type { Form } from '../../src/protocol/forms/form.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { Icon } from '../parts/Icon.tsx';

/** Who asks. */
export function FormHead({ title }: { readonly title: string }) {
  return (
    <h2 class="pending-title">
      <Icon name="question" />
      <span dir="auto">{title}</span>
    </h2>
  );
}

/** What the server says, in its own words. */
export function FormMessage({ description, form }: EntryOf<'request'>) {
  const said = [description, form?.message].filter((text) => text !== undefined && text !== '');
  return (
    <>
      {said.map((text, at) => (
        <p key={at} class="form-message" dir="auto">
          {showDeceptive(text ?? '')}
        </p>
      ))}
    </>
  );
}

/** A message above this many characters has to be scrolled: by keys too. */
const LONG_CHARS = 300;

/** Whether the part that is scrolled takes the focus itself. */
export function tabIndexOf(form: Form | undefined, isBlocked: boolean): 0 | undefined {
  return isBlocked || (form?.message.length ?? 0) > LONG_CHARS ? 0 : undefined;
}
