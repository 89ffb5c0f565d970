// What is kept of a transcript for a resume elsewhere: all but what every start writes anew.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKeptLine } from '../../src/claude/wire/keptLine.ts';
import { jsonField } from '../../src/claude/wire/jsonField.ts';
import type { Json } from '../../src/protocol/json.ts';
import { FIXTURES, jsonLines, RECORDED_VERSIONS } from './fixtures.ts';

const isTalk = (line: Json): boolean =>
  ['user', 'assistant'].some((type) => jsonField(line, 'type') === type);
const attachment = (type: string) => ({ type: 'attachment', attachment: { type } });

describe('lines that are kept', () => {
  it.each([
    ...['file', 'directory', 'queued_command', 'plan_mode', 'plan_mode_exit', 'nested_memory'],
    ...['mcp_resource', 'invoked_skills', 'hook_additional_context', 'something_new'],
  ])('an attachment %s', (type) => {
    expect(isKeptLine(attachment(type))).toBe(true);
  });

  it.each([
    ...['prompt_snapshot', 'environment', 'session_context', 'skill_listing', 'model', 'date'],
    ...['task_reminder', 'total_tokens_reminder'],
  ])('not an attachment %s', (type) => {
    expect(isKeptLine(attachment(type))).toBe(false);
  });

  it.each(['api-request', 'api-request-blob', 'cost-state', 'last-prompt', 'progress'])(
    'not a line %s',
    (type) => {
      expect(isKeptLine({ type })).toBe(false);
    },
  );

  it('nor what is no line', () => {
    for (const json of [null, 1, 'x', [], {}, { type: 1 }, { type: 'attachment' }]) {
      expect(isKeptLine(json)).toBe(false);
    }
  });

  it.each(RECORDED_VERSIONS)(
    'of the recordings of %s: every line of the conversation',
    (version) => {
      const folder = join(FIXTURES, version, 'projects');
      const lines = readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) => jsonLines(join(folder, name)));
      const talk = lines.filter(isTalk);
      expect(talk.length).toBeGreaterThan(20);
      expect(talk.every(isKeptLine)).toBe(true);
    },
  );
});
