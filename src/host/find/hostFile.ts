// `host.json`: the address of the running session host. Written last, read with suspicion.
import { say, verbatim, type Words } from '../../base/say.ts';
import { hasErrorCode, writePrivateFile } from '../../node/files.ts';
import { readFileSync, rmSync, statSync } from 'node:fs';
import * as z from 'zod/mini';
import type { AppError } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import { isSameProcess } from '../../node/processStart.ts';
import { parseLink } from '../../protocol/link.ts';
import { parseJson } from '../../protocol/json.ts';
import { PROTOCOL_VERSIONS } from '../../protocol/version.ts';
import { hostFileInvalid } from '../errors.ts';

const hostFileSchema = z.object({
  pid: z.int().check(z.gte(1)),
  /** With the pid it names the process for good. */
  processStart: z.string().check(z.minLength(1), z.maxLength(100)),
  version: z.string().check(z.maxLength(50)),
  protocol: z.number(),
  /** Wall time, ms. */
  startedAt: z.number(),
  /** ws:// address of the relay on this computer. */
  relayUrl: z.string().check(z.maxLength(300)),
  /** Owner link of the machine's room, new per start: secret. */
  link: z.string().check(z.maxLength(1000)),
});

/** Address of a running session host. */
export type HostFile = z.infer<typeof hostFileSchema>;

/** What `host.json` says about a host. */
export type FoundHost =
  | { readonly kind: 'running'; readonly file: HostFile }
  /** No file, or one of a process that has ended. */
  | { readonly kind: 'none' }
  /** Garbled, foreign or hostile: ignored, and nothing is sent to what it names. */
  | { readonly kind: 'invalid'; readonly error: AppError };

/** Stands for a start time that the system did not tell: then the pid alone names the process. */
export const UNKNOWN_START = 'unknown';

const MAX_BYTES = 16 * 1024;

/** Writes the file, readable by its owner only, in one step. */
export function writeHostFile(path: string, file: HostFile): void {
  writePrivateFile(path, `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Removes the file if it is the one of this process. */
export function removeHostFile(path: string, pid: number): void {
  const parsed = hostFileSchema.safeParse(parseJson(readText(path) ?? ''));
  if (parsed.data?.pid === pid) rmSync(path, { force: true });
}

/** Reads `host.json` and checks that it is ours, well-formed, on loopback, and of a living process. */
export async function readHostFile(
  path: string,
  { platform = process.platform }: { readonly platform?: NodeJS.Platform } = {},
): Promise<FoundHost> {
  let problem: Words | undefined;
  try {
    problem = ownershipProblem(path, platform);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return { kind: 'none' };
    problem = verbatim(errorText(error));
  }
  if (problem !== undefined) return invalid(path, problem);
  const parsed = hostFileSchema.safeParse(parseJson(readText(path) ?? ''));
  if (!parsed.success) return invalid(path, say`it is garbled`);
  const file = parsed.data;
  const addressProblem = hostileAddress(file);
  if (addressProblem !== undefined) return invalid(path, addressProblem);
  const start = file.processStart === UNKNOWN_START ? undefined : file.processStart;
  if (!(await isSameProcess(file.pid, start))) return { kind: 'none' };
  return { kind: 'running', file };
}

/** Whether this build can talk to the host. */
export function speaksOurProtocol(file: HostFile): boolean {
  return PROTOCOL_VERSIONS.includes(file.protocol);
}

function invalid(path: string, reason: Words): FoundHost {
  return { kind: 'invalid', error: hostFileInvalid(path, reason) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The mode says nothing on Windows: there the ACL of the user's profile protects the file. */
function ownershipProblem(path: string, platform: NodeJS.Platform): Words | undefined {
  const stat = statSync(path);
  if (!stat.isFile()) return say`it is not a file`;
  if (stat.size > MAX_BYTES) return say`it is far too long`;
  if (platform === 'win32' || process.getuid === undefined) return undefined;
  if (stat.uid !== process.getuid()) return say`it belongs to another user`;
  return (stat.mode & 0o077) === 0 ? undefined : say`others may read or write it`;
}

function hostileAddress(file: HostFile): Words | undefined {
  if (!isLoopback(file.relayUrl)) return say`its relay is not on this computer`;
  try {
    const link = parseLink(file.link);
    if (link.relay !== file.relayUrl) return say`its link leads to another address than its relay`;
    return link.role === 'owner' ? undefined : say`its link is not an owner link`;
  } catch {
    return say`its link is garbled`;
  }
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'ws:' && (hostname === '127.0.0.1' || hostname === '[::1]');
}
