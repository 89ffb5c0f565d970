// A hosted session: the stream-json child with its control protocol, as an AgentSession.
import { BacklogEmitter } from '../../base/backlogEmitter.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type {
  AgentAnswer,
  AgentEvent,
  AgentFacts,
  AgentMode,
  AgentSession,
  AttachedFile,
  GuestText,
} from '../../protocol/agent.ts';
import type { PromptImage } from '../../protocol/entryParts.ts';
import type { Json } from '../../protocol/json.ts';
import { badNameError, crashedProblem, endedError, modeAtStartError } from '../errors.ts';
import { guestBlocks, ownBlocks } from '../entries/promptFrame.ts';
import { jsonField } from '../wire/jsonField.ts';
import type { InLine } from '../wire/streamJson.ts';
import { answerResponse } from './answerResponse.ts';
import { ControlChannel } from './controlChannel.ts';
import { EffortSetting } from './effortSetting.ts';
import { initFacts, settingsMode } from './initFacts.ts';
import { type ChildExit, endChild, LineChild } from './lineChild.ts';
import { SessionOutput, type WrittenLines } from './sessionOutput.ts';
import { isPlainWord } from './startArguments.ts';

/** A cold start on a loaded computer takes half a minute. */
const INITIALIZE_TIMEOUT_MS = 90_000;

/** So it refuses a mode that it was not started in. */
const MODE_AT_START = /was not launched with --dangerously-skip-permissions/;

/** What a session is started with; arguments and environment are complete. */
export interface ClaudeSessionOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly configDir: string;
  /** Start time of a process by pid. */
  readonly processStart: (pid: number) => Promise<string | undefined>;
  /** Mirror frames are asked for: what they hold better than the live stream is taken from them. */
  readonly hasMirror: boolean;
  readonly initialFacts: AgentFacts;
  /** Mode that it is started with; without it the owner's settings count. */
  readonly mode?: AgentMode | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A running child of ours. */
export class ClaudeSession implements AgentSession {
  readonly pid: number;
  processStart = '';
  private readonly emitter = new BacklogEmitter<AgentEvent>();
  private readonly inner = new Emitter<AgentEvent>();
  private readonly wrote = new Emitter<WrittenLines>();
  private readonly options: ClaudeSessionOptions;
  private readonly child: LineChild;
  private readonly control: ControlChannel;
  private readonly output: SessionOutput;
  private readonly ended: Promise<void>;
  private readonly effort: EffortSetting;
  /** Commands of the agent's own that run: they may change its model or effort. */
  private readonly ownCommands = new Set<string>();
  private isEndAsked = false;

  /** What happens; what happened before the first listener came is kept for it. */
  readonly onDidEmit = this.emitter.event;
  /** The same for the agent itself, from now on. */
  readonly onDidChangeState = this.inner.event;
  /** Lines of a conversation's transcript that the child has written. */
  readonly onDidWrite = this.wrote.event;

  constructor(options: ClaudeSessionOptions) {
    this.options = options;
    this.child = new LineChild(options);
    this.pid = this.child.pid;
    this.control = new ControlChannel({
      clock: options.clock,
      send: (line) => this.post(line),
    });
    this.effort = new EffortSetting({
      control: this.control,
      tell: (facts) => this.emit({ kind: 'facts', facts }),
      log: options.log,
    });
    this.output = new SessionOutput({
      pid: this.pid,
      configDir: options.configDir,
      hasMirror: options.hasMirror,
      emit: (event) => this.emit(event),
      onDidWrite: (lines) => this.wrote.fire(lines),
      accept: (response) => this.control.accept(response),
      post: (line) => this.post(line),
      clock: options.clock,
      log: options.log,
    });
    this.child.onDidLine((line) => this.output.take(line));
    this.ended = this.child.exited.then((exit) => this.finish(exit));
    if (Object.keys(options.initialFacts).length > 0) {
      this.emit({ kind: 'facts', facts: options.initialFacts });
    }
    this.emit({ kind: 'status', status: 'starting' });
  }

  /** Waits for the child to be ready; rejects with the child's last words if it ends before. */
  async initialize(): Promise<void> {
    this.processStart = (await this.options.processStart(this.pid)) ?? '';
    const answer = await this.control.request(
      { subtype: 'initialize', forwardSubagentText: true, agentProgressSummaries: true },
      INITIALIZE_TIMEOUT_MS,
    );
    const facts = initFacts(answer.response);
    const mode = facts.mode ?? this.options.mode ?? (await this.modeOfSettings());
    this.emit({ kind: 'facts', facts: { ...facts, ...omitUndefined({ mode }) } });
    const { status } = this.output;
    if (status.current === 'starting') status.set('idle');
    void this.effort.read('model');
  }

  /** 2.1.197 tells its mode only when a turn begins: too late for who is to be let in. */
  private async modeOfSettings(): Promise<string | undefined> {
    try {
      const answer = await this.control.request({ subtype: 'get_settings' });
      return settingsMode(answer.response) ?? 'default';
    } catch (error) {
      this.options.log.warn('the mode is not known yet', { error: errorText(error) });
      return undefined;
    }
  }

  /** Exit code and last words, for an error at start. */
  get lastWords(): { readonly stderr: string; readonly exited: Promise<ChildExit> } {
    return { stderr: this.child.stderrTail, exited: this.child.exited };
  }

