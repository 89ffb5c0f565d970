// Where the links and secrets of rooms come from: one source for every panel, list and terminal of a window.
import type { Event } from '../../base/emitter.ts';
import type { RoomTarget } from './joinTarget.ts';
import type { SessionRef } from './sessionRef.ts';

/** Says where a session is now; it changes when a host restarts, and when sharing is stopped. */
export interface LinkSource {
  /** The link of a session now, and its secrets; undefined if it is not known (yet). */
  targetOf(ref: SessionRef): RoomTarget | undefined;
  readonly onDidChange: Event<void>;
  /** Asks anew for what is not told by itself; what comes is told by `onDidChange`. Rejects with AppError. */
  readonly refresh?: (ref: SessionRef) => Promise<void>;
}
