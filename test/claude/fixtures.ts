// Reads the recordings and plays them through the mappers, as the product does.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { ConversationReader } from '../../src/claude/files/conversationReader.ts';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import type { AgentEvent } from '../../src/protocol/agent.ts';
import { type Json, parseJson } from '../../src/protocol/json.ts';
import type { Entry } from '../../src/protocol/transcript.ts';

/** Folder of the recordings. */
export const FIXTURES = join(import.meta.dirname, '../fixtures/claude');
/** Versions that were recorded. */
export const RECORDED_VERSIONS = ['2.1.332', '2.1.197'] as const;
/** Wall time of lines without one. */
export const NOW = 1_800_000_000_000;

const recordedSchema = z.object({ dir: z.enum(['in', 'out', 'step']), m: z.json() });
const answerSchema = z.looseObject({
  type: z.literal('control_response'),
  response: z.looseObject({
    request_id: z.string(),
    response: z.looseObject({ behavior: z.enum(['allow', 'deny']) }),
  }),
});

/** JSON lines of a file. */
export function jsonLines(path: string): Json[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => parseJson(line) ?? []);
}

/** Events of a recorded stream by scene. */
export function playStream(
  path: string,
  options: { readonly hasMirror?: boolean } = {},
): Map<string, AgentEvent[]> {
  const mapper = new StreamMapper({ now: () => NOW, hasMirror: options.hasMirror ?? true });
  const scenes = new Map<string, AgentEvent[]>();
  let scene: AgentEvent[] = [];
  scenes.set('start', scene);
  for (const json of jsonLines(path)) {
    const line = recordedSchema.parse(json);
    if (line.dir === 'step') {
      scene = [];
      scenes.set(JSON.stringify(line.m).replaceAll('"', ''), scene);
    } else if (line.dir === 'out') {
      scene.push(...mapper.map(parseOutLine(line.m)));
    } else {
      const answer = answerSchema.safeParse(line.m);
      if (answer.success) {
        const { request_id: id, response } = answer.data.response;
        mapper.requests.settle(id, response.behavior);
      }
    }
  }
  scenes.set('end', mapper.end());
  return scenes;
}

/** Entries among events. */
export function entriesOf(events: Iterable<AgentEvent>): Entry[] {
  return [...events].flatMap((event) => (event.kind === 'entry' ? [event.entry] : []));
}

/** Entries of the recorded transcripts of a version, in the order of the conversations. */
export async function readTranscripts(version: string): Promise<Entry[]> {
  const folder = join(FIXTURES, version, 'projects');
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const all = await Promise.all(
    names.map(async (name) => {
      const reader = new ConversationReader({ path: join(folder, name), now: () => NOW });
      const { entries } = await reader.read();
      return [...entries, ...reader.flush()].map(({ entry }) => entry);
    }),
  );
  return all.sort((a, b) => (a[0]?.at ?? 0) - (b[0]?.at ?? 0)).flat();
}
