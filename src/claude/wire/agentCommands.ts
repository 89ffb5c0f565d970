// Reads the slash commands that the CLI says it has, and which of them are its own.
import * as z from 'zod/mini';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentCommand } from '../../protocol/agent.ts';

/** Commands in the answer to `initialize`, and in a `commands_changed` line. */
export const commandsSchema = z.array(
  z.looseObject({
    name: z.string(),
    description: z.optional(z.string()),
    aliases: z.optional(z.array(z.string())),
    argumentHint: z.optional(z.string()),
    builtin: z.optional(z.boolean()),
  }),
);

/** Descriptions are for a menu. Characters. */
const MAX_DESCRIPTION = 120;
const MAX_HINT = 80;

/**
 * How 2.1.197, which marks none, describes commands of its own. Those of a file have where it is
 * behind their description: "… (project)".
 */
const OWN_BEFORE_MARKS: Readonly<Record<string, string>> = {
  compact: 'Free up context by summarizing the conversation so far',
  context: 'Show current context usage',
  usage: "Show session cost, plan usage, and what's contributing to your limits",
};

/** The slash commands of a `commands_changed` line; undefined if it has none. */
export function changedCommands(commands: unknown): readonly AgentCommand[] | undefined {
  const parsed = commandsSchema.safeParse(commands);
  return parsed.success ? agentCommands(parsed.data) : undefined;
}

/** The commands with what people see of them. */
export function agentCommands(commands: z.infer<typeof commandsSchema>): readonly AgentCommand[] {
  const hasMarks = commands.some(({ builtin }) => builtin !== undefined);
  return commands.map(({ name, description = '', aliases, argumentHint, builtin }) => {
    const isOwn = hasMarks ? builtin === true : OWN_BEFORE_MARKS[name] === description;
    return {
      name,
      description: description.slice(0, MAX_DESCRIPTION),
      ...omitUndefined({ aliases, argumentHint: argumentHint?.slice(0, MAX_HINT) || undefined }),
      ...(isOwn ? { isOwn } : {}),
    };
  });
}
