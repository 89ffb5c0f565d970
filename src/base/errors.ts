// The one error class: a closed code, and the three things a person needs to know.
import { type Speak, spoken, type Words } from './say.ts';

/** Every code an AppError can have; a code is added here together with its factory. */
export type ErrorCode =
  // links and joining
  | 'update'
  | 'link-malformed'
  | 'link-foreign-version'
  | 'link-needs-update'
  | 'link-revoked'
  // relay and connection
  | 'relay-unreachable'
  | 'relay-refused'
  | 'relay-claim-conflict'
  | 'relay-bad-request'
  | 'room-not-found'
  | 'port-busy'
  // sealed records
  | 'record-refused'
  | 'fork-detected'
  | 'split-detected'
  | 'rollback-detected'
  | 'withheld-detected'
  // commands and control
  | 'command-rejected'
  | 'command-unknown-outcome'
  | 'command-expired'
  | 'too-large'
  | 'too-many'
  // session host
  | 'host-running'
  | 'host-unreachable'
  | 'host-file-invalid'
  | 'host-runtime'
  | 'journal-locked'
  | 'journal-damaged'
  | 'session-not-found'
  | 'session-ambiguous'
  | 'session-busy'
  | 'not-shareable'
  // the agent
  | 'agent-not-found'
  | 'agent-too-old'
  | 'agent-not-logged-in'
  | 'agent-crashed'
  | 'agent-silent'
  | 'agent-protocol'
  | 'agent-folder-gone'
  // bad input, everything else
  | 'usage'
  | 'invalid-input'
  | 'policy'
  | 'cancelled'
  | 'timeout'
  | 'internal';

/** What a person reads: one sentence or two each. `P` is a text, or the words that can be translated. */
export interface ErrorParts<P = string> {
  /** What happened. */
  readonly happened: P;
  /** What was kept, if something could have been lost. */
  readonly kept?: P | undefined;
  /** What to do now. */
  readonly remedy?: P | undefined;
}

/** The parts that can be translated. */
export type ErrorWords = ErrorParts<Words>;

/** The parts in the words of a language; without one in English. */
export function spokenParts(words: ErrorWords, speak?: Speak): ErrorParts {
  const { happened, kept, remedy } = words;
  return {
    happened: spoken(happened, speak),
    ...(kept && { kept: spoken(kept, speak) }),
    ...(remedy && { remedy: spoken(remedy, speak) }),
  };
}

/** The parts one after the other. */
export function joinParts({ happened, kept, remedy }: ErrorParts): string {
  return [happened, kept, remedy].filter(Boolean).join(' ');
}

/** What an error is made with besides its code and words. */
export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Of a command that is refused: the protocol's word for why. */
  readonly rejection?: string;
}

/** The error class of the project; `message` is the three parts joined, in English. Made by factories only. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly words: ErrorWords;
  /** The words in English. */
  readonly parts: ErrorParts;
  readonly rejection: string | undefined;

  constructor(code: ErrorCode, words: ErrorWords, options: AppErrorOptions = {}) {
    const parts = spokenParts(words);
    const { cause, rejection } = options;
    super(joinParts(parts), cause === undefined ? undefined : { cause });
    this.code = code;
    this.words = words;
    this.parts = parts;
    this.rejection = rejection;
  }
}

/** Whether `error` is an AppError, of the given code if one is named. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
