// What a session is doing, told once per change; from the CLI's own events where it has them.
import type { SessionStatus } from '../../protocol/state.ts';
import { isTaskNews } from '../entries/turnEntry.ts';
import type { OutLine } from '../wire/streamJson.ts';

/** What the tracker needs from its session. */
export interface StatusTrackerOptions {
  /** What the oldest open request asks for; undefined: none is open. */
  readonly openRequest: () => string | undefined;
  /** A prompt was written that has not begun. */
  readonly isPromptAwaited: () => boolean;
  readonly onChange: (status: SessionStatus, waitingFor: string | undefined) => void;
}

/** One per child process. */
export class StatusTracker {
  private readonly options: StatusTrackerOptions;
  private status: SessionStatus = 'starting';
  private waitingFor: string | undefined;
  /** What it was before it waited: a tool's server may ask while nothing runs. */
  private beforeWait: SessionStatus = 'working';
  private hasStateEvents = false;
  /** The news of a task has ended just now, and a prompt comes next. */
  private isBetween = false;

  constructor(options: StatusTrackerOptions) {
    this.options = options;
  }

  get current(): SessionStatus {
    return this.status;
  }

  /** Whether a turn runs or waits. */
  get isBusy(): boolean {
    return this.status === 'working' || this.status === 'waiting';
  }

  /** Takes a new status; an open request makes 'working' to 'waiting'. */
  set(status: SessionStatus): void {
    const open = this.options.openRequest();
    const next = status === 'working' && open !== undefined ? 'waiting' : status;
    const waitingFor = next === 'waiting' ? open : undefined;
    if (next === this.status && waitingFor === this.waitingFor) return;
    if (next === 'waiting' && this.status !== 'waiting') this.beforeWait = this.status;
    this.status = next;
    this.waitingFor = waitingFor;
    this.options.onChange(next, waitingFor);
  }

  /** What the CLI says it is doing. 2.1.197 is idle for a moment between the news of a task and a prompt. */
  told(status: SessionStatus): void {
    if (status === 'idle' && this.isBetween) return;
    this.set(status);
  }

  /** A request is over: what was before it goes on, unless the turn has ended meanwhile. */
  resume(): void {
    if (this.status !== 'waiting') return;
    this.set(
      this.beforeWait === 'idle' && this.options.openRequest() === undefined ? 'idle' : 'working',
    );
  }

  /** Derives the status from other lines for a CLI without state events. */
  watch(line: OutLine): void {
    const isState = line.type === 'system' && line.subtype === 'session_state_changed';
    if (isState) this.hasStateEvents = true;
    else if (line.type !== 'transcript_mirror') {
      const isNews = line.type === 'result' && isTaskNews(line);
      this.isBetween = isNews && this.options.isPromptAwaited();
    }
    if (this.hasStateEvents) return;
    if (line.type === 'result') this.told('idle');
    else if (line.type === 'system' && line.subtype === 'init') this.set('working');
    else if (this.status === 'idle' && WORK.has(line.type)) this.set('working');
  }
}

const WORK: ReadonlySet<string> = new Set(['assistant', 'stream_event']);
