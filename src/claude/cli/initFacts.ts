// Reads what people see out of answers to control requests; the rest of them stays here.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentFacts } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { agentCommands, commandsSchema } from '../wire/agentCommands.ts';
import { jsonField } from '../wire/jsonField.ts';

const initSchema = z.looseObject({
  claude_code_version: z.optional(z.string()),
  current_permission_mode: z.optional(z.string()),
  commands: z.optional(commandsSchema),
  models: z.optional(
    z.array(z.looseObject({ value: z.string(), displayName: z.optional(z.string()) })),
  ),
});

/** Version, mode, slash commands and models; whatever is missing is left out. */
export function initFacts(response: Json | undefined): AgentFacts {
  const parsed = initSchema.safeParse(response);
  if (!parsed.success) return {};
  const init = parsed.data;
  return omitUndefined({
    agentVersion: init.claude_code_version,
    mode: init.current_permission_mode,
    commands: init.commands && agentCommands(init.commands),
    models: init.models?.map((model) => ({
      id: model.value,
      name: model.displayName ?? model.value,
    })),
  });
}

/** The mode that the answer to `get_settings` names for a start. */
export function settingsMode(response: Json | undefined): string | undefined {
  const permissions = jsonField(jsonField(response, 'effective') ?? null, 'permissions');
  const mode = jsonField(permissions ?? null, 'defaultMode');
  return typeof mode === 'string' ? mode : undefined;
}

/** Paths in the answer to `file_suggestions`. */
export function suggestionPaths(response: Json | undefined): string[] {
  const list = jsonField(response, 'suggestions');
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Json) => {
    const path =
      typeof item === 'string' ? item : (jsonField(item, 'path') ?? jsonField(item, 'id'));
    return typeof path === 'string' ? [path] : [];
  });
}
