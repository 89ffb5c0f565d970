// A form that a tool's server asks to be filled in: real controls, and what is wrong said while somebody types.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { spoken, type Words } from '../../src/base/say.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { type Form, formProblemOf } from '../../src/protocol/forms/form.ts';
import { contentProblems } from '../../src/protocol/forms/formContent.ts';
import {
  type FormDraft,
  keptDraft,
  restoredDraft,
  typedContent,
  valueIn,
  withValue,
} from '../../src/protocol/forms/formDraft.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { Icon } from '../parts/Icon.tsx';
import type { StringKey, Translate } from '../strings.ts';
import { useUi } from '../ui.ts';
import { AddressRequest } from './AddressRequest.tsx';
import { DeclineButton } from './DeclineButton.tsx';
import { FormHead, FormMessage, tabIndexOf } from './FormHead.tsx';
import { FormFieldRow } from './FormFieldRow.tsx';
import type { RequestProps } from './PermissionRequest.tsx';
import { UnfillableRequest } from './UnfillableRequest.tsx';
import { useKept } from './useKept.ts';
import { CutNote, useWhole } from './useWhole.tsx';

/** Sentences of the protocol are translated like the page's own. */
function inWords(words: Words, t: Translate): string {
  return spoken(words, (template, ...args) => t(template as StringKey, ...args));
}

/** A form of any sort. */
export function FormRequest(props: RequestProps) {
  const { form } = props.request;
  if (form === undefined || formProblemOf(form) !== undefined)
    return <UnfillableRequest {...props} />;
  if (form.url !== undefined) return <AddressRequest {...props} form={form} url={form.url} />;
  return <Fields {...props} form={form} />;
}

function Fields({ request, form, index, block }: RequestProps & { readonly form: Form }) {
  const { store, t } = useUi();
  const whole = useWhole(request);
  const { isWhole } = whole;
  const { fields = [] } = form;
  const [draft, setDraft] = useKept<FormDraft>(request, {
    read: (kept) => restoredDraft(form, kept),
    write: (value) => keptDraft(form, value),
  });
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  /** The field that was left last: what is wrong with it is said at once. */
  const [left, setLeft] = useState<string>();
  const [focusAt, setFocusAt] = useState(0);
  const formElement = useRef<HTMLFormElement>(null);
  const content = typedContent(form, draft);
  const problems = contentProblems(form, content);
  const isBlocked = block !== undefined;
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  const touch = (name: string): void => {
    setTouched(new Set([...touched, name]));
    setLeft(name);
  };
  // After the errors are on the screen, to be read with the field.
  useLayoutEffect(() => {
    formElement.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [focusAt]);
  const send = (event: Event): void => {
    event.preventDefault();
    if (isBlocked || !isWhole) return;
    if (problems.length === 0)
      return store.answer({ ...base, behavior: 'allow', isWhole, content });
    setTouched(new Set(fields.map(({ name }) => name)));
    setLeft(undefined);
    setFocusAt(focusAt + 1);
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return;
    // Escape means this form, not the turn: what is filled in stays.
    event.stopPropagation();
    event.preventDefault();
    store.composer.focusRequests.value++;
  };
  return (
    <form ref={formElement} class="form" noValidate onSubmit={send} onKeyDown={leave}>
      <FormHead title={titleOf(request, t)} />
      {/* Where nothing in it takes the focus, it is scrolled itself. */}
      <div class="pending-body form-body" tabIndex={tabIndexOf(form, isBlocked)}>
        <FormMessage {...request} />
        {fields.map((field, at) => {
          const problem = problems.find((one) => one.field === field.name);
          return (
            <FormFieldRow
              key={field.name}
              field={field}
              id={`${request.requestId}/${at}`}
              value={valueIn(draft, field.name)}
              error={
                problem && touched.has(field.name)
                  ? showDeceptive(inWords(problem.words, t))
                  : undefined
              }
              isSpoken={left === field.name}
              isBlocked={isBlocked}
              onChange={(value) => setDraft(withValue(draft, field.name, value))}
              onLeave={() => touch(field.name)}
            />
          );
        })}
      </div>
      {focusAt > 0 && problems.length > 0 && (
        <p class="line bad field-note" role="status">
          <Icon name="warning" />
          {problems.length === 1
            ? t('1 field is not filled in as it should be.')
            : t('{0} fields are not filled in as they should be.', problems.length)}
        </p>
      )}
      <CutNote
        whole={whole}
        index={index}
        isBlocked={isBlocked || problems.length > 0}
        onAllowUnseen={() => store.answer({ ...base, behavior: 'allow', unseen: true, content })}
      />
      {isBlocked && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <button type="submit" class="button" disabled={isBlocked || !isWhole}>
          {fields.length === 0 ? t('Agree') : t('Send answer')}
        </button>
        <DeclineButton request={request} isBlocked={isBlocked} />
      </div>
    </form>
  );
}

function titleOf({ displayName, tool }: EntryOf<'request'>, t: Translate): string {
  return displayName === undefined
    ? t('“{0}” asks you', showDeceptive(tool))
    : t('“{0}” asks you: {1}', showDeceptive(tool), showDeceptive(displayName));
}
