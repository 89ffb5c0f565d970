// Reads the plan of a session from the CLI's plans folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A plan is a page; more is cut. Characters. */
const MAX_PLAN_CHARS = 64 * 1024;

/** Text of `plans/<slug>.md`; undefined if there is none. The slug is checked: it becomes a file name. */
export function readPlanFile(slug: string | undefined, configDir: string): string | undefined {
  if (slug === undefined || !/^[\w-]{1,200}$/.test(slug)) return undefined;
  try {
    return readFileSync(join(configDir, 'plans', `${slug}.md`), 'utf8').slice(0, MAX_PLAN_CHARS);
  } catch {
    return undefined;
  }
}
