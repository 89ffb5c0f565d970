// What a session of any agent looks like to the session host: the seam between host/ and the adapters.
import type { Disposable } from '../base/disposable.ts';
import type { Event } from '../base/emitter.ts';
import type { ErrorCode, ErrorWords } from '../base/errors.ts';
import type { Words } from '../base/say.ts';
import type { Json } from './json.ts';
import type { Others, SessionStatus } from './state.ts';
import type { LiveText, PromptImage } from './entryParts.ts';
import type { AgentRules } from './agentRules.ts';
import type { Entry } from './transcript.ts';
import type { Wait } from './wait.ts';

/** A permission mode by the agent's own name for it; `AgentRules.modes` say what it means. */
export type AgentMode = string;

/** Facts about the session that change as it goes; only given fields change. */
export interface AgentFacts {
  /** The agent's own id of the conversation (changes on /clear). */
  readonly agentSessionId?: string;
  readonly agentVersion?: string;
  readonly model?: string;
  readonly mode?: AgentMode;
  /** How much it thinks, by the agent's own word; empty: the model takes none. */
  readonly effort?: string;
  readonly title?: string;
  readonly branch?: string;
  readonly contextTokens?: number;
  readonly contextLimit?: number;
  readonly costUsd?: number;
  /** Slash commands for the composer. */
  readonly commands?: readonly AgentCommand[];
  readonly models?: readonly AgentModel[];
  readonly transcriptPath?: string;
}

/** A model that the agent offers. */
export interface AgentModel {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** What the session calls it once it runs, if that is another name. */
  readonly resolved?: string;
  /** Efforts that it takes, the least first; absent: it takes none. */
  readonly efforts?: readonly string[];
}

/** A slash command that the agent has. */
export interface AgentCommand {
  readonly name: string;
  readonly description: string;
  readonly aliases?: readonly string[];
  /** What follows its name, e.g. `<model>`. */
  readonly argumentHint?: string;
  /** The agent's own: no file of the project or the user stands for it. */
  readonly isOwn?: boolean;
}

/** Work that runs behind the conversation. */
export interface AgentTask {
  readonly taskId: string;
  readonly title: string;
  /** Wall time at which it was first seen, ms. */
  readonly since: number;
  readonly kind: 'shell' | 'agent';
}

/** A clear state with its remedy instead of a stack trace. */
export interface AgentProblem extends ErrorWords {
  readonly code: Extract<ErrorCode, `agent-${string}`>;
  readonly remedy: Words;
}

/** An entry as the agent reports it. */
export interface ReportedEntry {
  readonly entry: Entry;
  /** Bytes of `entry.images`, in their order, where the agent has them at hand. */
  readonly images?: readonly PromptImage[];
}

/** Everything a session source reports, in order. */
export type AgentEvent =
  /** A finished entry. Long bodies are whole here; the host cuts them for the log and keeps the rest. */
  | ({ readonly kind: 'entry' } & ReportedEntry)
  /** Text that streams: appended to what came before for the same (messageId, block). */
  | ({ readonly kind: 'delta' } & LiveText)
  /** The live text of this block is superseded by the entry that follows, or gone. */
  | { readonly kind: 'delta-end'; readonly messageId: string; readonly block: number }
  | { readonly kind: 'status'; readonly status: SessionStatus; readonly waitingFor?: string }
  | { readonly kind: 'facts'; readonly facts: AgentFacts }
  /** All that runs behind the conversation now. */
  | { readonly kind: 'tasks'; readonly tasks: readonly AgentTask[] }
  /** Life of a prompt that was sent with an id. */
  | {
      readonly kind: 'prompt';
      readonly promptId: string;
      readonly state: 'queued' | 'started' | 'completed' | 'cancelled';
    }
  /** A request no longer waits: withdrawn by the agent. Its 'decision' entry is the owner's to write. */
  | { readonly kind: 'request-withdrawn'; readonly requestId: string; readonly detail: string }
  /** An exact line of the agent's own transcript, for a later resume elsewhere. */
  | { readonly kind: 'raw'; readonly file: string; readonly line: Json }
  | { readonly kind: 'problem'; readonly problem: AgentProblem | undefined }
  /** What it waits for; undefined: it goes on. */
  | { readonly kind: 'wait'; readonly wait: Wait | undefined }
  /** A turn fails since the service refused it or did not answer; told before its entry. `cause`: why, where that is known. */
  | { readonly kind: 'refused'; readonly cause: Wait['why'] | undefined }
  /** Of a session that is watched: who else is on its conversation; undefined: nobody any more. */
  | { readonly kind: 'others'; readonly others: SeenOthers | undefined }
  | {
      readonly kind: 'exit';
      readonly code: number | null;
      readonly signal: string | null;
      /** Whether close() or stop() asked for it. */
      readonly expected: boolean;
    };

