// The rooms of the house in plain words: what each may import. The linter's walls and the test of the docs are made from this.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** One room and its walls. */
export interface RoomWalls {
  /** Folder below the root. */
  readonly folder: string;
  /** Folders and files (without `.ts`) of other rooms that it may import from. */
  readonly imports: readonly string[];
  /** Packages that it may use, with everything below their names. */
  readonly packages: readonly string[];
  /** Inner rooms, and the siblings from which they may not import. */
  readonly apart?: Readonly<Record<string, readonly string[]>>;
}

const YJS = ['yjs', 'y-protocols', 'lib0'];
const BASE = ['src/base'];
const PROTOCOL = [...BASE, 'src/protocol'];
const CRYPTO = [...PROTOCOL, 'src/crypto'];
const SESSION = [...CRYPTO, 'src/session'];
const SYNC = [...SESSION, 'src/sync'];

/** Every room, from the ground up. */
export const ROOMS: readonly RoomWalls[] = [
  { folder: 'src/base', imports: [], packages: [] },
  { folder: 'src/protocol', imports: BASE, packages: ['zod/mini'] },
  { folder: 'src/crypto', imports: PROTOCOL, packages: ['zod/mini', '@hpke/core'] },
  {
    folder: 'src/session',
    imports: CRYPTO,
    packages: ['zod/mini', ...YJS],
    apart: { control: ['state'], state: ['control'] },
  },
  {
    folder: 'src/sync',
    imports: SESSION,
    packages: ['zod/mini', 'y-websocket', ...YJS],
    // The two sides of a room meet on the wire only.
    apart: { host: ['member'], member: ['host'] },
  },
  {
    folder: 'src/client',
    imports: SYNC,
    packages: ['zod/mini'],
    apart: {
      standing: ['rooms', 'lists', 'prompts', 'panel'],
      rooms: ['lists', 'prompts', 'panel'],
      lists: ['prompts', 'panel'],
      prompts: ['lists', 'panel'],
      panel: ['lists'],
    },
  },
  { folder: 'src/node', imports: BASE, packages: ['zod/mini', 'node:'] },
  {
    folder: 'src/relay',
    imports: [...PROTOCOL, 'src/crypto/admissionToken', 'src/node'],
    packages: ['zod/mini', 'node:', 'ws', ...YJS],
    apart: { stores: ['door', 'documents'] },
  },
  {
    folder: 'src/claude',
    imports: [...PROTOCOL, 'src/node'],
    packages: ['zod/mini', 'ignore', 'node:'],
    apart: {
      rules: ['wire', 'entries', 'stream', 'cli', 'files'],
      wire: ['entries', 'stream', 'cli', 'files'],
      entries: ['stream', 'cli', 'files'],
      stream: ['cli', 'files'],
    },
  },
  {
    folder: 'src/host',
    // Of an agent only how it is made: the rest of it is behind protocol/agent.
    imports: [...SYNC, 'src/node', 'src/claude/claudeAgent'],
    packages: ['zod/mini', 'node:', 'ws'],
    apart: {
      find: ['journal', 'serve', 'session', 'drive', 'machine'],
      journal: ['serve', 'session', 'drive', 'machine'],
      serve: ['session', 'drive', 'machine'],
    },
  },
  {
    folder: 'src/cli',
    imports: [
      ...SYNC,
      'src/client',
      'src/node',
      'src/claude/rules/claudeRules',
      'src/host/find',
      'src/host/hostMain',
      'src/relay/relayProgram',
      'src/relay/commandOptions',
    ],
    packages: ['zod/mini', 'node:', 'ws'],
  },
  {
    folder: 'src/editor',
    imports: [...SYNC, 'src/client'],
    packages: ['zod/mini', 'vscode', 'uqr'],
  },
  {
    folder: 'webview-ui',
    imports: [...PROTOCOL, 'src/client/standing'],
    packages: [
      'zod/mini',
      'preact',
      '@preact',
      '@tanstack',
      'marked',
      'dompurify',
      'highlight.js',
      'diff',
      'ansi_up',
      'uqr',
    ],
  },
];

