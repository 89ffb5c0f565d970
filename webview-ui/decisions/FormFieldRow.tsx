// One field of a form with its label, its control, its hint and what is wrong with it.
import { showDeceptive } from '../../src/base/visibleText.ts';
import {
  fieldTitle,
  fieldTypeOf,
  type FormField,
  isSecretField,
  optionsOf,
} from '../../src/protocol/forms/form.ts';
import { defaultOf } from '../../src/protocol/forms/formDraft.ts';
import type { Json } from '../../src/protocol/json.ts';
import { Icon } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';

/** A field and what stands in it. */
export interface FieldProps {
  readonly field: FormField;
  readonly id: string;
  readonly value: Json | undefined;
  /** What is wrong, once the person has been there. */
  readonly error: string | undefined;
  /** It is said at once, not only with its field. */
  readonly isSpoken: boolean;
  readonly isBlocked: boolean;
  readonly onChange: (value: Json | undefined) => void;
  readonly onLeave: () => void;
}

/** More options than this are chosen from a list that opens. */
const MAX_RADIOS = 5;

/** The row. */
export function FormFieldRow(props: FieldProps) {
  const { t } = useUi();
  const { field, id, error } = props;
  const isGroup = isOfGroup(field);
  const secret = isSecretField(field)
    ? t(
        'Looks like a secret: tools should not ask for one by a form. Others see only that it was filled in.',
      )
    : '';
  const hint = [field.description, boundsText(field, t), secret].filter(Boolean).join(' · ');
  const title = (
    <>
      {showDeceptive(fieldTitle(field))}
      {field.required !== true && <span class="muted field-note"> {t('optional')}</span>}
    </>
  );
  const notes = (
    <>
      {hint !== '' && (
        <p id={`${id}/hint`} class="muted field-note" dir="auto">
          {showDeceptive(hint)}
        </p>
      )}
      {error !== undefined && (
        <p
          id={`${id}/error`}
          class="line bad field-note"
          role={props.isSpoken ? 'alert' : undefined}
          dir="auto"
        >
          <Icon name="warning" />
          {error}
        </p>
      )}
    </>
  );
  return isGroup ? (
    <fieldset class="field" {...described({ ...props, hint })} onFocusOut={props.onLeave}>
      <legend dir="auto">{title}</legend>
      <Options {...props} />
      {notes}
    </fieldset>
  ) : (
    <div class="field">
      <label for={id} dir="auto">
        {title}
      </label>
      <Control {...props} hint={hint} />
      {notes}
    </div>
  );
}

function isOfGroup(field: FormField): boolean {
  const type = fieldTypeOf(field);
  return type === 'boolean' || type === 'choices' || (type === 'choice' && hasRadios(field));
}

/** A radio once chosen can't be taken back: only where something has to be chosen. */
function hasRadios(field: FormField): boolean {
  const isNeeded = field.required === true || defaultOf(field) !== undefined;
  return optionsOf(field).length <= MAX_RADIOS && isNeeded;
}

function described({ id, error, hint }: FieldProps & { readonly hint: string }): {
  readonly 'aria-describedby'?: string;
} {
  const ids = [
    ...(error === undefined ? [] : [`${id}/error`]),
    ...(hint === '' ? [] : [`${id}/hint`]),
  ];
  return ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') };
}

function Control(props: FieldProps & { readonly hint: string }) {
  const { field, id, value, error, isBlocked, onChange, onLeave } = props;
  const type = fieldTypeOf(field);
  const common = {
    id,
    disabled: isBlocked,
    'aria-invalid': error !== undefined,
    'aria-required': field.required === true,
    onBlur: onLeave,
    ...described(props),
  };
  const text =
    typeof value === 'string' || value === undefined ? (value ?? '') : JSON.stringify(value);
  if (type === 'choice') {
    const options = optionsOf(field);
    const at = options.findIndex((option) => option.value === value);
    // By their places: an option may be an empty text.
    return (
      <select
        {...common}
        value={at < 0 ? '' : String(at)}
        onChange={({ currentTarget }) =>
          onChange(
            currentTarget.value === '' ? undefined : options[Number(currentTarget.value)]?.value,
          )
        }
      >
        <option value="" />
        {options.map((option, place) => (
          <option key={option.value} value={String(place)}>
            {showDeceptive(option.label)}
          </option>
        ))}
      </select>
    );
  }
  if (type === 'json') {
    return (
      <textarea
        {...common}
        rows={3}
        class="mono"
        value={text}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const typed = {
    ...common,
    dir: 'auto' as const,
    autocomplete: 'off',
    value: text,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      onChange(event.currentTarget.value),
  };
  if (isSecretField(field)) {
    return <input {...typed} type="password" autocomplete="new-password" />;
  }
  if (type === 'integer') return <input {...typed} type="text" inputMode="numeric" />;
  if (type === 'number') return <input {...typed} type="text" inputMode="decimal" />;
  switch (field.format) {
    case 'email':
      return <input {...typed} type="email" />;
    case 'uri':
      return <input {...typed} type="url" />;
    case 'date':
      return <input {...typed} type="date" />;
    default:
      return <input {...typed} type="text" />;
  }
}

function Options({ field, id, value, error, isBlocked, onChange }: FieldProps) {
  const { t } = useUi();
  const type = fieldTypeOf(field);
  const options: readonly { readonly value: Json; readonly label: string }[] =
    type === 'boolean'
      ? [
          { value: true, label: t('Yes') },
          { value: false, label: t('No') },
        ]
      : optionsOf(field).map(({ value: one, label }) => ({
          value: one,
          label: showDeceptive(label),
        }));
  const chosen: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const toggle = (one: Json): void => {
    if (type !== 'choices') return onChange(one);
    // In the order in which they were asked.
    const isChosen = (other: Json): boolean => chosen.includes(other) !== (other === one);
    const next = options.flatMap((option) => (isChosen(option.value) ? [option.value] : []));
    onChange(next.length === 0 && field.required !== true ? undefined : next);
  };
  // What is not needed can be left out again.
  const canClear = type !== 'choices' && field.required !== true && value !== undefined;
  const clear = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void => {
    currentTarget.closest('fieldset')?.querySelector('input')?.focus();
    onChange(undefined);
  };
  return (
    <>
      {options.map((option) => (
        <label key={JSON.stringify(option.value)} class="option">
          <input
            type={type === 'choices' ? 'checkbox' : 'radio'}
            name={id}
            disabled={isBlocked}
            aria-invalid={error !== undefined}
            checked={chosen.includes(option.value)}
            onChange={() => toggle(option.value)}
          />
          <span class="option-text" dir="auto">
            {option.label}
          </span>
        </label>
      ))}
      {canClear && (
        <button type="button" class="link-button" disabled={isBlocked} onClick={clear}>
          {t('Clear')}
        </button>
      )}
    </>
  );
}

/** The bounds in words; undefined: it has none. */
function boundsText(field: FormField, t: Translate): string | undefined {
  const { min, max } = field;
  const type = fieldTypeOf(field);
  if (type === 'json') return t('as JSON');
  if (min === undefined && max === undefined) return undefined;
  const range =
    min === undefined
      ? t('at most {0}', max ?? '')
      : max === undefined
        ? t('at least {0}', min)
        : t('{0} to {1}', min, max);
  return type === 'text' ? t('{0} characters', range) : range;
}
