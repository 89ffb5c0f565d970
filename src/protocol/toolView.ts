// What a tool call is about: the agent's adapter says it, so that nobody else knows a tool's name or a member of its input.
import * as z from 'zod/mini';
import { isRecord } from '../base/isRecord.ts';
import { type Json, jsonSchema } from './json.ts';
import { knownOf, type Open, openEnum } from './openEnum.ts';

/** What kind of work a tool does: decides how its card looks. */
export const toolFamilySchema = z.enum([
  'shell',
  'edit',
  'write',
  'read',
  'search',
  'agent',
  'todos',
  'web',
  'mcp',
  'question',
  'plan',
  'other',
]);

/** House-keeping of an agent that is said in words instead of by a tool's name. */
export const toolActionSchema = z.enum([
  'skill',
  'watch',
  'stop-task',
  'send-message',
  'wake-up',
  'add-timer',
  'delete-timer',
  'list-timers',
  'start-planning',
  'enter-worktree',
  'leave-worktree',
  'list-agents',
]);

/** Where a part is: a JSON Pointer (RFC 6901) into the input. So nothing is said twice, and a cut input and its whole are read alike. */
const pointer = z.optional(z.string());

/** Where the parts are that people look for. */
const partsShape = {
  /** Command line of a shell. */
  command: pointer,
  /** What the call is for, in the agent's words. */
  description: pointer,
  /** File that is read or changed. */
  path: pointer,
  /** First line that is read, from 1. */
  fromLine: pointer,
  /** How many lines are read. */
  lineCount: pointer,
  /** What is searched for. */
  query: pointer,
  /** Folder or file that is searched. */
  place: pointer,
  /** What another agent is told to do. */
  prompt: pointer,
  /** List of changes, each with `before` and `after` inside; absent: the input is one itself. */
  changes: pointer,
  /** Text that is replaced; pointer into a change. */
  before: pointer,
  /** Text that takes its place; pointer into a change. */
  after: pointer,
  /** All that a written file holds. */
  content: pointer,
  /** Markdown of a plan. */
  plan: pointer,
  /** List of questions. */
  questions: pointer,
  /** What any other call is about, in a line. */
  subject: pointer,
};

/** The view of a call. Without one a call is shown by its tool's name and its input. */
export const toolViewSchema = z.looseObject({
  family: openEnum(toolFamilySchema),
  /** Stands in place of the tool's name. */
  title: z.optional(z.string()),
  action: z.optional(openEnum(toolActionSchema)),
  ...partsShape,
  /** Items of a checklist. */
  todos: z.optional(
    z.array(
      z.looseObject({ text: z.string(), status: z.enum(['pending', 'in-progress', 'done']) }),
    ),
  ),
  /** Members of the input that say nothing with this value. */
  defaults: z.optional(z.record(z.string(), jsonSchema)),
});

export type ToolFamily = z.infer<typeof toolFamilySchema>;
export type ToolAction = z.infer<typeof toolActionSchema>;
export type ToolView = Readonly<z.infer<typeof toolViewSchema>>;
export type ToolPart = keyof typeof partsShape;

/** What has a view: a call, or a request for one. */
export interface ViewedCall {
  readonly input: Json;
  readonly view?: ToolView | undefined;
}

/** [R9] The family of a call; an unknown one, and that of a call without a view, is 'other'. */
export function familyOf({ view }: Pick<ViewedCall, 'view'>): ToolFamily {
  return knownOf(toolFamilySchema.options, view?.family ?? 'other') ?? 'other';
}

/** [R9] The action of a call, if it is one that has words here. */
export function actionOf({ view }: Pick<ViewedCall, 'view'>): ToolAction | undefined {
  const action: Open<ToolAction> | undefined = view?.action;
  return action === undefined ? undefined : knownOf(toolActionSchema.options, action);
}

/** A part of a call; undefined if the view names none, or nothing is there. */
export function partOf({ input, view }: ViewedCall, part: ToolPart): Json | undefined {
  const at = view?.[part];
  return at === undefined ? undefined : valueAt(input, at);
}

/** A part that is a text. */
export function textPart(call: ViewedCall, part: ToolPart): string | undefined {
  const found = partOf(call, part);
  return typeof found === 'string' ? found : undefined;
}

