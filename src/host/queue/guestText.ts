// [R8] A guest's text, judged where the agent's commands are known; the gate knows none.
import type { AgentFacts } from '../../protocol/agent.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import { refusedPrompt } from '../../session/control/errors.ts';

/** Throws CommandRefused for what a guest may not run. */
export function refuseGuestText(text: string, { commands }: AgentFacts, rules: AgentRules): void {
  const refusal = refusedPrompt(rules.judgeGuestPrompt(text, commands));
  if (refusal !== undefined) throw refusal;
}
