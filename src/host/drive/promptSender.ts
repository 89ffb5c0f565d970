// Hands prompts to an agent: the next when it has nothing to do, one at once if somebody says so.
import { errorText, type Logger } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { say } from '../../base/say.ts';
import type { Agent, AgentSession, AttachedFile, GuestText } from '../../protocol/agent.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';
import { firstLine } from '../session/completeEntry.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import { leftOutFiles, namedFiles } from './namedFiles.ts';
import { namedForAgent, type PromptWithFiles, readForAgent } from './promptFiles.ts';

/** What a sender works with. */
export interface PromptSenderOptions {
  readonly recorder: SessionRecorder;
  readonly agent: Pick<Agent, 'rules' | 'readRules'>;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Logger;
  /** The agent, started first if need be. */
  readonly ensure: () => Promise<AgentSession>;
  /** The agent that runs. */
  readonly running: () => AgentSession | undefined;
  /** The agent has nothing to do. */
  readonly isIdle: () => boolean;
  readonly isOpen: () => boolean;
  /** Takes prompts back whose authors may not prompt any more. */
  readonly checkQueue: () => void;
  /** Whether it looks for a next prompt has changed. */
  readonly onDidLook: () => void;
  readonly onError: (error: unknown) => void;
}

/** One per hosted session. */
export class PromptSender {
  private readonly options: PromptSenderOptions;
  private sending: Promise<void> = Promise.resolve();
  /** Looks for the next prompt that are not through. */
  private looks = 0;
  /** Prompts that the agent is asked to give back: they wait here again. */
  private readonly wanted = new Set<string>();
  /** The prompt that is being handed over at once. */
  private urgent: string | undefined;

  constructor(options: PromptSenderOptions) {
    this.options = options;
  }

  /** A prompt is about to be handed over. */
  get isAtIt(): boolean {
    const { recorder, isOpen } = this.options;
    const isNext = this.looks > 0 && recorder.prompts.nextAccepted() !== undefined;
    return isOpen() && (isNext || this.urgent !== undefined);
  }

