// A session that this host owns: its agent runs as a child process, started when there is something to do.
import { problemOf } from '../../protocol/said.ts';
import { say, type Words } from '../../base/say.ts';
import { isAppError } from '../../base/errors.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { errorText } from '../../base/log.ts';
import type { AgentEvent, AgentSession, GuestText } from '../../protocol/agent.ts';
import type { Author } from '../../protocol/entryParts.ts';
import { firstLine } from '../session/completeEntry.ts';
import { AgentSlot } from './agentSlot.ts';
import { guestFiles } from './guestFiles.ts';
import { launchAgent, type LaunchOptions } from './launchAgent.ts';
import { leftAgents } from './agentMarker.ts';
import { awaitOldChild, type ProcessName } from './oldChild.ts';
import { dropUnsettled, loseCalls, loseRequests, settlePrompts, takeMissed } from './reconcile.ts';
import { SOURCE_CAN } from '../../protocol/openValues.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import type { CommandTarget, SessionDriver } from '../session/sessionDriver.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';

/** What a hosted session works with. */
export interface HostedSessionOptions
  extends Omit<LaunchOptions, 'isClosed' | 'signal'>, Pick<CommandTarget, 'hasControllers'> {
  /** Takes prompts back whose authors may not prompt any more. */
  readonly checkQueue: () => void;
}

/** A turn that does not end by itself after its interruption is ended after this time, a start too. */
const CLOSE_MS = 15_000;

/** Whether the session goes on here, is let go with this host, or ends. */
type Course = 'open' | 'closing' | 'ending';

/** Drives a hosted session. At most one agent process at a time, and none while an older one lives. */
export class HostedSession implements SessionDriver {
  readonly can = SOURCE_CAN.hosted;
  readonly target: CommandTarget;
  private readonly options: HostedSessionOptions;
  private readonly endOld = new AbortController();
  private readonly giveUp = new AbortController();
  private readonly slot: AgentSlot;
  private sending: Promise<void> = Promise.resolve();
  private course: Course = 'open';
  /** What the agent's process does; what everybody is told can be ahead of it. */
  private agentStatus: SessionStatus = 'idle';
  /** Looks for the next prompt that are not through. */
  private sends = 0;

  constructor(options: HostedSessionOptions) {
    this.options = options;
    const { recorder, agent, clock, log, hasControllers } = options;
    this.slot = new AgentSlot({
      launch: () => this.launch(),
      onDidStart: (agent) => this.started(agent),
      onDidSettle: () => recorder.publish(),
      log,
    });
    this.target = {
      recorder,
      rules: agent.rules,
      clock,
      hasControllers,
      isEnding: () => this.course === 'ending',
      child: () => this.slot.agent,
      sendAccepted: () => this.sendAccepted(),
      sendNow: async (promptId) => this.hand(await this.slot.ensure(), promptId),
      interrupt: (author) => this.interrupt(author),
    };
  }

  get isBusy(): boolean {
    const { status, openRequests, prompts } = this.options.recorder;
    const isStill = this.slot.kind === 'empty' || this.slot.kind === 'running';
    if (!isStill || openRequests.length > 0) return true;
    return (status !== 'idle' && status !== 'ended') || prompts.nextAccepted() !== undefined;
  }

  /** Starts the agent now instead of with the first prompt. Throws AppError agent-* or session-busy. */
  async start(): Promise<void> {
    await this.slot.ensure();
    this.sendAccepted();
  }

  async ready(): Promise<void> {
    await this.slot.ensure();
  }

  /**
   * After a host ended without a word: waits for its agent process if it still lives, takes what was
   * missed, says what was lost, and starts the agent only if prompts wait.
   */
  recover(oldChild: ProcessName | undefined): void {
    this.slot.settle(async () => {
      const { recorder, agent, tables, sessions, clock, log } = this.options;
      dropUnsettled(recorder, tables);
      if (oldChild !== undefined) {
        this.setStatus('working');
        recorder.setProblem(problemOf(FINISHING));
        // Its pid may not have been written down any more, or it stands for a process of its own.
        const old = [oldChild, ...(await leftAgents(recorder.stored.id, oldChild, agent.rules))];
        const endNow = this.endOld.signal;
        await Promise.all(old.map((child) => awaitOldChild(child, { clock, log, endNow })));
        sessions.removeChild(recorder.stored.id);
        await this.readUp('host-restarted', RESTARTED);
        recorder.setProblem(undefined);
      }
      // Prompts that were accepted and never reached an agent run now.
      if (recorder.prompts.nextAccepted() !== undefined) this.sendAccepted();
      this.setStatus(recorder.stored.ended ? 'ended' : 'idle');
    });
  }

