// A session that runs in a terminal: watched live, never written.
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { AgentEvent, ObservedSession as Watched } from '../../protocol/agent.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import { SOURCE_CAN } from '../../protocol/openValues.ts';
import type { SessionDriver } from '../session/sessionDriver.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';

/** A long conversation is taken in step by step: other sessions go on in between. */
const EVENTS_AT_A_TIME = 50;

/** Follows a terminal session into its room. */
export class ObservedSession implements SessionDriver {
  readonly can = SOURCE_CAN.observed;
  /** The terminal's agent takes nothing from here. */
  readonly target = undefined;
  private readonly recorder: SessionRecorder;
  private readonly watched: Watched;
  /** What is there already; undefined once it was taken in. */
  private backlog: AgentEvent[] | undefined = [];

  private constructor(recorder: SessionRecorder, watched: Watched) {
    this.recorder = recorder;
    this.watched = watched;
    watched.onDidEmit((event) => {
      if (this.backlog === undefined) this.take(event);
      else this.backlog.push(event);
    });
  }

  /** Resolves when everything that is there already was taken in. If that fails, nothing is watched. */
  static async open(
    session: { readonly recorder: SessionRecorder; readonly tables: Pick<RoomTables, 'hasEntry'> },
    watched: Watched,
  ): Promise<ObservedSession> {
    const observed = new ObservedSession(session.recorder, watched);
    try {
      await watched.open();
      await observed.takeBacklog(session.tables);
    } catch (error) {
      await watched.close();
      throw error;
    }
    return observed;
  }

  /** The terminal keeps itself alive; only watching it is no work. */
  get isBusy(): boolean {
    return false;
  }

  /** The terminal's session is not ours to end: it is only watched no longer. */
  async end(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    await this.watched.close();
  }

  /** Only what stands after the newest entry that the log has is new: a session of ours that a terminal took up. */
  private async takeBacklog(tables: Pick<RoomTables, 'hasEntry'>): Promise<void> {
    const events = this.backlog ?? [];
    const known = events.findLastIndex(
      (event) => event.kind === 'entry' && tables.hasEntry(event.entry.id),
    );
    // What comes meanwhile joins the end of the line.
    for (let next = 0; next < events.length; next += 1) {
      const event = events[next];
      if (event !== undefined && (next > known || event.kind !== 'entry')) this.take(event);
      if (next % EVENTS_AT_A_TIME === EVENTS_AT_A_TIME - 1) await turnOfLoop();
    }
    this.backlog = undefined;
  }

  private take(event: AgentEvent): void {
    switch (event.kind) {
      case 'request-withdrawn':
        this.recorder.decide(event.requestId, { outcome: 'withdrawn', detail: event.detail });
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
