// A session that this host owns: its agent runs as a child process, started when there is something to do.
import { problemOf } from '../../protocol/said.ts';
import { isAppError } from '../../base/errors.ts';
import type { AgentEvent, AgentSession } from '../../protocol/agent.ts';
import type { Author } from '../../protocol/entryParts.ts';
import { loseTasks, noteTasks, tellBroken, tellClosed } from '../session/backgroundTasks.ts';
import { openAddress } from '../../node/openAddress.ts';
import { endFailureHold, holdByFailure, holdByStop, settleHold } from '../queue/queueHold.ts';
import { AgentSlot } from './agentSlot.ts';
import { PromptSender } from './promptSender.ts';
import { CRASHED, FINISHING, RESTARTED } from './interruptedWords.ts';
import { launchAgent, type LaunchOptions } from './launchAgent.ts';
import { OtherWriters } from './otherWriters.ts';
import { leftAgents } from './agentMarker.ts';
import { awaitOldChild, endedCleanly, type ProcessName } from './oldChild.ts';
import { isBusy } from './isBusy.ts';
import { readUp } from './readUp.ts';
import { SessionPlace } from './sessionPlace.ts';
import { dropUnsettled, loseRequests, settlePrompts } from './reconcile.ts';
import { SOURCE_CAN } from '../../protocol/openValues.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import type { Closing, CommandTarget, SessionDriver } from '../session/sessionDriver.ts';

