// [M1] A session goes on in another folder of its computer.
import { say } from '../../base/say.ts';
import type { Agent } from '../../protocol/agent.ts';
import type { Author } from '../../protocol/entryParts.ts';
import { folderInUse } from '../session/refusals.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import { chosenFolder } from './sessionFolder.ts';

/** What is moved. */
export interface GoOnElsewhereOptions {
  readonly recorder: SessionRecorder;
  readonly agent: Pick<Agent, 'bring'>;
  readonly env: Readonly<Record<string, string>>;
  readonly isIdle: () => boolean;
  /** An agent that idles in its old folder is ended first; the next prompt starts it in the new one. */
  readonly withoutAgent: (work: () => Promise<void>) => Promise<void>;
  /** Others are looked for where the conversation is now. */
  readonly follow: () => Promise<void>;
  readonly sendAccepted: () => void;
}

/** Throws CommandRefused or AppError; then nothing was changed. */
export async function goOnElsewhere(
  path: string,
  author: Author,
  options: GoOnElsewhereOptions,
): Promise<void> {
  const { recorder, agent, env, isIdle, withoutAgent, follow, sendAccepted } = options;
  const folder = await chosenFolder(path);
  if (!isIdle()) throw folderInUse();
  const { agentSessionId, cwd } = recorder.stored;
  if (agentSessionId !== undefined) await agent.bring?.({ agentSessionId, cwd }, folder, env);
  await withoutAgent(async () => {
    recorder.update({ cwd: folder, realCwd: folder });
    recorder.setProblem(undefined);
    const words = say`The session goes on in ${folder}.`;
    recorder.notice({ level: 'info', code: 'folder-changed', words, author });
    await follow();
  });
  sendAccepted();
}
