// Asks a session, or its computer, what may be chosen, and reads the answer.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { Choice, ChoiceList } from '../../protocol/local/choices.ts';
import { heard, saidSchema } from '../../protocol/said.ts';
import { type Translate, wordsText } from '../translate.ts';

const commandSchema = z.looseObject({
  name: z.string(),
  description: z.optional(z.string()),
  argumentHint: z.optional(z.string()),
  aliases: z.optional(z.array(z.string())),
});
const modelSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.optional(z.string()),
  resolved: z.optional(z.string()),
  efforts: z.optional(z.array(z.string())),
});
const modeSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  explanation: z.optional(z.string()),
  said: z.optional(
    z.looseObject({ name: z.optional(saidSchema), explanation: z.optional(saidSchema) }),
  ),
  kind: z.optional(z.string()),
  isForGuests: z.optional(z.boolean()),
  isInCycle: z.optional(z.boolean()),
  isAsking: z.optional(z.boolean()),
});

/** Arguments of the `fetch` that a list is asked for with. */
export function fetchArgsOf(list: ChoiceList, query = '', wake = false): CommandArgs<'fetch'> {
  switch (list) {
    case 'files':
      return { what: 'files', query };
    case 'commands':
      return { what: 'slash-commands' };
    case 'models':
      return { what: 'models', ...(wake && { wake }) };
    case 'modes':
      return { what: 'modes' };
  }
}

/** The answer as choices; what cannot be read is left out. */
export function choicesOf(list: ChoiceList, answer: Json | undefined, t: Translate): Choice[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((item: Json) => choiceOf(list, item, t) ?? []);
}

function choiceOf(list: ChoiceList, item: Json, t: Translate): Choice | undefined {
  switch (list) {
    case 'files':
      return typeof item === 'string' ? { id: item, name: item } : undefined;
    case 'commands': {
      const { data } = commandSchema.safeParse(item);
      if (data === undefined) return undefined;
      const { name, description, argumentHint, aliases } = data;
      return {
        id: name,
        name,
        ...omitUndefined({ explanation: description, aliases, hint: argumentHint }),
      };
    }
    case 'models': {
      const { data } = modelSchema.safeParse(item);
      if (data === undefined) return undefined;
      const { id, name, description, resolved, efforts } = data;
      return { id, name, ...omitUndefined({ explanation: description, resolved, efforts }) };
    }
    case 'modes':
      return modeOf(item, t);
  }
}

function modeOf(item: Json, t: Translate): Choice | undefined {
  const { data } = modeSchema.safeParse(item);
  if (data === undefined) return undefined;
  const { id, name, explanation, said, kind, isForGuests, isInCycle, isAsking } = data;
  return {
    id,
    name: wordsText(heard(name, said?.name), t),
    // A kind that is not known asks nobody.
    isUnattended: kind !== 'asking' && kind !== 'guarded',
    ...omitUndefined({
      explanation: explanation && wordsText(heard(explanation, said?.explanation), t),
      isForGuests,
      isInCycle,
      isAsking,
    }),
  };
}
