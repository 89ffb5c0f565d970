// The options of `twinhelm relay`: from the command line, or from the process that started it.
import { say, verbatim } from '../base/say.ts';
import { errorText } from '../base/log.ts';
import { parseJson } from '../protocol/json.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import type { TlsPaths } from './tlsFiles.ts';
import { badAccessKeyFile, badUsage } from './errors.ts';

/** Port of a relay that is told none. */
export const DEFAULT_PORT = 8417;

/** What `twinhelm relay --help` prints. */
export const RELAY_HELP = `Usage: twinhelm relay [options]

Runs a relay server: it passes sealed messages between the people of a session and cannot read them.

  --port N                port to listen on (default ${DEFAULT_PORT}; 0 = any free one)
  --host ADDRESS          address to listen on (default 127.0.0.1: this computer only)
  --public-url URL        address under which others reach it, for example https://relay.example.org
  --tls-cert FILE         certificate chain (PEM): speak https and wss; a renewed one is taken
  --tls-key FILE          its private key (PEM)
  --access-key-file FILE  file with a key that session hosts must know to open rooms here
  --data DIR              folder to keep rooms in (default: memory only)
  --open                  admit everybody to every room, for trying it with any y-websocket client
  --json                  print one line of JSON when ready
  --help                  print this
`;

const childOptionsSchema = z.object({
  port: z.optional(z.int().check(z.gte(0), z.lte(65_535))),
  host: z.optional(z.string()),
  dataDir: z.optional(z.string()),
  accessKey: z.optional(z.string()),
  publicUrl: z.optional(z.string()),
});
const childMessageSchema = z.object({ allowHostOf: z.optional(z.string()) });

/** What the command does. */
export interface RelayCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string | undefined;
  readonly accessKey?: string | undefined;
  /** Where the access key was read from. */
  readonly accessKeyFile?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly tls?: TlsPaths | undefined;
  readonly open: boolean;
}

/** A parsed command line. */
export type RelayCommandLine =
  | { readonly mode: 'help' }
  /** Options come on stdin, and the end of stdin ends the relay. */
  | { readonly mode: 'child' }
  | { readonly mode: 'server'; readonly json: boolean; readonly options: RelayCommandOptions };

/** Parses the arguments after `twinhelm relay`; throws AppError `usage` or `invalid-input`. */
export function parseRelayArguments(argv: readonly string[]): RelayCommandLine {
  const values = readArguments(argv);
  if (values.help) return { mode: 'help' };
  if (values.child) return { mode: 'child' };
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === '') {
    throw badUsage(say`--port must be a number from 0 to 65535, not “${values.port ?? ''}”`);
  }
  const publicUrl = values['public-url'];
  if (publicUrl !== undefined && !isWebUrl(publicUrl)) {
    throw badUsage(say`--public-url must begin with https://, http://, wss:// or ws://`);
  }
  const keyFile = values['access-key-file'];
  const [certFile, tlsKeyFile] = [values['tls-cert'], values['tls-key']];
  if ((certFile === undefined) !== (tlsKeyFile === undefined)) {
    throw badUsage(say`--tls-cert and --tls-key go together`);
  }
  return {
    mode: 'server',
    json: values.json ?? false,
    options: {
      port,
      host: values.host ?? '127.0.0.1',
      dataDir: values.data,
      accessKey: keyFile === undefined ? undefined : readAccessKey(keyFile),
      accessKeyFile: keyFile,
      publicUrl,
      tls: certFile && tlsKeyFile ? { certFile, keyFile: tlsKeyFile } : undefined,
      open: values.open ?? false,
    },
  };
}

/** Parses the options line of a child; throws AppError `usage`. */
export function parseChildOptions(line: string): RelayCommandOptions {
  const parsed = childOptionsSchema.safeParse(parseJson(line));
  if (!parsed.success) throw badUsage(say`the options line on stdin is not valid`);
  const { port = 0, host = '127.0.0.1', dataDir, accessKey, publicUrl } = parsed.data;
  return { port, host, dataDir, accessKey, publicUrl, open: false };
}

/** Parses a later line to a child: a URL whose host the relay shall answer under. */
export function parseChildMessage(line: string): { readonly allowHostOf?: string | undefined } {
  return childMessageSchema.safeParse(parseJson(line)).data ?? {};
}

function readArguments(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'public-url': { type: 'string' },
        'access-key-file': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        data: { type: 'string' },
        open: { type: 'boolean' },
        json: { type: 'boolean' },
        child: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw badUsage(verbatim(errorText(error).replace(/\.$/, '')));
  }
}

function readAccessKey(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw badAccessKeyFile(file, error);
  }
  // What fits an Authorization header, and cannot be guessed.
  if (!/^[\x21-\x7e]{16,256}$/.test(text)) throw badAccessKeyFile(file);
  return text;
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^(https?|wss?):$/.test(new URL(text).protocol);
}
