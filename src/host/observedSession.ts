// A session that runs in a terminal: watched live, never written.
import type { Json } from '../protocol/json.ts';
import type { AgentEvent, ObservedSession as Watched } from '../protocol/agent.ts';
import type { AcceptedCommand } from '../session/commandCheck.ts';
import { readOnlySession } from '../session/errors.ts';
import type { SessionDriver } from './sessionDriver.ts';
import type { SessionRecorder } from './sessionRecorder.ts';

/** Follows a terminal session into its room. */
export class ObservedSession implements SessionDriver {
  private readonly recorder: SessionRecorder;
  private readonly watched: Watched;

  private constructor(recorder: SessionRecorder, watched: Watched) {
    this.recorder = recorder;
    this.watched = watched;
    watched.onDidEmit((event) => this.take(event));
  }

  /** Resolves when everything that is there already was taken in. */
  static async open(recorder: SessionRecorder, watched: Watched): Promise<ObservedSession> {
    const session = new ObservedSession(recorder, watched);
    await watched.open();
    return session;
  }

  /** The terminal keeps itself alive; only watching it is no work. */
  get isBusy(): boolean {
    return false;
  }

  async execute(_command: AcceptedCommand): Promise<Json | undefined> {
    throw readOnlySession();
  }

  /** The terminal's session is not ours to end: it is only watched no longer. */
  async end(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    await this.watched.close();
  }

  private take(event: AgentEvent): void {
    switch (event.kind) {
      case 'request-withdrawn':
        this.recorder.decide(event.requestId, { outcome: 'withdrawn' });
        return;
      case 'exit':
        this.recorder.update({ ended: true });
        this.recorder.setStatus('ended');
        return;
      case 'status':
        this.recorder.take(event);
        if (event.status === 'ended' && !this.recorder.stored.ended)
          this.recorder.update({ ended: true });
        return;
      default:
        this.recorder.take(event);
    }
  }
}
