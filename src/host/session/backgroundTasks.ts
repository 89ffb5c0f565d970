// [G1] What runs behind a conversation, as the host knows it, and what is said when it ends with its agent.
import { say, verbatim, type Words } from '../../base/say.ts';
import type { AgentTask } from '../../protocol/agent.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { firstLine } from './completeEntry.ts';
import type { Closing } from './sessionDriver.ts';
import type { SessionRecorder } from './sessionRecorder.ts';

/** Titles that a sentence names. */
const MAX_NAMED = 3;

/** What runs now; on disk when this returns. */
export function noteTasks(recorder: SessionRecorder, tasks: readonly AgentTask[]): void {
  recorder.update({ tasks: tasks.length === 0 ? undefined : tasks.map((task) => ({ ...task })) });
}

/** Names of tasks for a sentence: “one”, “two” and 4 more. */
export function taskNames(tasks: readonly { readonly title: string }[]): Words {
  const names = tasks.slice(0, MAX_NAMED).map(({ title }) => `“${firstLine(title)}”`);
  const more = tasks.length - names.length;
  return more > 0 ? say`${names.join(', ')} and ${more} more` : verbatim(names.join(', '));
}

/** Before an agent is ended by somebody: what ends with it, by whom, and what for. */
export function tellBroken(
  recorder: SessionRecorder,
  author?: Author,
  why: 'end' | 'others' = 'end',
): void {
  const { tasks = [] } = recorder.stored;
  if (tasks.length === 0) return;
  const names = taskNames(tasks);
  const words =
    author === undefined
      ? say`Background work ended because the background service of this computer stopped: ${names}.`
      : why === 'others'
        ? say`Background work ended because ${author.name} decided about others on this conversation: ${names}.`
        : say`Background work ended because ${author.name} ended the session: ${names}.`;
  warn(recorder, 'background-work-ended', words, author);
}

/** [G9] Before the host lets a session go: which work ends with it, and by whom. */
export function tellClosed(recorder: SessionRecorder, { by, version }: Closing): void {
  const { tasks = [] } = recorder.stored;
  if (by === undefined) return tellBroken(recorder);
  const isAtWork = recorder.status === 'working' || recorder.status === 'waiting';
  if (isAtWork) {
    const words =
      version === undefined
        ? say`The running turn was ended because ${by.name} stopped the background service of this computer.`
        : say`The running turn was ended because ${by.name} let version ${version} take the place of the background service.`;
    warn(recorder, 'turn-ended-with-host', words, by);
  }
  if (tasks.length === 0) return;
  const names = taskNames(tasks);
  const words =
    version === undefined
      ? say`Background work ended because ${by.name} stopped the background service of this computer: ${names}.`
      : say`Background work ended because ${by.name} let version ${version} take the place of the background service: ${names}.`;
  warn(recorder, 'background-work-ended', words, by);
}

function warn(recorder: SessionRecorder, code: string, words: Words, author?: Author): void {
  recorder.notice({ level: 'warning', code, words, ...(author ? { author } : {}) });
}

/** The agent is gone: what ran behind it is over. `words`: for work of which nobody was told yet. */
export function loseTasks(recorder: SessionRecorder, now: number, isTold: boolean): void {
  const { tasks = [] } = recorder.stored;
  if (tasks.length === 0) return;
  recorder.record(
    tasks.map(({ taskId, title }): Entry => ({
      ...{ kind: 'task', id: `lost:${taskId}`, at: now, taskId, title },
      status: 'stopped',
    })),
  );
  if (!isTold) {
    const words = say`Background work ended with its agent: ${taskNames(tasks)}.`;
    recorder.notice({ level: 'warning', code: 'background-work-lost', words });
  }
  recorder.update({ tasks: undefined });
}