  /** Hands over what waits, one prompt a turn, in order. */
  sendAccepted(): void {
    const { onDidLook } = this.options;
    this.looks += 1;
    this.sending = this.sending
      .then(() => this.sendNext())
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.looks -= 1;
        if (this.looks === 0) onDidLook();
      });
    onDidLook();
  }

  /** [Q2] Hands one over at once, into a turn that runs. */
  async sendNow(promptId: string): Promise<void> {
    const agent = await this.options.ensure();
    await this.hand(agent, promptId);
  }

  /** [Q2] The same for one that was just accepted: before what waits, whether or not that is held. */
  sendAtOnce(promptId: string): void {
    const { recorder, onDidLook } = this.options;
    const [first] = recorder.prompts.waiting();
    if (first !== undefined) recorder.prompts.move(promptId, first.promptId);
    this.urgent = promptId;
    onDidLook();
    void this.sendNow(promptId)
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        if (this.urgent === promptId) this.urgent = undefined;
        onDidLook();
      });
  }

  /** Asks the agent for a prompt that it has not begun; true: it waits here again. */
  async takeFromAgent(promptId: string): Promise<boolean> {
    const agent = this.options.running();
    if (agent === undefined) return false;
    const agentId = this.options.recorder.prompts.agentIdOf(promptId);
    this.wanted.add(agentId);
    try {
      return await agent.cancelQueued(agentId);
    } finally {
      this.wanted.delete(agentId);
    }
  }

  /** What the agent says of a prompt: one that was asked for is not cancelled, it waits again. */
  isGivenBack(agentId: string, state: string): boolean {
    return state === 'cancelled' && this.wanted.has(agentId);
  }

  private failed(error: unknown): void {
    this.options.log.warn('prompt not sent', { error: errorText(error) });
    this.options.onError(error);
  }

  /** The next prompt, if the agent has nothing to do: what waits, waits here, where it can be taken back. */
  private async sendNext(): Promise<void> {
    const { recorder, checkQueue, ensure, running, isIdle, isOpen } = this.options;
    checkQueue();
    let next: StoredPrompt | undefined;
    const isNext = (promptId: string): boolean =>
      isOpen() && recorder.prompts.nextAccepted()?.promptId === promptId;
    while (isOpen() && (next = recorder.prompts.nextAccepted()) !== undefined) {
      const agent = await ensure();
      // It ended at once: what waits stays in the queue, and runs with the next prompt.
      if (running() !== agent || !isIdle()) return;
      // It may have been held, moved or taken back while the agent started.
      if (!isNext(next.promptId)) continue;
      await this.hand(agent, next.promptId, isNext);
    }
  }

  /** Hands a prompt over, unless it does not wait any more, or nothing may be handed over now, or `mayGo` says so at the last moment. */
  private async hand(
    agent: AgentSession,
    promptId: string,
    mayGo: (promptId: string) => boolean = () => true,
  ): Promise<void> {
    const { recorder, isIdle, isOpen } = this.options;
    const { prompts } = recorder;
    const waiting = (): StoredPrompt | undefined =>
      prompts.waiting().find((one) => one.promptId === promptId);
    const prompt = waiting();
    if (prompt === undefined) return;
    const { images } = prompt;
    const own = await this.withFiles(prompt);
    const { text } = own;
    const guest = await this.guestText(prompt, own.files);
    const files = isIdle() ? undefined : await this.ownFiles(prompt, own.files);
    const now = waiting();
    // It may have been cancelled, held or edited meanwhile.
    if (now?.state !== prompt.state || !isOpen() || !mayGo(promptId)) return;
    if (now.text !== prompt.text || now.images !== images) return this.hand(agent, promptId, mayGo);
    // Before the agent gets it: after a crash it is then known that it may have run.
    prompts.mark(promptId, 'sent');
    recorder.publish();
    const agentId = prompts.agentIdOf(promptId);
    await agent.prompt({ promptId: agentId, text, ...omitUndefined({ images, guest, files }) });
  }

  /** [I6] The text as the agent gets it, with the files that came with it. */
  private withFiles(prompt: StoredPrompt): Promise<PromptWithFiles> | PromptWithFiles {
    const { agent, isIdle } = this.options;
    if (prompt.files === undefined) return { text: prompt.text, files: [] };
    const isExpanded = prompt.guest !== true && isIdle();
    if (!isExpanded) return readForAgent(prompt);
    return { text: namedForAgent(prompt, agent.rules), files: [] };
  }

  /** What makes it a guest's; undefined for the owner's words, and for the agent's own commands that guests may run. */
  private async guestText(
    prompt: StoredPrompt,
    sent: readonly AttachedFile[],
  ): Promise<GuestText | undefined> {
    const { agent, recorder } = this.options;
    const { commands = [] } = recorder.agentFacts;
    if (prompt.guest !== true) return undefined;
    if (agent.rules.judgeGuestPrompt(prompt.text, commands).kind === 'command') return undefined;
    return { name: prompt.author.name, files: [...sent, ...(await this.filesIn(prompt.text))] };
  }

  /** [Q2] In a turn that runs the agent expands nothing: what the owner names is attached here, or said not to be. */
  private async ownFiles(
    prompt: StoredPrompt,
    sent: readonly AttachedFile[],
  ): Promise<readonly AttachedFile[] | undefined> {
    const { agent, recorder } = this.options;
    if (prompt.guest === true) return undefined;
    const { text, author } = prompt;
    const files = await this.filesIn(text);
    const mentions = (max: number) => agent.rules.fileMentions(text, max);
    const leftOut = await leftOutFiles(mentions, recorder.stored.cwd, files);
    if (leftOut.length > 0) {
      const words = say`Not attached to “${firstLine(text)}”: ${leftOut.join(', ')}. A prompt that is sent into a running turn takes text files of the session’s folder only.`;
      recorder.notice({ level: 'warning', code: 'files-not-attached', words, author });
    }
    const all = [...sent, ...files];
    return all.length === 0 ? undefined : all;
  }

  private async filesIn(text: string): Promise<readonly AttachedFile[]> {
    const { agent, recorder, env } = this.options;
    const { cwd } = recorder.stored;
    const isDenied = await agent.readRules(cwd, env);
    return namedFiles((max) => agent.rules.fileMentions(text, max), { cwd, isDenied });
  }
}
