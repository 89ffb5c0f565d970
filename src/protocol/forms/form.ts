// A form that waits to be filled in: what a server of the agent's tools asks, in terms of no agent.
import * as z from 'zod/mini';
import { jsonSchema } from '../json.ts';
import { knownOf, openEnum } from '../openEnum.ts';

/** What a field holds. `choice`: one of its options; `choices`: a list of them. */
export const fieldTypeSchema = z.enum([
  'text',
  'number',
  'integer',
  'boolean',
  'choice',
  'choices',
]);

/** One field. */
export const formFieldSchema = z.looseObject({
  /** Its key in what is answered. */
  name: z.string(),
  title: z.optional(z.string()),
  description: z.optional(z.string()),
  type: openEnum(fieldTypeSchema),
  required: z.optional(z.boolean()),
  default: z.optional(jsonSchema),
  options: z.optional(z.array(z.looseObject({ value: z.string(), label: z.optional(z.string()) }))),
  /** Bounds of a number, of the characters of a text, or of how many options are chosen. */
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  /** Of a text: 'email', 'uri', 'date' or 'date-time'; another one is not looked at. */
  format: z.optional(z.string()),
});

/** Why a form cannot be filled in: it can only be declined. */
export const formProblemSchema = z.enum(['unreadable', 'too-large', 'bad-address']);

/** A form: fields, or an address that is to be opened. */
export const formSchema = z.looseObject({
  message: z.string(),
  /** In the order in which they are asked. */
  fields: z.optional(z.array(formFieldSchema)),
  url: z.optional(z.string()),
  problem: z.optional(openEnum(formProblemSchema)),
});

/** What an answer to a form has beside `allow`. */
export const formAnswerShape = {
  /** What was filled in, by the names of the fields; of questions: a text or a list of labels each, by question text. */
  content: z.optional(jsonSchema),
  /** [U4] First opens the form's address on the session's computer. */
  open: z.optional(z.boolean()),
};

export type FieldType = z.infer<typeof fieldTypeSchema>;
export type FormField = z.infer<typeof formFieldSchema>;
export type FormProblem = z.infer<typeof formProblemSchema>;
export type Form = z.infer<typeof formSchema>;

/** [R9] What a field of another version holds is not known: any JSON is taken for it. */
export function fieldTypeOf({ type }: Pick<FormField, 'type'>): FieldType | 'json' {
  return knownOf(fieldTypeSchema.options, type) ?? 'json';
}

/** [R9] A form with a problem that is not known here cannot be read here. */
export function formProblemOf({ problem }: Pick<Form, 'problem'>): FormProblem | undefined {
  if (problem === undefined) return undefined;
  return knownOf(formProblemSchema.options, problem) ?? 'unreadable';
}

/** What people call a field. */
export function fieldTitle({ title, name }: Pick<FormField, 'title' | 'name'>): string {
  return title === undefined || title.trim() === '' ? name : title;
}

/** An option as people choose it. */
export interface FieldOption {
  readonly value: string;
  readonly label: string;
}

/** What may be chosen, each value once, by names that tell them apart: one that several have stands with its value. */
export function optionsOf({ options = [] }: Pick<FormField, 'options'>): readonly FieldOption[] {
  const labels = new Map<string, string>();
  for (const { value, label = '' } of options) {
    if (!labels.has(value)) labels.set(value, label.trim() === '' ? value : label);
  }
  const times = new Map<string, number>();
  for (const label of labels.values()) {
    times.set(onOneLine(label), (times.get(onOneLine(label)) ?? 0) + 1);
  }
  return [...labels].map(([value, label]) => {
    const isShared = (times.get(onOneLine(label)) ?? 0) > 1 && label !== value;
    const name = isShared ? `${label} (${value})` : label;
    return { value, label: name.trim() === '' ? '“”' : name };
  });
}

/** White space as pages show it. */
function onOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

const SECRET =
  /pass(word|phrase|code|wd)|passwort|kennwort|contraseñ|mot de passe|secret|token(?!s)|(api|access|private)[ _-]?key|credential|\b(pwd|pin|otp|cvv|cvc)\b/i;

/** [U9] Whether what is typed there looks like nobody else's business: it is not kept, and not told to the room. */
export function isSecretField({ name, title = '', type, format }: FormField): boolean {
  const isTyped = type !== 'boolean' && type !== 'choice' && type !== 'choices';
  return isTyped && (format === 'password' || SECRET.test(name) || SECRET.test(title));
}

/** Where the address of a form leads. */
export interface FormPlace {
  /** Host name as it is looked up, with the port if it is not the usual one. */
  readonly host: string;
  /** It leads to the computer on which it is opened: only the session's own is meant. */
  readonly isLoopback: boolean;
  /** What makes it easily taken for another address. */
  readonly traps: readonly FormTrap[];
}

/** `user`: a name stands before the host; `letters`: the host has letters beyond ASCII; `plain`: nothing is encrypted on the way. */
export type FormTrap = 'user' | 'letters' | 'plain';

const LOOPBACK =
  /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(7f[\da-f]{2}:[\da-f]+|0:0)\])$/;

/** [U4] Where an address leads; undefined if it is none that a browser may be sent to. */
export function placeOf(url: string): FormPlace | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined;
  // The dot at the end of a full name changes nothing.
  const name = parsed.hostname.replace(/\.$/, '');
  const isLoopback = LOOPBACK.test(name);
  return { host: parsed.host, isLoopback, traps: trapsOf(parsed, isLoopback) };
}

function trapsOf(url: URL, isLoopback: boolean): readonly FormTrap[] {
  return [
    ...(url.username === '' && url.password === '' ? [] : (['user'] as const)),
    ...(/(^|\.)xn--/.test(url.hostname) ? (['letters'] as const) : []),
    ...(url.protocol === 'http:' && !isLoopback ? (['plain'] as const) : []),
  ];
}