  /** Whether the process is gone. */
  get isEnded(): boolean {
    return this.child.isEnded;
  }

  async prompt(prompt: {
    readonly promptId: string;
    readonly text: string;
    readonly images?: readonly PromptImage[];
    readonly guest?: GuestText;
    readonly files?: readonly AttachedFile[];
  }): Promise<void> {
    const { status, prompts } = this.output;
    const images = (prompt.images ?? []).map((image): Json => ({
      type: 'image',
      source: { type: 'base64', media_type: image.mediaType, data: image.base64 },
    }));
    const content: Json =
      prompt.guest !== undefined
        ? guestBlocks(prompt.text, images, prompt.guest)
        : prompt.files !== undefined
          ? ownBlocks(prompt.text, images, prompt.files)
          : images.length === 0
            ? prompt.text
            : [{ type: 'text', text: prompt.text }, ...images];
    if (status.current === 'ended') throw endedError();
    if (prompt.guest === undefined && prompt.text.startsWith('/')) {
      this.ownCommands.add(prompt.promptId);
    }
    const isBusy = status.current !== 'idle';
    this.emitAll(prompts.sent(prompt, isBusy));
    if (!isBusy) status.set('working');
    await this.write({
      type: 'user',
      message: { role: 'user', content },
      parent_tool_use_id: null,
      session_id: '',
      uuid: prompt.promptId,
    });
  }

  async cancelQueued(promptId: string): Promise<boolean> {
    const answer = await this.control.request({
      subtype: 'cancel_async_message',
      message_uuid: promptId,
    });
    const isCancelled = jsonField(answer.response, 'cancelled') === true;
    if (isCancelled) this.emitAll(this.output.prompts.cancelled(promptId));
    return isCancelled;
  }

  async answer(requestId: string, answer: AgentAnswer): Promise<boolean> {
    const request = this.output.requests.settle(requestId, answer.behavior);
    if (request === undefined) return false;
    const response = answerResponse(request, answer);
    // A form may outlive its turn: with its answer nothing begins to run.
    if (request.request === 'form') this.output.status.resume();
    else this.output.status.set('working');
    await this.write({
      type: 'control_response',
      response: { subtype: 'success', request_id: requestId, response },
    });
    return true;
  }

  async interrupt(): Promise<void> {
    await this.control.request({ subtype: 'interrupt' });
  }

  async stopTask(taskId: string): Promise<void> {
    await this.control.request({ subtype: 'stop_task', task_id: taskId });
  }

  async setModel(model: string): Promise<void> {
    if (!isPlainWord(model)) throw badNameError('model');
    await this.control.request({ subtype: 'set_model', model });
    this.emit({ kind: 'facts', facts: { model } });
    // Another model may take no effort, or have another one of its own.
    await this.effort.read();
  }

  setEffort(effort: string | undefined): Promise<void> {
    return this.effort.set(effort);
  }

  async setMode(mode: AgentMode): Promise<void> {
    if (!isPlainWord(mode)) throw badNameError('mode');
    const own = mode === 'manual' || mode === 'default' ? 'default' : mode;
    await this.control
      .request({ subtype: 'set_permission_mode', mode: own })
      .catch((error: unknown) => {
        throw MODE_AT_START.test(errorText(error)) ? modeAtStartError() : error;
      });
    this.emit({ kind: 'facts', facts: { mode: own } });
  }

  async rename(title: string): Promise<void> {
    await this.control.request({ subtype: 'rename_session', title });
    this.emit({ kind: 'facts', facts: { title } });
  }

  async close(options: { readonly interrupt?: boolean } = {}): Promise<void> {
    this.isEndAsked = true;
    const { isBusy } = this.output.status;
    // A server that waits for an answer could not end.
    this.output.cancelForms();
    if (isBusy && options.interrupt === true) {
      await this.interrupt().catch((error: unknown) => {
        this.options.log.warn('interrupt before close failed', { error: errorText(error) });
      });
    }
    // A running turn that nobody interrupts may take as long as it likes.
    const isPatient = isBusy && options.interrupt !== true;
    await endChild(this.child, isPatient ? undefined : this.options.clock);
    await this.ended;
  }

  kill(): void {
    this.isEndAsked = true;
    this.child.kill();
  }

  /** Throws AppError agent-crashed if nobody reads it any more. */
  private async write(line: InLine): Promise<void> {
    if (!(await this.child.write(JSON.stringify(line)))) throw endedError();
  }

  /** For what nobody waits for: a process that cannot read any more ends anyway. */
  private post(line: InLine): void {
    void this.child.write(JSON.stringify(line));
  }

  private finish(exit: ChildExit): void {
    this.control.end();
    this.output.end();
    const expected = this.isEndAsked;
    if (!expected) {
      const said = exit.error ?? this.child.stderrTail;
      this.output.setProblem(crashedProblem(exit.code, exit.signal, said.slice(-500)));
    }
    this.output.status.set('ended');
    this.emit({ kind: 'exit', code: exit.code, signal: exit.signal, expected });
  }

  private emitAll(events: readonly AgentEvent[]): void {
    for (const event of events) this.emit(event);
  }

  private emit(event: AgentEvent): void {
    this.inner.fire(event);
    this.emitter.fire(event);
    const isOver = event.kind === 'prompt' && event.state === 'completed';
    if (isOver && this.ownCommands.delete(event.promptId)) void this.effort.read('model');
  }
}
