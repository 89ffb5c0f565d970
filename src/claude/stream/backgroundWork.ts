// Work that goes on behind the conversation: shells and agents in the background, as the CLI tells of them.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentTask } from '../../protocol/agent.ts';
import type { SystemLine } from '../wire/streamJson.ts';

/** 2.1.287 and later tell the whole list whenever it changes. */
const changedSchema = z.looseObject({
  tasks: z.array(
    z.looseObject({
      task_id: z.string(),
      task_type: z.optional(z.string()),
      description: z.optional(z.string()),
    }),
  ),
});

/** The task type of a shell that runs in the background. */
const SHELL = 'local_bash';
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'killed', 'stopped']);

/** One per child process. */
export class BackgroundWork {
  private readonly now: () => number;
  /** What runs, by task id. */
  private readonly running = new Map<string, AgentTask & { readonly isBehind: boolean }>();
  private hasLists = false;
  private told = '';

  constructor(now: () => number) {
    this.now = now;
  }

  /** What follows from a line. */
  take(line: SystemLine): AgentEvent[] {
    const taskId = line.task_id;
    switch (line.subtype) {
      case 'background_tasks_changed':
        this.replace(line);
        break;
      case 'task_started':
        // A list says it all; without one a shell is known to run behind, an agent only once its turn has ended.
        if (this.hasLists || taskId === undefined) return [];
        this.add({
          taskId,
          title: line.description ?? taskId,
          isShell: line['task_type'] === SHELL,
        });
        break;
      case 'task_updated':
      case 'task_notification':
        if (this.hasLists || taskId === undefined) return [];
        if (!ENDED.has(line.patch?.status ?? line.status ?? '')) return [];
        this.running.delete(taskId);
        break;
      default:
        return [];
    }
    return this.changed();
  }

  /** A turn has ended: what still runs, runs behind. */
  turnEnded(): AgentEvent[] {
    for (const [id, task] of this.running) this.running.set(id, { ...task, isBehind: true });
    return this.changed();
  }

  private replace(line: SystemLine): void {
    const parsed = changedSchema.safeParse(line);
    if (!parsed.success) return;
    this.hasLists = true;
    const known = new Map(this.running);
    this.running.clear();
    for (const { task_id: taskId, task_type: type, description } of parsed.data.tasks) {
      const before = known.get(taskId);
      const title = description ?? before?.title ?? taskId;
      this.add({
        taskId,
        title,
        isShell: type === SHELL,
        isBehind: true,
        ...omitUndefined({ since: before?.since }),
      });
    }
  }

  private add(task: {
    readonly taskId: string;
    readonly title: string;
    readonly isShell: boolean;
    readonly isBehind?: boolean;
    readonly since?: number;
  }): void {
    const { taskId, title, isShell, isBehind = isShell, since = this.now() } = task;
    const kind = isShell ? 'shell' : 'agent';
    this.running.set(taskId, { taskId, title, since, kind, isBehind });
  }

  private changed(): AgentEvent[] {
    const tasks = [...this.running.values()]
      .filter(({ isBehind }) => isBehind)
      .map(({ taskId, title, since, kind }) => ({ taskId, title, since, kind }));
    const key = JSON.stringify(tasks);
    if (key === (this.told === '' ? '[]' : this.told)) return [];
    this.told = key;
    return [{ kind: 'tasks', tasks }];
  }
}
