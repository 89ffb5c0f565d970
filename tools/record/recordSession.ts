// Records a session of the real CLI in which every kind of entry comes: its stream and its transcripts.
import { mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Json, parseJson } from '../../src/protocol/json.ts';
import { claudeEnvironment, installClaude } from '../install/claudeCli.ts';
import { claudeDoes } from '../install/claudeFeatures.ts';
import type { NamedClaude } from '../install/claudeVersions.ts';
import { ClaudeWire, type RecordedLine } from './claudeWire.ts';
import { startDemoModel } from '../demo/demoModel.ts';
import { type Replacements, scrub } from './scrub.ts';

/** Folder of the committed recordings, one below it for each version. */
export const FIXTURES: string = join(import.meta.dirname, '../../test/fixtures/claude');
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

type Scene = (wire: ClaudeWire, project: string) => Promise<void>;

const isDelta = (line: RecordedLine): boolean => line.event?.type === 'content_block_delta';
const allow = (wire: ClaudeWire) => (line: RecordedLine) => {
  wire.reply(line, { behavior: 'allow', updatedInput: line.request?.input ?? {} });
};

/** Every kind of entry. The order matters where one scene is about what is left of another. */
const SCENES: Readonly<Record<string, Scene>> = {
  text: (wire) => wire.turn('hello [[text:hello one two three]]'),
  thinking: (wire) => wire.turn('think [[think]][[text:thought]]'),
  'bash-allowed': (wire) => wire.turn('run [[bash:touch made.txt && echo made]][[text:ok]]'),
  'bash-denied': async (wire) => {
    wire.onRequest = (line) => wire.reply(line, { behavior: 'deny', message: 'Not now' });
    await wire.turn('deny [[bash:touch nope.txt]][[text:ok]]');
    wire.onRequest = allow(wire);
  },
  'bash-failed': (wire) => wire.turn('fail [[bash:echo out; echo err >&2; exit 3]][[text:ok]]'),
  'write-edit': (wire, project) =>
    wire.turn(`w [[write:${project}/w.txt:hello]][[edit:${project}/w.txt:hello:bye]][[text:ok]]`),
  ask: async (wire) => {
    wire.onRequest = (line) => {
      const input = line.request?.input;
      const asked = typeof input === 'object' && !Array.isArray(input) ? input : {};
      const updatedInput: Json = { ...asked, answers: { 'Which color?': 'Blue' } };
      wire.reply(line, { behavior: 'allow', updatedInput });
    };
    await wire.turn('ask [[ask]][[text:ok]]');
    wire.onRequest = allow(wire);
  },
  todos: (wire) =>
    wire.turn(
      'todo [[tool:TaskCreate:{"subject":"One","description":"d"}]]' +
        '[[tool:TaskUpdate:{"taskId":"1","status":"in_progress"}]][[text:ok]]',
    ),
  image: (wire) =>
    wire.turn([
      { type: 'text', text: 'image [[text:saw it]]' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
    ]),
  subagent: async (wire) => {
    await wire.turn(
      'agent [[tool:Agent:{"description":"sub","prompt":"sub <<bash:echo insub>><<text:sub result>>",' +
        '"subagent_type":"general-purpose"}]][[text:agent started]]',
    );
    // In newer versions it runs in the background and wakes the session when it is done.
    await pause(3000);
  },
  folded: async (wire) => {
    const done = wire.until((line) => line.type === 'result', 'result');
    const called = wire.until(
      (line) => line.type === 'assistant' && JSON.stringify(line.message).includes('tool_use'),
      'tool call',
    );
    wire.prompt('base [[bash:sleep 1.5; echo x]][[text:t1]]');
    await called;
    wire.prompt('steer in mid turn');
    const later = wire.prompt('to cancel', { priority: 'later' });
    await wire.control({ subtype: 'cancel_async_message', message_uuid: later });
    await done;
  },
  queued: async (wire) => {
    const first = wire.until((line) => line.type === 'result', 'result');
    const streaming = wire.until(isDelta, 'delta');
    wire.prompt('slow [[slow:10:50]]');
    await streaming;
    const second = first.then(() => wire.until((line) => line.type === 'result', 'second result'));
    wire.prompt('next in line [[text:second]]');
    await second;
  },
  interrupt: async (wire) => {
    const done = wire.until((line) => line.type === 'result', 'result');
    const streaming = wire.until(isDelta, 'delta');
    wire.prompt('slow [[slow:100:50]]');
    await streaming;
    await wire.control({ subtype: 'interrupt' });
    await done;
  },
  'interrupt-request': async (wire) => {
    wire.onRequest = () => {};
    const done = wire.until((line) => line.type === 'result', 'result');
    const asked = wire.until((line) => line.type === 'control_request', 'request');
    wire.prompt('ask [[bash:touch q]]');
    await asked;
    await wire.control({ subtype: 'interrupt' });
    await done;
    wire.onRequest = allow(wire);
  },
  plan: async (wire) => {
    await wire.control({ subtype: 'set_permission_mode', mode: 'plan' });
    await wire.turn('plan [[plan]][[text:ok]]');
    await wire.control({ subtype: 'set_permission_mode', mode: 'default' });
  },
  model: (wire) => wire.control({ subtype: 'set_model', model: 'claude-haiku-4-5' }),
  retry: (wire) => wire.turn('retry [[err:529:1]][[text:after the retry]]'),
  error: (wire) => wire.turn('error [[err:400]]'),
  rename: async (wire) => {
    await wire.control({ subtype: 'rename_session', title: 'My title' });
    await wire.turn('after [[text:renamed]]');
  },
  compact: (wire) => wire.turn('/compact'),
  'after-compact': (wire) => wire.turn('go on [[text:after the compaction]]'),
  'unknown-command': (wire) => wire.turn('/nonsense'),
  clear: (wire) => wire.turn('/clear'),
  'after-clear': (wire) => wire.turn('new [[text:after the clear]]'),
};

/** What to record. */
export interface RecordOptions extends NamedClaude {
  /** Folder of the recording; made anew. */
  readonly target: string;
}

/**
 * Records a session, and ends it; returns what failed, by scene.
 */
export async function recordSession({
  version,
  path,
  target,
}: RecordOptions): Promise<readonly string[]> {
  const program = path ?? (await installClaude(version));
  const model = await startDemoModel({ delayMs: 2 });
  const environment = await claudeEnvironment({ modelUrl: model.url, version });
  const { folder, home, configDir, env } = environment;
  const project = join(folder, 'project');
  await mkdir(project, { recursive: true });
  const wire = new ClaudeWire({
    path: program,
    cwd: project,
    env: { ...env, CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1' },
    args: [
      ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
      ...['--include-partial-messages', '--permission-prompt-tool', 'stdio', '--session-mirror'],
      ...['--replay-user-messages', '--permission-mode'],
      claudeDoes(version, 'mode-manual') ? 'manual' : 'default',
    ],
  });
  const failed = await playScenes(wire, project);
  await wire.close();
  await model.close();
  const slug = (path: string): string => path.replaceAll(/[^a-zA-Z0-9]/g, '-');
  const real = await realpath(folder);
  const replacements: Replacements = [
    [project, '/home/dev/project'],
    [configDir, '/home/dev/.claude'],
    [home, '/home/dev'],
    [real, '/home/dev'],
    [folder, '/home/dev'],
    [slug(project), '-home-dev-project'],
    [slug(folder), '-home-dev'],
  ];
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const text = wire.lines.map((line) =>
    JSON.stringify({ ...line, m: scrub(line.m, replacements) }),
  );
  await writeFile(join(target, 'stream.jsonl'), `${text.join('\n')}\n`);
  await copyTranscripts(join(configDir, 'projects', slug(real) + '-project'), target, replacements);
  await rm(folder, { recursive: true, force: true });
  return failed;
}

/** Plays all scenes, one that fails too: the others tell what they can. */
async function playScenes(wire: ClaudeWire, project: string): Promise<readonly string[]> {
  const failed: string[] = [];
  const initialize: Scene = () =>
    wire.control({ subtype: 'initialize', forwardSubagentText: true });
  for (const [name, play] of Object.entries({ initialize, ...SCENES })) {
    wire.step(name);
    wire.onRequest = allow(wire);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one conversation
      await play(wire, project);
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      if (wire.hasEnded) break;
    }
  }
  return failed;
}

async function copyTranscripts(
  from: string,
  to: string,
  replacements: Replacements,
): Promise<void> {
  const files = await readdir(from, { recursive: true, withFileTypes: true });
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    if (!file.isFile() || !/\.(jsonl|meta\.json)$/.test(file.name)) continue;
    const lines = (await readFile(path, 'utf8')).split('\n').flatMap((line) => {
      const json = parseJson(line);
      return json === undefined ? [] : [JSON.stringify(scrub(json, replacements))];
    });
    const target = join(to, 'projects', relative(from, path));
    await mkdir(join(target, '..'), { recursive: true });
    await writeFile(target, `${lines.join('\n')}\n`);
  }
}
