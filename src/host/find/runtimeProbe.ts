// Whether a runtime has all parts that the session host needs, and which runtime to use.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { errorText } from '../../base/log.ts';
import { parseJson } from '../../protocol/json.ts';
import { runtimeUnusable } from '../errors.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/**
 * Runs inside the runtime under test, which may be too old for anything else: prints the missing
 * parts as a JSON array. A file is needed for WAL: an in-memory database has none.
 */
const SCRIPT = `
(async () => {
  const missing = [];
  const test = async (name, part) => { try { await part(); } catch { missing.push(name); } };
  const { mkdtempSync, rmSync } = require('node:fs');
  const folder = mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'twinhelm-probe-'));
  await test('node:sqlite with WAL', () => {
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(folder + '/probe.sqlite');
    const row = database.prepare('PRAGMA journal_mode = WAL').get();
    database.exec('CREATE TABLE t (j TEXT)');
    database.prepare("SELECT json_extract('{}', '$.a')").get();
    if (database.isTransaction !== false) throw 0;
    database.close();
    if (row.journal_mode !== 'wal') throw 0;
  });
  rmSync(folder, { recursive: true, force: true });
  const s = globalThis.crypto && globalThis.crypto.subtle;
  const bytes = new Uint8Array(32);
  await test('Ed25519', async () => {
    const { privateKey, publicKey } = await s.generateKey('Ed25519', true, ['sign', 'verify']);
    const signature = await s.sign('Ed25519', privateKey, bytes);
    if (!(await s.verify('Ed25519', publicKey, signature, bytes))) throw 0;
  });
  await test('X25519', async () => {
    const { privateKey, publicKey } = await s.generateKey('X25519', true, ['deriveBits']);
    await s.deriveBits({ name: 'X25519', public: publicKey }, privateKey, 256);
  });
  await test('HKDF', async () => {
    const key = await s.importKey('raw', bytes, 'HKDF', false, ['deriveBits']);
    await s.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: bytes, info: bytes }, key, 256);
  });
  await test('AES-GCM', async () => {
    const key = await s.importKey('raw', bytes, 'AES-GCM', false, ['encrypt']);
    await s.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, bytes);
  });
  await test('WebSocket', () => { if (typeof WebSocket !== 'function') throw 0; });
  console.log(JSON.stringify(missing));
})();
`;

/** Missing parts of a runtime by name; empty if the session host runs on it. */
export async function probeRuntime(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  try {
    // The editor's own binary is a Node only with this variable; a real Node ignores it.
    const options = {
      env: { ...env, ELECTRON_RUN_AS_NODE: '1', NODE_NO_WARNINGS: '1' },
      timeout: TIMEOUT_MS,
      windowsHide: true,
    };
    const { stdout } = await run(program, ['-e', SCRIPT], options);
    const parsed = z.array(z.string()).safeParse(parseJson(stdout.trim()));
    return parsed.data ?? [`a sensible answer of ${program}`];
  } catch (error) {
    return [`${program} (${errorText(error).split('\n', 1)[0] ?? ''})`];
  }
}

/**
 * The program to run the session host with: the editor's own Node, or `node` from PATH, which on
 * Windows comes first because a lingering Code.exe blocks the editor's update. Throws AppError
 * 'host-runtime' that names what the better one lacks.
 */
export async function chooseRuntime(options: {
  readonly execPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
  readonly probe?: typeof probeRuntime;
}): Promise<string> {
  const { execPath, env, platform = process.platform, probe = probeRuntime } = options;
  const programs = platform === 'win32' ? ['node', execPath] : [execPath, 'node'];
  const failures: (readonly string[])[] = [];
  for (const program of programs) {
    const missing = await probe(program, env);
    if (missing.length === 0) return program;
    failures.push(missing);
  }
  throw runtimeUnusable(failures.sort((a, b) => a.length - b.length)[0] ?? []);
}