/** How a request is answered. */
export type AgentAnswer =
  | {
      readonly behavior: 'allow';
      /** Go on in this mode, whatever was before a plan. */
      readonly mode?: string;
      /** Indexes into the request's `suggestions`. */
      readonly rememberSuggestions?: readonly number[];
      /** Where they are kept: a place that the request names; absent: for this session only. */
      readonly place?: string;
      /** Answers to questions by question text. */
      readonly answers?: Readonly<Record<string, string>>;
      /** What was filled in, by the names of the fields; of questions: a text or a list of labels each. */
      readonly content?: { readonly [name: string]: Json };
    }
  | { readonly behavior: 'deny'; readonly message?: string; readonly interrupt?: boolean };

/** A file of the session's folder as it is handed over: its path below the folder, with the lines that were asked for. */
export interface AttachedFile {
  readonly path: string;
  readonly content: string;
}

/** What makes a prompt a guest's: nothing in its text is to be expanded or run by the agent. */
export interface GuestText {
  readonly name: string;
  /** Files that the text names, read by the host. */
  readonly files: readonly AttachedFile[];
}

/** A running session that the host owns: a child process of it. */
export interface AgentSession {
  readonly pid: number;
  /** Start time of the process as the system tells it: with the pid it names the process for good. */
  readonly processStart: string;
  readonly onDidEmit: Event<AgentEvent>;
  /** Sends a prompt; `promptId` (a UUID) is the idempotency key and comes back in 'prompt' events and entries. */
  prompt(prompt: {
    readonly promptId: string;
    readonly text: string;
    readonly images?: readonly PromptImage[];
    /** Given for a guest's prompt; without it the text is the owner's, or a command. */
    readonly guest?: GuestText;
    /** Files that the owner's text names, for a turn that runs: the agent reads none of them by itself. */
    readonly files?: readonly AttachedFile[];
  }): Promise<void>;
  /** True if it had not started and is gone from the queue; sent again, it needs another id. */
  cancelQueued(promptId: string): Promise<boolean>;
  /** Answers a request; false if it no longer waits. */
  answer(requestId: string, answer: AgentAnswer): Promise<boolean>;
  interrupt(): Promise<void>;
  /** Ends one piece of background work. Rejects if it does not run any more. */
  stopTask(taskId: string): Promise<void>;
  setModel(model: string): Promise<void>;
  setMode(mode: AgentMode): Promise<void>;
  /** How much it thinks from now on; undefined: as the model does by itself. Rejects if the model takes no such effort. */
  setEffort(effort: string | undefined): Promise<void>;
  rename(title: string): Promise<void>;
  /** Ends it cleanly: interrupts a running turn if asked, closes its input, waits for the exit. */
  close(options?: { readonly interrupt?: boolean }): Promise<void>;
  /** Ends it now. */
  kill(): void;
}

/** Others on a conversation, as they are seen. */
export type SeenOthers = Pick<Others, 'writers' | 'messages' | 'branches'>;

/** Sees who else writes a conversation, until it is disposed. */
export interface WritersWatch extends Disposable {
  /** Undefined: nobody is there, and nobody has written what was not settled. */
  readonly others: SeenOthers | undefined;
  /** Names where the others' part of the conversation begins: with them another watch knows it again. */
  readonly marks: readonly string[];
  readonly onDidSeeWriters: Event<void>;
  /** Whether an entry is of what others have written. */
  isTheirs(entryId: string): boolean;
  /** What others have written, as entries; of our agent's lines none. To be asked while none runs. */
  theirs(): Promise<readonly ReportedEntry[]>;
  /** What others have written until now is the conversation's own from here on. */
  settle(): void;
  /** Gives our part of the conversation an id of its own, and tells it; theirs stays where it is. */
  part(): Promise<string>;
  /** Names where the conversation ends now; to be asked once none of ours runs any more. Undefined: it has not begun. */
  end(): Promise<string | undefined>;
}

