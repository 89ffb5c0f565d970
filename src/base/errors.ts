// The one error class: a closed code, and the three things a person needs to know.

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
  // bad input, everything else
  | 'usage'
  | 'invalid-input'
  | 'policy'
  | 'cancelled'
  | 'timeout'
  | 'internal';

/** What a person reads: one sentence each. */
export interface ErrorParts {
  /** What happened. */
  readonly happened: string;
  /** What was kept, if something could have been lost. */
  readonly kept?: string | undefined;
  /** What to do now. */
  readonly remedy?: string | undefined;
}

/** The error class of the project; `message` is the three parts joined. Made by factories only. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly parts: ErrorParts;

  constructor(code: ErrorCode, parts: ErrorParts, options?: { readonly cause?: unknown }) {
    const text = [parts.happened, parts.kept, parts.remedy].filter(Boolean).join(' ');
    super(text, options);
    this.code = code;
    this.parts = parts;
  }
}

/** Whether `error` is an AppError, of the given code if one is named. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
