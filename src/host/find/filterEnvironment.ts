// Which variables of a window a session gets, and which of them may be kept on disk.

/** Variables of an editor or a package manager that mean nothing, or harm, elsewhere; what an agent sets is for its adapter to say. */
const STRIPPED =
  /^(VSCODE_|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$|NODE_CHANNEL|NODE_UNIQUE|NODE_EXEC_PATH$|BROWSER$|npm_|INIT_CWD$)/i;
const NAME = /^[A-Za-z_][A-Za-z0-9_.()-]{0,127}$/;
/** Far above a real environment (tens of KiB), far below what a system refuses to pass on. */
const MAX_VARIABLES = 1000;
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_TOTAL_BYTES = 512 * 1024;

/** The environment that a detached process may inherit: editor variables stripped, size bounded. */
export function filterEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  let count = 0;
  let total = 0;
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || STRIPPED.test(name) || !NAME.test(name)) continue;
    const bytes = Buffer.byteLength(value);
    if (value.includes('\0') || bytes > MAX_VALUE_BYTES) continue;
    if (count >= MAX_VARIABLES || total + bytes > MAX_TOTAL_BYTES) continue;
    kept[name] = value;
    count += 1;
    total += bytes;
  }
  return kept;
}

const SECRET_NAME = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH|HEADERS|COOKIE/i;
/** Names that only look like secrets: they hold paths. */
const NO_SECRETS: ReadonlySet<string> = new Set(['SSH_AUTH_SOCK', 'XAUTHORITY']);

/**
 * The part of an environment that the journal may keep for a later resume. What looks like a secret
 * is left out: then the session host's own environment stands in for it.
 */
export function storableEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const isOpen = ([name, value]: [string, string]): boolean =>
    (NO_SECRETS.has(name) || !SECRET_NAME.test(name)) && !/:\/\/[^/\s]*:[^/\s]*@/.test(value);
  return Object.fromEntries(Object.entries(env).filter(isOpen));
}
