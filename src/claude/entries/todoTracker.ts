// Keeps the to-do list that tools write: TodoWrite replaces it, TaskCreate and TaskUpdate change it.
import * as z from 'zod/mini';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';

type Item = EntryOf<'todos'>['items'][number];

const todoWriteSchema = z.looseObject({
  todos: z.array(z.looseObject({ content: z.string(), status: z.string() })),
});
const taskSchema = z.looseObject({
  subject: z.optional(z.string()),
  status: z.optional(z.string()),
  taskId: z.optional(z.union([z.string(), z.number()])),
});
const createdSchema = z.looseObject({
  task: z.looseObject({ id: z.union([z.string(), z.number()]), subject: z.string() }),
});

/** Calls remembered until their result comes. */
const MAX_CALLS = 200;

/** Follows the calls and results of one conversation; a list is shown when its tool has succeeded. */
export class TodoTracker {
  private readonly calls = new Map<string, { tool: string; input: unknown }>();
  private readonly tasks = new Map<string, Item>();

  /** The entry with the new list for a result that changed it. */
  follow(entry: Entry): Entry[] {
    if (entry.kind === 'tool-call') {
      if (!TOOLS.has(entry.tool)) return [];
      this.calls.set(entry.callId, { tool: entry.tool, input: entry.input });
      if (this.calls.size > MAX_CALLS) this.calls.clear();
      return [];
    }
    if (entry.kind !== 'tool-result') return [];
    const call = this.calls.get(entry.callId);
    if (call === undefined) return [];
    this.calls.delete(entry.callId);
    if (entry.outcome !== 'ok') return [];
    const items = this.itemsAfter(call.tool, call.input, entry.structured);
    if (items === undefined) return [];
    return [
      {
        kind: 'todos',
        id: `${entry.id}+todos`,
        at: entry.at,
        items,
        ...(entry.parent === undefined ? {} : { parent: entry.parent }),
      },
    ];
  }

  private itemsAfter(tool: string, input: unknown, result: unknown): Item[] | undefined {
    switch (tool) {
      case 'TodoWrite': {
        const parsed = todoWriteSchema.safeParse(input);
        return parsed.success
          ? parsed.data.todos.map((item) => ({ text: item.content, status: statusOf(item.status) }))
          : undefined;
      }
      case 'TaskCreate': {
        const created = createdSchema.safeParse(result);
        if (!created.success) return undefined;
        const { id, subject } = created.data.task;
        this.tasks.set(String(id), { text: subject, status: 'pending' });
        return [...this.tasks.values()];
      }
      default: {
        const update = taskSchema.safeParse(input);
        const id = update.success ? String(update.data.taskId ?? '') : '';
        const known = this.tasks.get(id);
        if (!update.success || known === undefined) return undefined;
        if (update.data.status === 'deleted') this.tasks.delete(id);
        else {
          this.tasks.set(id, {
            text: update.data.subject ?? known.text,
            status: update.data.status === undefined ? known.status : statusOf(update.data.status),
          });
        }
        return [...this.tasks.values()];
      }
    }
  }
}

const TOOLS: ReadonlySet<string> = new Set(['TodoWrite', 'TaskCreate', 'TaskUpdate']);

/** A status in the words of Claude Code's tools. */
export function statusOf(status: string): Item['status'] {
  if (status === 'completed' || status === 'done') return 'done';
  return status === 'in_progress' ? 'in-progress' : 'pending';
}