/** The composition roots of the extension: files, with walls of their own. */
export const ENTRIES: readonly RoomWalls[] = [
  {
    folder: 'src/extension.web.ts',
    imports: [...SYNC, 'src/client', 'src/editor'],
    packages: ['vscode'],
  },
  {
    folder: 'src/extension.node.ts',
    imports: [...SYNC, 'src/client', 'src/editor', 'src/node', 'src/host/find'],
    packages: ['vscode', 'node:'],
  },
];

/** Folders that no room may import from. */
const BELOW_NOTHING = ['src/extension', 'test', 'tools', 'scripts', 'bench'];

/** A pattern of the linter's `no-restricted-imports`: a regular expression without look-around, or globs with exceptions. */
export type ImportPattern = { readonly message: string } & (
  { readonly regex: string } | { readonly group: readonly string[] }
);

/** Files and the patterns of imports that are refused in them. The linter stops at the first exception that fits, so globs come last. */
export interface Wall {
  readonly files: readonly string[];
  readonly patterns: readonly ImportPattern[];
}

/** The walls of every room: for its own files and for those of its inner rooms. */
export function walls(): readonly Wall[] {
  return [...ROOMS.flatMap(roomWalls), ...ENTRIES.map((entry) => wall(entry, entry.folder, './'))];
}

function roomWalls(room: RoomWalls): readonly Wall[] {
  const inner = Object.entries(room.apart ?? {}).map(([name, siblings]): Wall => {
    const { files, patterns } = wall(room, `${room.folder}/${name}/**`, '../../');
    const message = `${room.folder}/${name} may not import of its room: ${siblings.join(', ')}.`;
    const regex = `^\\.\\./(?:${siblings.join('|')})/`;
    return { files, patterns: [{ regex, message }, ...patterns] };
  });
  return [
    wall(room, `${room.folder}/*`, '../'),
    wall(room, `${room.folder}/*/**`, '../../'),
    // Later ones win.
    ...inner,
  ];
}

/** `up` leads from the files to the folder that holds the room; no inner room has inner rooms. */
function wall(room: RoomWalls, files: string, up: string): Wall {
  const others = [...ROOMS.map(({ folder }) => folder), ...BELOW_NOTHING].filter(
    (folder) => folder !== room.folder && !room.imports.includes(folder),
  );
  const closed = others.flatMap((folder) => closedParts(folder, room.imports));
  const only = room.imports.map((path) => path.replace('src/', '')).join(', ') || 'nothing';
  const message = `${room.folder} may import only: ${only} (tools/roomWalls.ts, docs/architecture.md).`;
  const packages = room.packages.flatMap((name) =>
    name.endsWith(':') ? [`!${name}*`, `!${name}*/**`] : [`!${name}`, `!${name}/**`],
  );
  return {
    files: [files],
    patterns: [
      { regex: `^(?:${closed.map((folder) => wayTo(folder, room, up)).join('|')})[./]`, message },
      {
        group: ['**', '!.', '!./**', '!..', '!../**', ...packages],
        message: `${room.folder} may use no package but: ${room.packages.join(', ') || 'none'}.`,
      },
    ],
  };
}

/** How the room's files name a folder, as a regular expression. */
function wayTo(folder: string, room: RoomWalls, up: string): string {
  const isInSrc = room.folder.startsWith('src/');
  const isBeside = isInSrc && folder.startsWith('src/');
  const beyond = up === './' ? '../' : `${up}../`;
  const way = isBeside || !isInSrc ? up : beyond;
  return `${way}${isBeside ? folder.slice('src/'.length) : folder}`.replaceAll('.', '\\.');
}

/** A folder, or if parts of it are open to the room, the other parts. */
function closedParts(folder: string, imports: readonly string[]): readonly string[] {
  const open = imports.filter((path) => path.startsWith(`${folder}/`));
  if (open.length === 0) return [folder];
  return readdirSync(join(ROOT, folder))
    .map((name) => `${folder}/${name.replace(/\.ts$/, '')}`)
    .filter((path) => !open.includes(path))
    .flatMap((path) => closedParts(path, imports));
}
