// Takes out of a recording what is not the point: paths of this computer, prompts of the system, long texts.
import type { Json } from '../../src/protocol/json.ts';

const MAX_TEXT = 400;
/** Attachments of a transcript that are content; of all others only the type stays. */
const KEPT_ATTACHMENTS: ReadonlySet<Json | undefined> = new Set(['queued_command']);
/** Fields that hold prompts of the system, the account or lists as long as a page. */
const DROPPED = new Set([
  'account',
  'agents',
  'available_output_styles',
  'rendered',
  'tools',
  'skills',
  'plugins',
  'slash_commands',
  'mcp_servers',
  'memory_paths',
  'capabilities',
  'messaging_socket_path',
  'user_output_styles_dir',
  'signature',
  'subagent_stats',
  'model_usage_since_last_result',
]);
/** Lists of which the first two are enough. */
const SHORTENED = new Set(['commands', 'models', 'modelUsage']);

type Fields = { readonly [key: string]: Json };

/** What is replaced by what, in order. */
export type Replacements = readonly (readonly [from: string, to: string])[];

/** A line without what does not belong into the repository. */
export function scrub(value: Json, replacements: Replacements): Json {
  if (typeof value === 'string') {
    const text = replacements.reduce((all, [from, to]) => all.replaceAll(from, to), value);
    return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  }
  if (Array.isArray(value)) return value.map((item: Json) => scrub(item, replacements));
  if (!isFields(value)) return value;
  if (typeof value['type'] === 'string' && value['type'].startsWith('api-request')) {
    return { type: value['type'] };
  }
  if (value['type'] === 'attachment' && !isKept(value['attachment'])) return bareAttachment(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !DROPPED.has(key))
      .map(([key, item]) => [
        key,
        scrub(SHORTENED.has(key) && Array.isArray(item) ? item.slice(0, 2) : item, replacements),
      ]),
  );
}

function isKept(attachment: Json | undefined): boolean {
  return isFields(attachment) && KEPT_ATTACHMENTS.has(attachment['type']);
}

function bareAttachment(line: Fields): Json {
  const { attachment, uuid = '', parentUuid = null, timestamp = '' } = line;
  const type = isFields(attachment) ? (attachment['type'] ?? '') : '';
  return { type: 'attachment', uuid, parentUuid, timestamp, attachment: { type } };
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
