// Records a session with a version of Claude Code, and says what in it no committed recording has.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import { compareVersions } from '../../src/claude/cli/probeClaude.ts';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import { parseJson } from '../../src/protocol/json.ts';
import { isClaudeVersion, type NamedClaude } from '../../tools/install/claudeVersions.ts';
import { FIXTURES, recordSession } from '../../tools/record/recordSession.ts';
import { ARTIFACTS } from '../../tools/vscode/workbench.ts';
import { newIn, recordedKinds, saidLines } from './lineKinds.ts';

/** Lines that the product shows as unknown, each once. */
async function unknownLines(stream: string): Promise<readonly string[]> {
  const mapper = new StreamMapper({ now: Date.now, hasMirror: true });
  const lines = (await readFile(stream, 'utf8'))
    .split('\n')
    .flatMap((line) => parseJson(line) ?? []);
  const events = saidLines(lines).flatMap((line) => mapper.map(parseOutLine(line)));
  const unknown = [...events, ...mapper.end()].flatMap((event) =>
    event.kind === 'entry' && event.entry.kind === 'unknown' ? [event.entry] : [],
  );
  const shown = unknown.map((entry) => JSON.stringify({ ...entry, id: '', at: 0 }).slice(0, 240));
  return [...new Set(shown)];
}

/** What is new, gone, or shown as unknown, in words; the recording stays in `artifacts/claude`. */
export async function watchLines(named: NamedClaude): Promise<readonly string[]> {
  const { version } = named;
  const target = join(ARTIFACTS, 'claude', version, 'recording');
  const failed = await recordSession({ ...named, target });
  const recorded = (await readdir(FIXTURES)).filter((name) => isClaudeVersion(name));
  const newest = recorded.toSorted(compareVersions).at(-1) ?? '';
  const found = await recordedKinds([target]);
  const known = await recordedKinds([FIXTURES]);
  // What an older version does not have yet is no news.
  const before = compareVersions(version, newest) < 0 ? [] : [join(FIXTURES, newest)];
  const gone = newIn(await recordedKinds(before), found);
  return [
    `lines of ${version}, beside the recordings of ${recorded.join(', ')}:`,
    ...failed.map((scene) => `  not played: ${scene}`),
    ...(await unknownLines(join(target, 'stream.jsonl'))).map(
      (line) => `  shown as unknown: ${line}`,
    ),
    ...newIn(found, known).map((line) => `  new: ${line}`),
    ...gone.map((line) => `  in ${newest}, and not here: ${line}`),
  ];
}
