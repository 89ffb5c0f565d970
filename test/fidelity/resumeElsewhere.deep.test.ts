// What the journal keeps of a transcript is enough to go on elsewhere: the model is told the same.
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { projectSlug } from '../../src/claude/files/projects.ts';
import { claudeEnvironment, installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS, type ClaudeVersion } from '../../tools/install/claudeVersions.ts';
import type { ModelRequest } from '../../tools/demo/demoRequest.ts';
import { Recorder } from '../claude/realRig.ts';
import { temporaryFolder } from '../host/folders.ts';
import { prepareProject } from './fidelityProject.ts';
import { FidelityRun } from './fidelityRun.ts';
import { MORE_SCENES } from './moreScenes.ts';
import { SCENES } from './scenes.ts';

/** Lines of the conversation as the journal has them, by file. */
function keptLines(journal: string): ReadonlyMap<string, readonly string[]> {
  const database = new DatabaseSync(journal, { readOnly: true });
  const rows = database.prepare('SELECT file, line FROM raw_lines ORDER BY file, seq').all();
  database.close();
  const files = new Map<string, string[]>();
  for (const { file, line } of rows) {
    files.set(String(file), [...(files.get(String(file)) ?? []), String(line)]);
  }
  return files;
}

const linkSchema = z.looseObject({
  uuid: z.optional(z.string()),
  parentUuid: z.nullish(z.string()),
});

/** Lines whose parent is not kept follow the one before them: Claude Code reads a conversation along its parents. */
function linked(lines: readonly string[]): readonly string[] {
  const known = new Set<string>();
  let before: string | undefined;
  return lines.map((text) => {
    const line = linkSchema.parse(JSON.parse(text));
    const isCut = typeof line.parentUuid === 'string' && !known.has(line.parentUuid);
    const parentUuid = isCut ? (before ?? null) : line.parentUuid;
    if (line.uuid !== undefined) known.add((before = line.uuid));
    return JSON.stringify(parentUuid === undefined ? line : { ...line, parentUuid });
  });
}

/** What the model is told when the conversation goes on with these files. */
async function toldAfter(
  run: FidelityRun,
  version: ClaudeVersion,
  configDir: string,
  conversation: string,
): Promise<ModelRequest['messages']> {
  const env = { ...run.rig.env, CLAUDE_CONFIG_DIR: configDir };
  const path = await installClaude(version);
  const options = { path, env, configDir, clock: systemClock, log: silentLogger };
  const agent = createClaudeAgent(options);
  const session = await agent.start({ cwd: run.rig.project, env, resume: conversation });
  const seen = new Recorder();
  session.onDidEmit((event) => seen.take(event));
  await session.prompt({ promptId: crypto.randomUUID(), text: 'go on [[text:elsewhere]]' });
  await seen.until('the answer', () => seen.kind('text').find(({ text }) => text === 'elsewhere'));
  await session.close({ interrupt: true });
  await agent.close();
  return run.rig.model.requests.at(-1)?.body.messages ?? [];
}

/** Blocks that tell what was said and done: not what every start tells anew of itself. */
function said(messages: ModelRequest['messages']): readonly string[] {
  return messages
    .filter(({ role }) => role !== 'system')
    .flatMap(({ role, content }) => {
      const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
      return blocks
        .filter(({ text }) => !/^\s*<system-reminder>/.test(text ?? ''))
        .map((block) => `${role} ${JSON.stringify({ ...block, cache_control: undefined })}`);
    });
}

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  it('goes on from the lines of the journal as from its own file', async () => {
    const run = await FidelityRun.start(version);
    try {
      // A compaction leaves little to compare, and a request that is too large makes one.
      const others = MORE_SCENES.filter(({ name }) => !/compact|failures/.test(name));
      for (const { play } of [...SCENES, ...others]) {
        // oxlint-disable-next-line no-await-in-loop -- one conversation
        await play(run);
      }
      await run.rig.stop();
      const kept = keptLines(run.rig.paths.journal);
      const main = [...kept.keys()].find((file) => basename(dirname(file)) !== 'subagents') ?? '';
      const conversation = basename(main, '.jsonl');
      const elsewhere = await claudeEnvironment({
        ...{ folder: temporaryFolder(), modelUrl: run.rig.model.url, version },
      });
      prepareProject(run.rig.project, elsewhere.configDir);
      const slug = projectSlug(realpathSync(run.rig.project));
      const folder = join(elsewhere.configDir, 'projects', slug);
      for (const [file, lines] of kept) {
        const path = file === main ? `${conversation}.jsonl` : file.slice(dirname(main).length + 1);
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(
          join(folder, path),
          linked(lines)
            .map((line) => `${line}\n`)
            .join(''),
        );
      }
      const there = await toldAfter(run, version, elsewhere.configDir, conversation);
      const home = run.rig.env['CLAUDE_CONFIG_DIR'] ?? '';
      const here = await toldAfter(run, version, home, conversation);
      expect(said(there)).toEqual(said(here));
      expect(said(there).length).toBeGreaterThan(60);
    } finally {
      await run.close();
    }
  });
});
