// What moves a session: its own agent process, or somebody else's that is watched.
import type { Clock } from '../../base/clock.ts';
import type { AgentSession } from '../../protocol/agent.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { Capability, WritersChoice } from '../../protocol/state.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { SessionRecorder } from './sessionRecorder.ts';

/** What commands to a session act on. */
export interface CommandTarget {
  readonly recorder: SessionRecorder;
  /** Rules of the session's agent. */
  readonly rules: AgentRules;
  readonly clock: Clock;
  /** Somebody besides the owner may control: modes that skip every question are refused then. */
  readonly hasControllers: () => boolean;
  /** The session is being ended: it takes no more prompts. */
  readonly isEnding: () => boolean;
  /** Starts the agent if none runs. Rejects with AppError agent-*, session-busy or cancelled. */
  readonly ready: () => Promise<void>;
  /** The agent, while one runs. */
  readonly child: () => AgentSession | undefined;
  /** Hands what waits to the agent, one prompt a turn, in order; starts it first if need be. */
  readonly sendAccepted: () => void;
  /** Hands one waiting prompt to the agent at once, into a turn that runs. */
  readonly sendNow: (promptId: string) => Promise<void>;
  /** The same for one that was just accepted: nobody waits for it, and what fails is shown. */
  readonly sendAtOnce: (promptId: string) => void;
  /** Asks the agent for a prompt that it has not begun; true: it waits here again. */
  readonly takeFromAgent: (promptId: string) => Promise<boolean>;
  readonly interrupt: (author: Author) => Promise<void>;
  /** Opens an address in the browser of this computer; false: there is none. */
  readonly openAddress: (url: string) => Promise<boolean>;
  /** [M1] Goes on in another folder. Throws CommandRefused or AppError: then nothing was changed. */
  readonly setFolder: (path: string, author: Author) => Promise<void>;
  /** Others on its conversation. */
  readonly others: {
    /** Whether there is anything to choose. */
    readonly isNeeded: boolean;
    /** [Z2] Nothing is handed over now. */
    readonly isHolding: boolean;
    readonly choose: (choice: WritersChoice, author: Author, force?: boolean) => void;
  };
}

/** How a session is let go, and why. */
export interface Closing {
  /** Its process is killed, its turn is not saved. */
  readonly now?: boolean;
  /** Who ends the host. */
  readonly by?: Author;
  /** The newer version that gets the host's place. */
  readonly version?: string;
}

/** Drives one session. */
export interface SessionDriver {
  /** What can be done with the session while this drives it. */
  readonly can: readonly Capability[];
  /** Something runs, starts or waits for a person. */
  readonly isBusy: boolean;
  /** What commands act on; undefined: the session is only watched. */
  readonly target: CommandTarget | undefined;
  /** Starts the agent if none runs. Rejects with AppError agent-*, session-busy or cancelled. */
  ready?(): Promise<void>;
  /** An agent that is being started is given up: nothing was sent to it. */
  giveUpStart?(): void;
  /** Ends the session's process for good; a running turn is interrupted. */
  end(author?: Author): Promise<void>;
  /** Lets go: the session goes on with the next driver or the next host. */
  close(how?: Closing): Promise<void>;
}

/** What can be done with a session that has ended. */
export const ENDED_CAN: readonly Capability[] = ['continue'];
