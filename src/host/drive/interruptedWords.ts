// What is said of an agent that ended, or was left by its host, in the middle of something.
import { say } from '../../base/say.ts';

/** An agent of an earlier host may finish its step. */
export const FINISHING = {
  code: 'agent-finishing',
  happened: say`The session host was restarted while the agent was at work.`,
  kept: say`Its process may finish its step for up to a minute; then the session goes on here.`,
  remedy: say`Wait, or press Stop to end that process now.`,
};
/** The host was restarted in a turn. */
export const RESTARTED = say`The session host was restarted in the middle of a turn. Finished parts were taken over; text that was being written and open questions are lost. Send a prompt to go on.`;
/** The agent ended in a turn. */
export const CRASHED = say`The agent ended in the middle of a turn. Finished parts are kept; text that was being written and open questions are lost. Send a prompt to go on.`;
