// Runs the tests that start Claude Code on other versions of it: `npm run test:claude -- 2.1.332 latest /path/to/claude`.
import { spoken } from '../src/base/say.ts';
import { tmpdir } from 'node:os';
import { probeClaude } from '../src/claude/cli/probeClaude.ts';
import { npm, REPO_ROOT } from '../tools/install/cache.ts';
import { installClaude } from '../tools/install/claudeCli.ts';
import { isClaudeVersion, type NamedClaude, namedClaude } from '../tools/install/claudeVersions.ts';
import {
  type MatrixArguments,
  matrixArguments,
  type MatrixWord,
} from './claude/matrixArguments.ts';
import { isBad, matrixTable, type VersionResult } from './claude/matrixTable.ts';
import { realTests } from './claude/realTests.ts';
import { endFiles, runFiles } from './claude/runFiles.ts';
import { watchLines } from './claude/watchLines.ts';
import { buildAndPackage } from './start/buildIfChanged.ts';

let stopping: Promise<void> | undefined;

/** Ctrl+C: ends what runs, and this. */
function stop(): void {
  stopping ??= endFiles().finally(() => process.exit(130));
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

function readArguments(): MatrixArguments {
  try {
    return matrixArguments(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** Which version a word means today. */
async function resolveWord({ kind, word }: MatrixWord): Promise<NamedClaude> {
  if (kind !== 'name') {
    const named = namedClaude(word);
    if (named === undefined) throw new Error('an empty word');
    return named;
  }
  const said = await npm(['view', `@anthropic-ai/claude-code@${word}`, 'version'], REPO_ROOT);
  const version = said.split('\n').find((line) => isClaudeVersion(line));
  if (version === undefined || !isClaudeVersion(version)) {
    throw new Error(`The registry has no version under “${word}”: ${said.slice(-300)}`);
  }
  console.log(`${word} is ${version}`);
  return { version };
}

async function features(path: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: tmpdir(), ANTHROPIC_API_KEY: 'none' };
  const probe = await probeClaude({ path, env });
  return probe.problem === undefined ? probe.features.join(' ') : spoken(probe.problem.happened);
}

const options = readArguments();
const files = options.tests ? await realTests(options) : [];
if (options.e2e) await buildAndPackage();
const results: VersionResult[] = [];
const watched: string[] = [];
for (const word of options.words) {
  // oxlint-disable no-await-in-loop -- one version after the other
  const named = await resolveWord(word);
  const { version, path } = named;
  console.log(`\n== ${version}${path === undefined ? '' : ` (${path})`}`);
  const program = path ?? (await installClaude(version));
  const begin = performance.now();
  const ran = await runFiles(files, {
    claude: path ?? version,
    name: version,
    say: (line) => console.log(line),
  });
  await stopping;
  const seconds = (performance.now() - begin) / 1000;
  results.push({ version, features: await features(program), seconds, files: ran });
  if (options.lines || word.kind === 'name') watched.push('', ...(await watchLines(named)));
  // oxlint-enable no-await-in-loop
}
console.log(`\n${[...(options.tests ? matrixTable(results) : []), ...watched].join('\n')}`);
process.exitCode = results.some((result) => result.files.some(isBad)) ? 1 : 0;