  giveUpStart(): void {
    if (this.slot.starting === undefined) return;
    this.endOld.abort();
    this.giveUp.abort();
  }

  async end(): Promise<void> {
    this.course = 'ending';
    this.endOld.abort();
    this.giveUp.abort();
    const { recorder } = this.options;
    for (const { promptId } of recorder.prompts.waiting()) {
      recorder.prompts.mark(promptId, 'cancelled');
    }
    await this.stopAgent();
    recorder.update({ ended: true });
    this.setStatus('ended');
  }

  async close(force = false): Promise<void> {
    if (this.course === 'open') this.course = 'closing';
    this.endOld.abort();
    if (force) {
      this.giveUp.abort();
      this.slot.agent?.kill();
    }
    await this.stopAgent();
    this.options.recorder.flush();
  }

  private sendAccepted(): void {
    this.sends += 1;
    this.sending = this.sending
      .then(() => this.sendNext())
      .catch((error: unknown) => {
        this.options.log.warn('prompt not sent', { error: errorText(error) });
        this.showProblem(error);
      })
      .finally(() => {
        this.sends -= 1;
        if (this.sends === 0 && this.agentStatus === 'idle') this.setStatus('idle');
      });
    if (this.agentStatus === 'idle') this.setStatus('idle');
  }

  /** [O11] A session whose next prompt is about to be handed over is not idle. */
  private setStatus(status: SessionStatus, waitingFor?: string): void {
    const { recorder } = this.options;
    this.agentStatus = status;
    const isNext =
      this.sends > 0 && this.course === 'open' && recorder.prompts.nextAccepted() !== undefined;
    if (status !== 'idle' || !isNext) return recorder.setStatus(status, waitingFor);
    const isAtWork = this.slot.kind === 'running' && recorder.status !== 'starting';
    recorder.setStatus(isAtWork ? 'working' : 'starting');
  }

  /** The next prompt, if the agent has nothing to do: what waits, waits here, where it can be taken back. */
  private async sendNext(): Promise<void> {
    const { recorder, checkQueue } = this.options;
    checkQueue();
    let next: StoredPrompt | undefined;
    while (this.course === 'open' && (next = recorder.prompts.nextAccepted()) !== undefined) {
      const agent = await this.slot.ensure();
      // It ended at once: what waits stays in the queue, and runs with the next prompt.
      if (this.slot.agent !== agent || this.agentStatus !== 'idle') return;
      // It may have been held or taken back while the agent started.
      if (recorder.prompts.find(next.promptId)?.state !== 'accepted') continue;
      await this.hand(agent, next.promptId);
    }
  }

  /** Hands a prompt over, unless it does not wait any more. */
  private async hand(agent: AgentSession, promptId: string): Promise<void> {
    const { prompts } = this.options.recorder;
    const waiting = (): StoredPrompt | undefined =>
      prompts.waiting().find((one) => one.promptId === promptId);
    const prompt = waiting();
    if (prompt === undefined) return;
    const { text, images } = prompt;
    const guest = await this.guestText(prompt);
    // It may have been cancelled or held meanwhile.
    if (waiting()?.state !== prompt.state) return;
    // Before the agent gets it: after a crash it is then known that it may have run.
    prompts.mark(promptId, 'sent');
    this.options.recorder.publish();
    await agent.prompt({ promptId, text, ...omitUndefined({ images, guest }) });
  }

  /** What makes it a guest's; undefined for the owner's words, and for the agent's own commands that guests may run. */
  private async guestText({ guest, text, author }: StoredPrompt): Promise<GuestText | undefined> {
    const { agent, recorder, env } = this.options;
    const { commands = [] } = recorder.agentFacts;
    if (guest !== true) return undefined;
    if (agent.rules.judgeGuestPrompt(text, commands).kind === 'command') return undefined;
    const { cwd } = recorder.stored;
    const isDenied = await agent.readRules(cwd, env);
    const files = await guestFiles((max) => agent.rules.fileMentions(text, max), { cwd, isDenied });
    return { name: author.name, files };
  }

  private async launch(): Promise<AgentSession> {
    const { signal } = this.giveUp;
    const isClosed = (): boolean => this.course !== 'open';
    this.setStatus('starting');
    try {
      return await launchAgent({ ...this.options, isClosed, signal });
    } catch (error) {
      this.setStatus('idle');
      if (!isClosed() && !signal.aborted) this.showProblem(error);
      throw error;
    }
  }

