// Which files Claude Code may not read by the owner's rules: the `Read` deny rules of every settings file.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import ignore from 'ignore';
import * as z from 'zod/mini';
import { hasErrorCode } from '../../node/files.ts';
import { parseJson } from '../../protocol/json.ts';

/** Where rules come from. */
export interface ReadRulesOptions {
  readonly cwd: string;
  readonly home: string;
  readonly configDir: string;
  /** Folders of settings that an administrator has laid down; default: those of this system. */
  readonly managed?: readonly string[];
  readonly platform?: NodeJS.Platform;
}

const settingsSchema = z.looseObject({
  permissions: z.optional(z.looseObject({ deny: z.optional(z.array(z.string())) })),
});
const READ_RULE = /^\s*Read\s*(?:\(([\s\S]*)\))?\s*$/;

/** One pattern in the form of .gitignore, and the folder that it counts from. */
interface Pattern {
  readonly base: string;
  readonly text: string;
}

/**
 * Tells whether a file (absolute path) is denied. Wider than Claude Code in doubt: what a rule may
 * mean is denied, and everything is while a settings file cannot be read.
 */
export async function readRules(options: ReadRulesOptions): Promise<(path: string) => boolean> {
  const { cwd, home, configDir } = options;
  const managed = options.managed ?? managedFolders(options.platform ?? process.platform);
  const files = [
    { file: join(configDir, 'settings.json'), root: configDir },
    ...parentsOf(cwd).flatMap((root) =>
      ['settings.json', 'settings.local.json'].map((name) => ({
        file: join(root, '.claude', name),
        root,
      })),
    ),
    ...(await Promise.all(managed.map(managedFiles))).flat().map((file) => ({ file, root: cwd })),
  ];
  const read = await Promise.all(
    files.map(async ({ file, root }) => ({ root, rules: await denyRules(file) })),
  );
  const patterns: Pattern[] = [];
  for (const { root, rules } of read) {
    for (const rule of rules) {
      const match = READ_RULE.exec(rule);
      if (match === null) continue;
      const [, pattern] = match;
      if (pattern === undefined || pattern.trim() === '') return () => true;
      patterns.push(...patternsOf(pattern.trim(), { root, cwd, home }));
    }
  }
  return (path) => patterns.some((pattern) => matches(pattern, path));
}

function patternsOf(
  pattern: string,
  { root, cwd, home }: { readonly root: string; readonly cwd: string; readonly home: string },
): Pattern[] {
  if (pattern.startsWith('//')) return [{ base: sep, text: pattern.slice(1) }];
  if (/^~[/\\]/.test(pattern)) return [{ base: home, text: pattern.slice(1) }];
  const text = pattern.replace(/^\.[/\\]/, '/');
  // A leading slash counts from the folder of the settings; which one, differs from file to file.
  return [...new Set([cwd, root, dirname(root)])].map((base) => ({ base, text }));
}

function matches({ base, text }: Pattern, path: string): boolean {
  const inside = relative(base, path);
  if (inside === '' || isAbsolute(inside) || inside.split(sep)[0] === '..') return false;
  return ignore().add(text).ignores(inside.replaceAll(sep, '/'));
}

async function denyRules(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR') ? [] : ['Read'];
  }
  const parsed = settingsSchema.safeParse(parseJson(text));
  return parsed.success ? (parsed.data.permissions?.deny ?? []) : ['Read'];
}

function parentsOf(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...parentsOf(parent)];
}

/** Where an administrator lays down settings. */
export function managedFolders(platform: NodeJS.Platform): readonly string[] {
  switch (platform) {
    case 'darwin':
      return ['/Library/Application Support/ClaudeCode'];
    case 'win32':
      return [String.raw`C:\Program Files\ClaudeCode`, String.raw`C:\ProgramData\ClaudeCode`];
    default:
      return ['/etc/claude-code'];
  }
}

async function managedFiles(folder: string): Promise<string[]> {
  const more = join(folder, 'managed-settings.d');
  const names = await readdir(more).catch(() => []);
  return [join(folder, 'managed-settings.json'), ...names.map((name) => join(more, name))];
}
