// What moves a session: its own agent process, or somebody else's that is watched.
import type { Json } from '../../protocol/json.ts';
import type { AcceptedCommand } from '../../session/commandCheck.ts';

/** Drives one session. */
export interface SessionDriver {
  /** Something runs, starts or waits for a person. */
  readonly isBusy: boolean;
  /** Carries a command out; throws CommandRefused. */
  execute(command: AcceptedCommand): Promise<Json | undefined>;
  /** Ends the session's process for good; a running turn is interrupted. */
  end(): Promise<void>;
  /** Lets go: the session goes on with the next driver or the next host. Forced: its process is killed. */
  close(force?: boolean): Promise<void>;
}
