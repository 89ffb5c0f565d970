// What an answer fills in: nothing goes to the agent that does not fit what it asked.
import { isRecord } from '../../base/isRecord.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import { fieldTitle, formProblemOf, isSecretField, placeOf } from '../../protocol/forms/form.ts';
import { contentProblems } from '../../protocol/forms/formContent.ts';
import { valueText } from '../../protocol/forms/formDraft.ts';
import type { Json } from '../../protocol/json.ts';
import { requestKindOf } from '../../protocol/openValues.ts';
import {
  addressIsOpening,
  addressNotOpened,
  addressOfOwners,
  badForm,
  badLabels,
  formNotForHere,
} from './refusals.ts';
import type { OpenRequest } from './requestBook.ts';

/** In place of a value that is nobody's business. */
const HIDDEN = '••••••';

/** What the agent gets, by the names of fields or by question. */
export type AgentContent = { readonly [name: string]: Json };

/** [U2] The content for the agent; undefined: there is none. Throws CommandRefused naming the field. */
export function checkedContent(
  request: OpenRequest,
  { behavior, content }: CommandArgs<'answer'>,
): AgentContent | undefined {
  if (behavior === 'deny') return undefined;
  switch (requestKindOf(request.request)) {
    case 'form':
      return formContent(request, content);
    case 'question':
      return content === undefined ? undefined : labels(content);
    default:
      return undefined;
  }
}

function formContent({ form }: OpenRequest, content: Json | undefined): AgentContent | undefined {
  if (form === undefined || formProblemOf(form) !== undefined) throw formNotForHere();
  // An address is agreed to; it has no fields.
  if (form.url !== undefined) return undefined;
  const [first] = contentProblems(form, content);
  if (first !== undefined) throw badForm(first.words);
  return isContent(content) ? content : {};
}

/** Of each question a text, or a list of labels. */
function labels(content: Json): AgentContent {
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isAnswer = (value: unknown): boolean =>
    isText(value) || typeof value === 'number' || (Array.isArray(value) && value.every(isText));
  if (!isContent(content) || !Object.values(content).every(isAnswer)) throw badLabels();
  return content;
}

/** [U6] Answers to questions as everybody reads them: what the agent gets, whatever stands beside it. */
export function answerTexts(
  { answers }: CommandArgs<'answer'>,
  content: AgentContent | undefined,
): CommandArgs<'answer'>['answers'] {
  if (content === undefined) return answers;
  const textOf = (value: Json): string =>
    Array.isArray(value)
      ? value.map(textOf).join(', ')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  return Object.fromEntries(
    Object.entries(content).map(([question, value]) => [question, textOf(value)]),
  );
}

function isContent(value: Json | undefined): value is AgentContent {
  return isRecord(value);
}

/** What was filled in, in short. */
export function filledInText({ form }: OpenRequest, content: Json | undefined): string | undefined {
  const { url, fields = [] } = form ?? {};
  if (url !== undefined) return placeOf(url)?.host;
  if (!isContent(content)) return undefined;
  const parts = fields.flatMap((field) => {
    const value = Object.hasOwn(content, field.name) ? content[field.name] : undefined;
    if (value === undefined) return [];
    // [U9] Everybody reads this; what fits on one line can't look like several fields.
    const text = isSecretField(field) ? HIDDEN : valueText(field, value).replaceAll(/\s+/g, ' ');
    return [`${fieldTitle(field)}: ${text}`];
  });
  return parts.length === 0 ? undefined : parts.join(' · ');
}

/** Forms whose address is being opened. */
const opening = new WeakSet<OpenRequest>();

/**
 * [U4] Opens what a form names, here: for whoever cannot reach this computer's own addresses. The host
 * name that was opened. [U7] Guests have nothing else opened on it; and each address is opened once at a time.
 */
export async function openOnComputer(
  request: OpenRequest,
  options: {
    readonly isOwner: boolean;
    readonly openAddress: (url: string) => Promise<boolean>;
  },
): Promise<string> {
  const { url } = request.form ?? {};
  const place = url === undefined ? undefined : placeOf(url);
  if (url === undefined || place === undefined) throw formNotForHere();
  if (!options.isOwner && !place.isLoopback) throw addressOfOwners(place.host);
  if (opening.has(request)) throw addressIsOpening(place.host);
  opening.add(request);
  try {
    if (!(await options.openAddress(url))) throw addressNotOpened();
  } finally {
    opening.delete(request);
  }
  return place.host;
}