/** What is known of others from an earlier watch of the same conversation. */
export interface TheirsBefore {
  /** Where their parts begin. */
  readonly marks: readonly string[];
  /** [Z5] Where the conversation ended when nobody of ours was left: what stands behind that is theirs. */
  readonly end?: string | undefined;
}

/** How to start or resume a session. */
export interface AgentStartOptions {
  readonly cwd: string;
  /** Complete environment of the child (already filtered). */
  readonly env: Readonly<Record<string, string>>;
  /** Conversation to go on with. */
  readonly resume?: string;
  /** Processes that may have it open as well: the owner knows of them. */
  readonly beside?: readonly number[];
  readonly model?: string;
  readonly mode?: AgentMode;
  readonly effort?: string;
  readonly title?: string;
  /** Called as soon as the process runs, long before `start` resolves: who owns it writes it down first. */
  readonly onDidSpawn?: (process: { readonly pid: number; readonly processStart: string }) => void;
  /** Abort to give the start up: the process is ended, and `start` rejects. Of no effect later. */
  readonly signal?: AbortSignal;
}

/** A session that runs elsewhere on this computer (a terminal) and is only watched. */
export interface ObservedSession {
  /** Stable key while it runs. */
  readonly key: string;
  readonly onDidEmit: Event<AgentEvent>;
  /** Reads what is there (older entries first) and then follows; resolves when the present is reached. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** A row of the list of sessions that were found on this computer. */
export interface FoundSession {
  readonly key: string;
  readonly agentSessionId: string;
  readonly pid?: number;
  readonly processStart?: string;
  readonly cwd: string;
  readonly title?: string;
  readonly branch?: string;
  readonly status: SessionStatus;
  readonly waitingFor?: string;
  readonly startedAt?: number;
  readonly lastActivityAt?: number;
  readonly transcriptPath?: string;
  readonly agentVersion?: string;
}

/** An agent: how to find it, start it and watch its other sessions. */
export interface Agent {
  /** Name for people, e.g. "Claude Code". */
  readonly name: string;
  readonly rules: AgentRules;
  /** Finds the program and tells what it can do; a problem if it cannot be used. */
  probe(): Promise<AgentProbe>;
  start(options: AgentStartOptions): Promise<AgentSession>;
  /** Sessions of this computer that this host does not own, running first. */
  found(): Promise<readonly FoundSession[]>;
  onDidChangeFound: Event<void>;
  /** Which files the owner's rules deny the agent in this folder; takes absolute paths. */
  readRules(cwd: string, env: AgentStartOptions['env']): Promise<(path: string) => boolean>;
  observe(session: FoundSession): ObservedSession;
  /**
   * Watches who else writes a conversation of ours; what is in it now counts as ours, but for what
   * `before` says. Absent: this agent's conversations have one writer by their nature.
   */
  watchWriters?(
    conversation: { readonly agentSessionId: string; readonly cwd: string },
    env: AgentStartOptions['env'],
    before?: TheirsBefore,
  ): Promise<WritersWatch>;
  /**
   * Reads the transcript of a conversation as entries (ids as in live events), e.g. the lines a
   * crashed host has missed; each once. `env`: what the session was started with, where that says where
   * transcripts are kept. A very long one is given from its end, after a notice that says so.
   */
  readTranscript(
    agentSessionId: string,
    cwd: string,
    env?: AgentStartOptions['env'],
  ): Promise<readonly ReportedEntry[]>;
  /** Whether a process of it that is gone has ended by itself, with its transcript written to the end. Absent: nobody can tell. */
  endedCleanly?(pid: number, env: AgentStartOptions['env']): Promise<boolean>;
  /**
   * Lets a conversation be gone on with in another folder; what is there of it stays where it was.
   * Absent: this agent finds its conversations from everywhere. Rejects with AppError: then nothing was changed.
   */
  bring?(
    conversation: { readonly agentSessionId: string; readonly cwd: string },
    folder: string,
    env: AgentStartOptions['env'],
  ): Promise<void>;
  close(): Promise<void>;
}

/** What the installed agent can do. */
export interface AgentProbe {
  readonly path?: string;
  readonly version?: string;
  readonly problem?: AgentProblem;
  /** Names of capabilities, e.g. 'session-mirror'. */
  readonly features: readonly string[];
}
