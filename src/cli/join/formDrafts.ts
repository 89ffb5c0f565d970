// Forms that are filled in at a terminal, a field a line.
import type { Form } from '../../protocol/forms/form.ts';
import { contentProblems } from '../../protocol/forms/formContent.ts';
import {
  firstDraft,
  type FormDraft,
  readValue,
  typedContent,
  withValue,
} from '../../protocol/forms/formDraft.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import { requestKindOf } from '../../protocol/openValues.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { RoomView } from '../../session/view.ts';
import { badField, badJson, noForm, noSuchField } from '../errors.ts';
import { formLines } from '../text/formText.ts';
import { pendingRequests } from './viewActions.ts';

/** What stands in the forms that wait; one per terminal. */
export class FormDrafts {
  private readonly drafts = new Map<string, FormDraft>();

  /** Fills a field of the oldest form that waits: `N VALUE`; without a value it is emptied. The form as it is then. */
  fill(view: RoomView, rest: string): string {
    const { requestId, form } = waitingForm(view);
    const [, number = '', text = ''] = /^(\d+)(?:\s+(.*))?$/s.exec(rest.trim()) ?? [];
    const field = form.fields?.[Number(number) - 1];
    if (field === undefined) throw noSuchField(form.fields?.length ?? 0);
    const draft = withValue(this.of(requestId, form), field.name, readValue(field, text));
    this.drafts.set(requestId, draft);
    return formLines(form, draft).join('\n');
  }

  /** What `/allow` sends: what was filled in, and the defaults of the rest. Throws AppError 'invalid-input' naming the field. */
  content({ requestId, form }: EntryOf<'request'>): { readonly content?: Json } {
    if (form?.fields === undefined) return {};
    return { content: checked(form, typedContent(form, this.of(requestId, form))) };
  }

  private of(requestId: string, form: Form): FormDraft {
    return this.drafts.get(requestId) ?? firstDraft(form);
  }
}

/** All of a form at once, as JSON; undefined if no form waits. */
export function contentOfJson(
  view: RoomView,
  text: string,
): { readonly requestId: string; readonly content: Json } | undefined {
  const found = oldestForm(view);
  if (found?.form === undefined) return undefined;
  const content = parseJson(text);
  if (content === undefined) throw badJson();
  return { requestId: found.requestId, content: checked(found.form, content) };
}

function checked(form: Form, content: Json): Json {
  const [first] = contentProblems(form, content);
  if (first !== undefined) throw badField(first.words);
  return content;
}

function oldestForm(view: RoomView): EntryOf<'request'> | undefined {
  return pendingRequests(view).find(
    ({ request, form }) => requestKindOf(request) === 'form' && form?.fields !== undefined,
  );
}

function waitingForm(view: RoomView): { readonly requestId: string; readonly form: Form } {
  const found = oldestForm(view);
  if (found?.form === undefined) throw noForm();
  return { requestId: found.requestId, form: found.form };
}
