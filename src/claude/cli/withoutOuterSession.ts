// The environment of a Claude Code that may have been asked for from inside another one.

/** Variables by which Claude Code tells what its tools run that it is there: they would mislead a new session. */
const OUTER = /^(CLAUDECODE|CLAUDE_CODE_(ENTRYPOINT|SSE_PORT|SESSION_ID))$/i;

/** The variables that do not come from an outer session. */
export function withoutOuterSession<T extends string | undefined>(
  env: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OUTER.test(name)));
}
