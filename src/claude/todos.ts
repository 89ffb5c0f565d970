// Reads to-do lists out of the inputs of the tools that keep them; pure.
import type { Json } from '../protocol/json.ts';
import type { EntryOf } from '../protocol/transcript.ts';
import * as z from 'zod/mini';

type Items = EntryOf<'todos'>['items'];

const todoWriteSchema = z.looseObject({
  todos: z.array(z.looseObject({ content: z.string(), status: z.string() })),
});

/** Items of a TodoWrite call; undefined for any other tool or an input that is none. */
export function todosOf(tool: string | undefined, input: Json | undefined): Items | undefined {
  if (tool !== 'TodoWrite') return undefined;
  const parsed = todoWriteSchema.safeParse(input);
  if (!parsed.success) return undefined;
  return parsed.data.todos.map((item) => ({
    text: item.content,
    status: statusOf(item.status),
  }));
}

/** Our word for a tool's status of an item. */
export function statusOf(status: string): 'pending' | 'in-progress' | 'done' {
  if (status === 'completed' || status === 'done') return 'done';
  return status === 'in_progress' || status === 'in-progress' ? 'in-progress' : 'pending';
}
