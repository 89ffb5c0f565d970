// The environment that a session gets from the command line that starts it, cut to what one command carries.
import type { AgentRules } from '../../protocol/agentRules.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { filterEnvironment } from '../../host/find/filterEnvironment.ts';

/** Leaves room for the other arguments of *start session*, a prompt among them. */
const MAX_BYTES = LIMITS.commandBytes - 20 * 1024;
/** What every program needs: never dropped for their size, nor is what the agent says it needs. */
const NEEDED = /^(PATH|HOME|USER|LANG|SHELL|TMPDIR|SSH_AUTH_SOCK|VIRTUAL_ENV)$/i;

/** Variables for a session: filtered, and the largest unneeded ones left out until they fit. */
export function sessionEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { isNeededVariable }: Pick<AgentRules, 'isNeededVariable'>,
  maxBytes: number = MAX_BYTES,
): Record<string, string> {
  const sizeOf = ([name, value]: readonly [string, string]): number =>
    Buffer.byteLength(JSON.stringify(name)) + Buffer.byteLength(JSON.stringify(value)) + 2;
  const isNeeded = ([name]: readonly [string, string]): boolean =>
    NEEDED.test(name) || isNeededVariable(name);
  const entries = Object.entries(filterEnvironment(env)).toSorted(
    (a, b) => Number(isNeeded(b)) - Number(isNeeded(a)) || sizeOf(a) - sizeOf(b),
  );
  const kept: [string, string][] = [];
  let total = 2;
  for (const entry of entries) {
    total += sizeOf(entry);
    if (total > maxBytes) break;
    kept.push(entry);
  }
  return Object.fromEntries(kept);
}