  private started(agent: AgentSession): void {
    const { recorder } = this.options;
    recorder.setProblem(undefined);
    this.setStatus('idle');
    // What happened before there was a listener comes at once: facts of the start, nobody's choice.
    let isStart = true;
    agent.onDidEmit((event) => {
      this.take(event);
      if (!isStart && event.kind === 'facts' && event.facts.mode !== undefined) {
        recorder.update({ isModeChosen: true });
      }
    });
    isStart = false;
  }

  private take(event: AgentEvent): void {
    const { recorder } = this.options;
    switch (event.kind) {
      case 'prompt':
        recorder.prompts.mark(event.promptId, event.state);
        recorder.publish();
        return;
      case 'request-withdrawn':
        recorder.decide(event.requestId, { outcome: 'withdrawn', detail: event.detail });
        return;
      case 'status':
        // The process has ended, not the session: it goes on with the next prompt.
        if (event.status === 'ended') return;
        this.agentStatus = event.status;
        if (event.status === 'idle') this.sendAccepted();
        else this.setStatus(event.status, event.waitingFor);
        return;
      case 'exit':
        this.exited(event.expected);
        return;
      default:
        recorder.take(event);
    }
  }

  private exited(isExpected: boolean): void {
    const { recorder, sessions, log } = this.options;
    sessions.removeChild(recorder.stored.id);
    log.info('agent ended', { expected: isExpected });
    this.slot.settle(async () => {
      if (isExpected) {
        recorder.dropLive();
        loseRequests(recorder);
        settlePrompts(recorder, this.options.tables);
      } else {
        await this.readUp('agent-ended', CRASHED);
      }
      if (recorder.status !== 'ended') this.setStatus('idle');
    });
  }

  /** Takes what was missed, and says what was lost. */
  private async readUp(code: string, words: Words): Promise<void> {
    const { recorder, tables } = this.options;
    const hadText = recorder.dropLive();
    recorder.restoreRequests();
    const { prompts } = recorder;
    const wasRunning = prompts.unfinished().length > prompts.waiting().length;
    const isLost = hadText || wasRunning || recorder.openRequests.length > 0;
    // Nobody could answer any more: before what the agent made of that.
    loseRequests(recorder);
    await takeMissed(this.options);
    loseCalls(recorder, tables, this.options.clock.now());
    settlePrompts(recorder, tables);
    if (isLost) recorder.notice({ level: 'warning', code, words });
  }

  private async interrupt(author: Author): Promise<void> {
    if (this.slot.kind === 'launching') return this.stopNext(author);
    // An old process is all that runs: it is ended instead.
    this.endOld.abort();
    await this.slot.agent?.interrupt();
  }

  /** The agent is not there yet: what it would begin with is not run, and everybody is told. */
  private stopNext(author: Author): void {
    const { recorder } = this.options;
    const next = recorder.prompts.nextAccepted();
    if (next === undefined) return;
    recorder.prompts.mark(next.promptId, 'cancelled');
    const words = say`Stopped before the agent had started. Not run: “${firstLine(next.text)}”`;
    recorder.notice({ level: 'info', code: 'prompt-stopped', words, author });
  }

  private async stopAgent(): Promise<void> {
    const { clock } = this.options;
    // A start that is under way ends first: what it started is closed like any other.
    const patience = clock.after(CLOSE_MS, () => this.giveUp.abort());
    await this.slot.starting?.catch(() => undefined);
    patience.dispose();
    const { agent } = this.slot;
    if (agent !== undefined) {
      const timer = clock.after(CLOSE_MS, () => agent.kill());
      await agent.close({ interrupt: true });
      timer.dispose();
    }
    await this.slot.settling;
  }

  private showProblem(error: unknown): void {
    const { recorder } = this.options;
    if (!isAppError(error)) return;
    recorder.setProblem(problemOf({ code: error.code, ...error.words }));
  }
}

const FINISHING = {
  code: 'agent-finishing',
  happened: say`The session host was restarted while the agent was at work.`,
  kept: say`Its process may finish its step for up to a minute; then the session goes on here.`,
  remedy: say`Wait, or press Stop to end that process now.`,
};
const RESTARTED = say`The session host was restarted in the middle of a turn. Finished parts were taken over; text that was being written and open questions are lost. Send a prompt to go on.`;
const CRASHED = say`The agent ended in the middle of a turn. Finished parts are kept; text that was being written and open questions are lost. Send a prompt to go on.`;
