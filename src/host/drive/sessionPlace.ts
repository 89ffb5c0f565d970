// [M1, M2] The folder in which a session's agent runs: another one by an owner's choice, or its own again once it is back.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { say } from '../../base/say.ts';
import type { Agent } from '../../protocol/agent.ts';
import type { Author } from '../../protocol/entryParts.ts';
import { folderInUse } from '../session/refusals.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import { chosenFolder, realFolder } from './sessionFolder.ts';

/** A folder that is gone is looked for this often. */
const LOOK_MS = 3_000;

/** What is moved. */
export interface SessionPlaceOptions {
  readonly recorder: SessionRecorder;
  readonly agent: Pick<Agent, 'bring'>;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Pick<Clock, 'every'>;
  readonly isIdle: () => boolean;
  /** An agent that idles in its old folder is ended first; the next prompt starts it in the new one. */
  readonly withoutAgent: (work: () => Promise<void>) => Promise<void>;
  /** Others are looked for where the conversation is now. */
  readonly follow: () => Promise<void>;
  readonly sendAccepted: () => void;
}

/** One per hosted session. */
export class SessionPlace implements Disposable {
  private readonly options: SessionPlaceOptions;
  private looking: Disposable | undefined;
  private moves = 0;

  constructor(options: SessionPlaceOptions) {
    this.options = options;
  }

  /** Nothing is handed to the agent now: it would run where it is not to be any more. */
  get isMoving(): boolean {
    return this.moves > 0;
  }

  /** Throws CommandRefused or AppError; then nothing was changed. */
  async moveTo(path: string, author: Author): Promise<void> {
    const { isIdle, sendAccepted } = this.options;
    const folder = await chosenFolder(path);
    if (this.isMoving || !isIdle()) throw folderInUse();
    this.moves += 1;
    try {
      await this.move(folder, author);
    } finally {
      this.moves -= 1;
      sendAccepted();
    }
  }

  /** [M2] Its folder is gone: what waits goes on by itself if it comes back as it was. */
  lookFor(): void {
    const { recorder, clock, sendAccepted } = this.options;
    this.looking ??= clock.every(LOOK_MS, () => {
      const { cwd, realCwd } = recorder.stored;
      if (recorder.problem?.code !== 'agent-folder-gone') return this.dispose();
      const back = (): void => {
        if (this.looking === undefined || recorder.stored.cwd !== cwd) return;
        this.dispose();
        recorder.setProblem(undefined);
        sendAccepted();
      };
      realFolder(cwd, realCwd).then(back, () => undefined);
    });
  }

  dispose(): void {
    this.looking?.dispose();
    this.looking = undefined;
  }

  /** An agent writes to its transcript until it has ended: only then is it copied. */
  private async move(folder: string, author: Author): Promise<void> {
    let moved: Promise<void> | undefined;
    await this.options.withoutAgent(() => {
      moved = this.bring(folder, author);
      return moved.catch(() => undefined);
    });
    await moved;
  }

  private async bring(folder: string, author: Author): Promise<void> {
    const { recorder, agent, env, follow } = this.options;
    const { agentSessionId, cwd } = recorder.stored;
    if (agentSessionId !== undefined) await agent.bring?.({ agentSessionId, cwd }, folder, env);
    recorder.update({ cwd: folder, realCwd: folder });
    recorder.setProblem(undefined);
    const words = say`The session goes on in ${folder}.`;
    recorder.notice({ level: 'info', code: 'folder-changed', words, author });
    await follow();
  }
}
