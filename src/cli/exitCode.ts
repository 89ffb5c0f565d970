// Exit codes: what a script can tell apart. Documented in docs/cli.md.
import { assertNever } from '../base/assert.ts';
import { type ErrorCode, isAppError } from '../base/errors.ts';

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** Anything that is none of the others. */
  failed: 1,
  /** The command line, a link, or what another version says was not understood. */
  usage: 2,
  /** A session, member or room that is not there, or an id that means several. */
  notFound: 3,
  /** Somebody who may decide it said no: host, owner, relay, policy. */
  refused: 4,
  /** Host or relay does not answer. */
  unreachable: 5,
  /** Asked to end then: the session waits for a person. */
  waiting: 6,
  /** Asked to end then: a problem keeps the session from going on. */
  problem: 7,
} as const;

/** Exit code of anything thrown. */
export function exitCodeOf(error: unknown): number {
  return isAppError(error) ? exitCodeOfCode(error.code) : EXIT.failed;
}

function exitCodeOfCode(code: ErrorCode): number {
  switch (code) {
    case 'usage':
    case 'invalid-input':
    case 'link-malformed':
    case 'link-foreign-version':
    case 'link-needs-update':
    case 'update':
      return EXIT.usage;
    case 'session-not-found':
    case 'session-ambiguous':
    case 'room-not-found':
      return EXIT.notFound;
    case 'command-rejected':
    case 'link-revoked':
    case 'relay-refused':
    case 'relay-claim-conflict':
    case 'host-running':
    case 'session-busy':
    case 'not-shareable':
    case 'policy':
    case 'too-large':
    case 'too-many':
      return EXIT.refused;
    case 'relay-unreachable':
    case 'host-unreachable':
    case 'command-expired':
    case 'timeout':
      return EXIT.unreachable;
    case 'relay-bad-request':
    case 'port-busy':
    case 'record-refused':
    case 'fork-detected':
    case 'split-detected':
    case 'rollback-detected':
    case 'withheld-detected':
    case 'command-unknown-outcome':
    case 'host-file-invalid':
    case 'host-runtime':
    case 'journal-locked':
    case 'journal-damaged':
    case 'agent-not-found':
    case 'agent-too-old':
    case 'agent-not-logged-in':
    case 'agent-crashed':
    case 'agent-silent':
    case 'agent-protocol':
    case 'agent-folder-gone':
    case 'cancelled':
    case 'internal':
      return EXIT.failed;
    default:
      return assertNever(code);
  }
}
