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
    z.array(
      z.looseObject({
        value: z.string(),
        displayName: z.optional(z.string()),
        description: z.optional(z.string()),
        resolvedModel: z.optional(z.string()),
        supportedEffortLevels: z.optional(z.array(z.string())),
      }),
    ),
  ),
});

/** Descriptions are for a menu. Characters. */
const MAX_DESCRIPTION = 200;

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
      ...omitUndefined({
        description: model.description?.slice(0, MAX_DESCRIPTION),
        resolved: model.resolvedModel,
        efforts: model.supportedEffortLevels,
      }),
    })),
  });
}

/** The mode that the answer to `get_settings` names for a start. */
export function settingsMode(response: Json | undefined): string | undefined {
  const permissions = jsonField(jsonField(response, 'effective') ?? null, 'permissions');
  const mode = jsonField(permissions ?? null, 'defaultMode');
  return typeof mode === 'string' ? mode : undefined;
}

/** Model and effort that count now, by the answer to `get_settings`; an empty effort: the model takes none. */
export function appliedFacts(response: Json | undefined): Pick<AgentFacts, 'model' | 'effort'> {
  const applied = jsonField(response, 'applied') ?? null;
  const model = jsonField(applied, 'model');
  const effort = jsonField(applied, 'effort');
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof effort === 'string' ? { effort } : effort === null ? { effort: '' } : {}),
  };
}