/** What a hosted session works with. */
export interface HostedSessionOptions
  extends
    Omit<LaunchOptions, 'isClosed' | 'signal' | 'beside' | 'isTheirs'>,
    Pick<CommandTarget, 'hasControllers'> {
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
  private readonly sender: PromptSender;
  private readonly others: OtherWriters;
  private readonly place: SessionPlace;
  private course: Course = 'open';
  /** Everybody knows that background work ends with the agent. */
  private isTold = false;
  /** What the agent's process does; what everybody is told can be ahead of it. */
  private agentStatus: SessionStatus = 'idle';

  constructor(options: HostedSessionOptions) {
    this.options = options;
    const { recorder, agent, clock, log, hasControllers } = options;
    this.slot = new AgentSlot({
      launch: () => this.launch(),
      onDidStart: (agent) => this.started(agent),
      onDidSettle: () => recorder.publish(),
      log,
    });
    this.sender = new PromptSender({
      ...options,
      ensure: () => this.slot.ensure(),
      running: () => this.slot.agent,
      isIdle: () => this.agentStatus === 'idle',
      isOpen: () => this.course === 'open' && !this.others.isHolding && !this.place.isMoving,
      onDidLook: () => {
        if (this.agentStatus === 'idle') this.setStatus('idle');
      },
      onError: (error) => this.showProblem(error),
    });
    this.others = new OtherWriters({
      ...options,
      isAtWork: () => ['working', 'waiting'].includes(this.agentStatus),
      withoutAgent: (work, isTold) => void this.withoutAgent(work, isTold),
      onDidRelease: () => this.sender.sendAccepted(),
    });
    this.place = new SessionPlace({
      ...options,
      isIdle: () =>
        this.agentStatus === 'idle' &&
        this.slot.starting === undefined &&
        recorder.stored.tasks === undefined,
      withoutAgent: async (work) => {
        await this.withoutAgent(work);
        await this.slot.settling;
      },
      follow: () => this.others.follow(),
      sendAccepted: () => this.sender.sendAccepted(),
    });
    this.target = {
      recorder,
      others: this.others,
      setFolder: (path, author) => this.place.moveTo(path, author),
      rules: agent.rules,
      clock,
      hasControllers,
      isEnding: () => this.course === 'ending',
      ready: () => this.ready(),
      child: () => this.slot.agent,
      sendAccepted: () => this.sender.sendAccepted(),
      sendNow: (promptId) => this.sender.sendNow(promptId),
      sendAtOnce: (promptId) => this.sender.sendAtOnce(promptId),
      takeFromAgent: (promptId) => this.sender.takeFromAgent(promptId),
      interrupt: (author) => this.interrupt(author),
      openAddress: (url) => openAddress(url, clock),
    };
    recorder.wait.onDidEnd(() => this.sender.sendAccepted());
  }

  get isBusy(): boolean {
    return isBusy(this.options.recorder, this.slot.kind);
  }

  /** Starts the agent now instead of with the first prompt. Throws AppError agent-* or session-busy. */
  async start(): Promise<void> {
    await this.slot.ensure();
    this.sender.sendAccepted();
  }

  async ready(): Promise<void> {
    await this.slot.ensure();
  }

  /** After a host ended without a word: waits for its agent, takes what was missed, says what was lost, lets prompts run. */
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
        const gone = await Promise.all(
          old.map((child) => awaitOldChild(child, { clock, log, endNow })),
        );
        sessions.removeChild(recorder.stored.id);
        const isWhole = !gone.includes('killed') && (await endedCleanly(old, this.options));
        await this.others.follow();
        await readUp(this.reading, { code: 'host-restarted', words: RESTARTED, isWhole });
        recorder.setProblem(undefined);
      }
      // [G5] Whatever ended it, and whether or not its end was seen: none of it runs any more.
      loseTasks(recorder, clock.now(), false);
      // Prompts that were accepted and never reached an agent run now.
      if (!recorder.stored.ended) await this.others.follow();
      if (recorder.prompts.nextAccepted() !== undefined) this.sender.sendAccepted();
      this.setStatus(recorder.stored.ended ? 'ended' : 'idle');
      // [Z3] What was chosen meanwhile can be done now.
      if (!recorder.stored.ended) this.others.look();
    });
  }

  giveUpStart(): void {
    if (this.slot.starting === undefined) return;
    this.endOld.abort();
    this.giveUp.abort();
  }

  async end(author?: Author): Promise<void> {
    this.course = 'ending';
    this.isTold = true;
    this.endOld.abort();
    this.giveUp.abort();
    const { recorder } = this.options;
    tellBroken(recorder, author);
    for (const { promptId } of recorder.prompts.waiting()) {
      recorder.prompts.mark(promptId, 'cancelled');
    }
    settleHold(recorder);
    this.others.dispose();
    this.place.dispose();
    await this.stopAgent();
    recorder.update({ ended: true });
    this.setStatus('ended');
  }

  async close(how: Closing = {}): Promise<void> {
    if (this.course === 'open') this.course = 'closing';
    if (!this.isTold) tellClosed(this.options.recorder, how);
    this.isTold = true;
    this.endOld.abort();
    if (how.now === true) {
      this.giveUp.abort();
      this.slot.agent?.kill();
    }
    this.others.pause();
    this.place.dispose();
    await this.stopAgent();
    await this.others.note();
    this.options.recorder.flush();
  }

  /** [O11] A session whose next prompt is about to be handed over is not idle. */
  private setStatus(status: SessionStatus, waitingFor?: string): void {
    const { recorder } = this.options;
    this.agentStatus = status;
    if (status !== 'idle' || !this.sender.isAtIt) return recorder.setStatus(status, waitingFor);
    const isAtWork = this.slot.kind === 'running' && recorder.status !== 'starting';
    recorder.setStatus(isAtWork ? 'working' : 'starting');
  }

  /** What the transcript is read with: what others wrote is not ours to take. */
  private get reading() {
    return { ...this.options, isTheirs: (id: string) => this.others.isTheirs(id) };
  }

  private async launch(): Promise<AgentSession> {
    const { signal } = this.giveUp;
    const isClosed = (): boolean => this.course !== 'open';
    this.setStatus('starting');
    try {
      await this.others.follow();
      const { beside } = this.others;
      return await launchAgent({ ...this.reading, beside, isClosed, signal });
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
    void this.others.follow();
  }

  private take(event: AgentEvent): void {
    const { recorder } = this.options;
    switch (event.kind) {
      case 'prompt': {
        const { promptId, state } = event;
        if (this.sender.isGivenBack(promptId, state)) {
          recorder.prompts.giveBack(recorder.prompts.idOf(promptId));
        } else recorder.prompts.mark(promptId, state);
        recorder.publish();
        return;
      }
      case 'tasks':
        noteTasks(recorder, event.tasks);
        return this.others.look();
      case 'refused':
        return holdByFailure(recorder, event.cause, this.options.clock.now());
      case 'entry':
        recorder.take(event);
        return endFailureHold(recorder, event.entry);
      case 'request-withdrawn':
        recorder.decide(event.requestId, { outcome: 'withdrawn', detail: event.detail });
        return;
      case 'status':
        // The process has ended, not the session: it goes on with the next prompt.
        if (event.status === 'ended') return;
        this.agentStatus = event.status;
        this.others.look();
        if (event.status === 'idle') this.sender.sendAccepted();
        else this.setStatus(event.status, event.waitingFor);
        return;
      case 'exit':
        this.exited(event.expected);
        return;
      case 'facts':
        recorder.take(event);
        if (event.facts.agentSessionId !== undefined) void this.others.follow();
        return;
      default:
        recorder.take(event);
    }
  }

  /** The agent ends, also with what runs behind it if that `isTold`; what is to be done next starts it again. */
  private async withoutAgent(work: () => Promise<void>, isTold = false): Promise<void> {
    await this.slot.starting?.catch(() => undefined);
    this.isTold ||= isTold;
    await this.slot.agent?.close({ interrupt: isTold });
    this.slot.settle(work);
  }

  private exited(isExpected: boolean): void {
    const { recorder, sessions, log } = this.options;
    const { isTold } = this;
    this.isTold = this.course !== 'open';
    sessions.removeChild(recorder.stored.id);
    log.info('agent ended', { expected: isExpected });
    this.slot.settle(async () => {
      loseTasks(recorder, this.options.clock.now(), isTold);
      if (isExpected) {
        recorder.dropLive();
        loseRequests(recorder);
        settlePrompts(recorder, this.options.tables);
      } else {
        await readUp(this.reading, { code: 'agent-ended', words: CRASHED });
      }
      if (recorder.status !== 'ended') this.setStatus('idle');
      this.others.look();
    });
  }

  /** [Q5] What waits is held first: nothing is to run when the turn ends. */
  private async interrupt(author: Author): Promise<void> {
    const { recorder, clock } = this.options;
    const handed = holdByStop(recorder, author, clock.now());
    if (this.slot.kind === 'launching') return;
    // An old process is all that runs: it is ended instead.
    this.endOld.abort();
    const back = handed.map((promptId) => this.sender.takeFromAgent(promptId));
    // In this order, and without a pause: what the agent still has would run next.
    await Promise.all([...back, this.slot.agent?.interrupt()]);
    settleHold(recorder);
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
    if (error.code === 'agent-folder-gone') this.place.lookFor();
  }
}