/** A part that is a number. */
export function numberPart(call: ViewedCall, part: ToolPart): number | undefined {
  const found = partOf(call, part);
  return typeof found === 'number' ? found : undefined;
}

/** What a call changes in a file: texts and what takes their place, in their order; empty if it changes nothing so. */
export function changesOf(
  call: ViewedCall,
): readonly { readonly before: string; readonly after: string }[] {
  const { view } = call;
  const list = partOf(call, 'changes');
  const changes: readonly Json[] = Array.isArray(list) ? list : [call.input];
  return changes.flatMap((input) => {
    const after = textPart({ input, view }, 'after');
    if (after === undefined) return [];
    return [{ before: textPart({ input, view }, 'before') ?? '', after }];
  });
}

/** The parts that show what a call changes: all of a file, a list of changes, or one change; none if it changes nothing so. */
export function changeParts(call: ViewedCall): readonly ToolPart[] {
  if (textPart(call, 'content') !== undefined) return ['content'];
  if (changesOf(call).length === 0) return [];
  return Array.isArray(partOf(call, 'changes')) ? ['changes'] : ['before', 'after'];
}

/** What of the input is not in these parts, nor says what goes without saying: to be shown beside them. */
export function restOf(
  call: ViewedCall,
  parts: readonly ToolPart[],
): Readonly<Record<string, Json>> {
  const { input, view } = call;
  const whole: Readonly<Record<string, Json>> = isJsonRecord(input) ? input : { input };
  const shown = parts
    .filter((part) => isShown(call, part))
    .map((part) => tokensOf(view?.[part] ?? ''));
  const rest = Object.entries(whole).flatMap(([name, value]) => {
    if (isDefault(view, name, value)) return [];
    const left = isJsonRecord(input) ? without(value, below(shown, name)) : value;
    return left === undefined ? [] : [[name, left] as const];
  });
  return Object.fromEntries(rest);
}

/** Of these paths those that lead through a member, from there on. */
function below(
  paths: readonly (readonly string[])[],
  name: string,
): readonly (readonly string[])[] {
  return paths.filter(([first]) => first === name).map(([, ...more]) => more);
}

/** The value without what is at these paths: beside a part that is shown, its neighbours are not. Undefined: nothing is left. */
function without(value: Json, paths: readonly (readonly string[])[]): Json | undefined {
  if (paths.some((path) => path.length === 0)) return undefined;
  // In a list the places would move: it is shown whole.
  if (paths.length === 0 || !isJsonRecord(value)) return value;
  const left = Object.entries(value).flatMap(([name, member]) => {
    const rest = without(member, below(paths, name));
    return rest === undefined ? [] : [[name, rest] as const];
  });
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function isJsonRecord(value: Json): value is { readonly [name: string]: Json } {
  return isRecord(value);
}

/** A list of changes is shown by its texts: with anything else in it, it is not. */
function isShown(call: ViewedCall, part: ToolPart): boolean {
  const { view } = call;
  const value = partOf(call, part);
  if (part !== 'changes') return typeof value === 'string';
  const texts = [view?.before, view?.after].map((at) => tokensOf(at ?? ''));
  const isText = ([name, member]: [string, unknown]): boolean =>
    (texts.some((path) => path.length === 1 && path[0] === name) && typeof member === 'string') ||
    isDefault(view, name, member);
  return (
    Array.isArray(value) &&
    value.length === changesOf(call).length &&
    value.every((item) => isRecord(item) && Object.entries(item).every(isText))
  );
}

function isDefault(view: ToolView | undefined, name: string, value: unknown): boolean {
  const { defaults = {} } = view ?? {};
  return Object.hasOwn(defaults, name) && defaults[name] === value;
}

/** The value at a JSON Pointer (RFC 6901); undefined if nothing is there, or this is none. */
export function valueAt(value: Json, at: string): Json | undefined {
  if (at !== '' && !at.startsWith('/')) return undefined;
  let found: Json | undefined = value;
  for (const token of tokensOf(at)) {
    if (Array.isArray(found)) found = /^\d+$/.test(token) ? found[Number(token)] : undefined;
    else if (isRecord(found)) found = Object.hasOwn(found, token) ? found[token] : undefined;
    else return undefined;
  }
  return found;
}

function tokensOf(at: string): readonly string[] {
  if (!at.startsWith('/')) return [];
  return at
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
