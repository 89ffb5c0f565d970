// Which lines of a transcript a resume elsewhere needs: whole, and all but what Claude Code writes anew by itself.
import type { Json } from '../../protocol/json.ts';
import { jsonField } from './jsonField.ts';

const KEPT: ReadonlySet<string> = new Set([
  'user',
  'assistant',
  'system',
  'attachment',
  'summary',
  'custom-title',
  'agent-name',
  'ai-title',
  'tag',
]);

/** Attachments that every start makes anew; some hold the system prompt, or what this computer is. */
const OWN: ReadonlySet<string> = new Set([
  'prompt_snapshot',
  'skill_listing',
  'agent_listing_delta',
  'deferred_tools_delta',
  'mcp_instructions_delta',
  'model',
  'environment',
  'instructions',
  'session_context',
  'date',
  'remote_session_change',
]);

/** Whether a line is kept for a resume elsewhere. A kind of attachment that nobody knows is. */
export function isKeptLine(line: Json): boolean {
  const type = jsonField(line, 'type');
  if (typeof type !== 'string' || !KEPT.has(type)) return false;
  if (type !== 'attachment') return true;
  const kind = jsonField(jsonField(line, 'attachment'), 'type');
  return typeof kind === 'string' && !OWN.has(kind) && !kind.endsWith('_reminder');
}
