// Records what each pinned CLI says of limits, overload and broken streams. It must reach nothing but this computer:
// unshare -rn sh -c 'ip link set lo up && node tools/record/recordLimits.ts'
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { jsonField } from '../../src/claude/wire/jsonField.ts';
import { startDemoModel } from '../demo/demoModel.ts';
import { claudeEnvironment, DUMMY_TOKEN, installClaude } from '../install/claudeCli.ts';
import { claudeDoes } from '../install/claudeFeatures.ts';
import { type ClaudeVersion, PINNED_VERSIONS } from '../install/claudeVersions.ts';
import { ClaudeWire, type WireLine } from './claudeWire.ts';
import { FIXTURES } from './recordSession.ts';
import { scrub } from './scrub.ts';

/** By how the CLI is logged in: only one with a plan is told of usage limits. */
const SCENES = {
  key: [
    'overloaded [[err:529:2]][[text:ok]]',
    'too many [[err:429:1]][[text:ok]]',
    'refused [[limit:3600:1]][[text:ok]]',
    'broken off [[fail:1]]',
    'broken off and overloaded [[fail:2]]',
  ],
  plan: [
    'hours [[limit:3600:1]][[text:ok]]',
    'week [[limit:7200:1:seven_day]][[text:ok]]',
    'goes on [[text:ok]]',
    'no limit [[err:429:1]][[text:ok]]',
  ],
} as const;

/** Beginnings of turns, answers to us, and copies of the transcript say nothing here. */
const LEFT_OUT = new Set(['transcript_mirror', 'control_response', 'user', 'command_lifecycle']);

for (const version of PINNED_VERSIONS) {
  for (const login of ['key', 'plan'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await record(version, login);
  }
}

async function record(version: ClaudeVersion, login: keyof typeof SCENES): Promise<void> {
  const isAlone = Object.values(networkInterfaces()).every((all) =>
    all?.every((one) => one.internal),
  );
  if (!isAlone) throw new Error('There is a network here: run it as its first lines say.');
  const model = await startDemoModel({ delayMs: 2 });
  const { folder, env } = await claudeEnvironment({ modelUrl: model.url, version });
  const { ANTHROPIC_API_KEY = '', ...bare } = env;
  const project = join(folder, 'project');
  await mkdir(project, { recursive: true });
  const wire = new ClaudeWire({
    path: await installClaude(version),
    cwd: project,
    env: {
      ...bare,
      ...(login === 'key' ? { ANTHROPIC_API_KEY } : { CLAUDE_CODE_OAUTH_TOKEN: DUMMY_TOKEN }),
      CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1',
    },
    args: [
      ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
      ...['--include-partial-messages', '--permission-prompt-tool', 'stdio', '--session-mirror'],
      ...['--replay-user-messages', '--permission-mode'],
      claudeDoes(version, 'mode-manual') ? 'manual' : 'default',
    ],
  });
  for (const scene of SCENES[login]) {
    wire.step(scene.replace(/ \[\[.*/, ''));
    // oxlint-disable-next-line no-await-in-loop -- one conversation
    await wire.turn(scene);
  }
  await wire.close();
  await model.close();
  const lines = wire.lines
    .filter((line) => line.dir === 'step' || isSaid(line))
    .map((line) => JSON.stringify({ ...line, m: scrub(line.m, [[folder, '/home/dev']]) }));
  await writeFile(
    join(FIXTURES, 'samples', `limits-${login}-${version}.jsonl`),
    `${lines.join('\n')}\n`,
  );
  await rm(folder, { recursive: true, force: true });
}

function isSaid({ dir, m }: WireLine): boolean {
  if (dir !== 'out') return false;
  const type = jsonField(m, 'type');
  return typeof type === 'string' && !LEFT_OUT.has(type) && jsonField(m, 'subtype') !== 'init';
}
