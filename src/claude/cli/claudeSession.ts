// A hosted session: the stream-json child with its control protocol, as an AgentSession.
import type { Clock } from '../../base/clock.ts';
import { BacklogEmitter } from '../../base/backlogEmitter.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type {
  AgentAnswer,
  AgentEvent,
  AgentFacts,
  AgentMode,
  AgentSession,
  AgentStatus,
  PromptImage,
} from '../../protocol/agent.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import { answerResponse } from './answerResponse.ts';
import { type ChildExit, endChild, LineChild } from './lineChild.ts';
import { ControlChannel } from './controlChannel.ts';
import { jsonField } from '../wire/jsonField.ts';
import {
  badNameError,
  crashedProblem,
  endedError,
  protocolProblem,
  silentProblem,
} from '../errors.ts';
import { initFacts, suggestionPaths } from './initFacts.ts';
import type { SplitLine } from '../wire/lineSplitter.ts';
import { readPlanFile } from '../entries/readPlanFile.ts';
import { SilenceWatch } from './silenceWatch.ts';
import { isPlainWord } from './startArguments.ts';
import { StatusTracker } from './statusTracker.ts';
import {
  canUseToolSchema,
  type ControlRequestLine,
  type InLine,
  type OutLine,
  parseOutLine,
} from '../wire/streamJson.ts';
import { StreamMapper } from '../entries/streamMapper.ts';

/** A cold start on a loaded computer takes half a minute. */
const INITIALIZE_TIMEOUT_MS = 90_000;
/** A child that writes this many unreadable lines in a row speaks something else. */
const GARBLED_LIMIT = 20;

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
  readonly clock: Clock;
  readonly log: Logger;
}

/** A running child of ours. */
export class ClaudeSession implements AgentSession {
  readonly pid: number;
  processStart = '';
  private readonly emitter = new BacklogEmitter<AgentEvent>();
  private readonly inner = new Emitter<AgentEvent>();
  private readonly options: ClaudeSessionOptions;
  private readonly child: LineChild;
  private readonly control: ControlChannel;
  private readonly mapper: StreamMapper;
  private readonly silence: SilenceWatch;
  private readonly status: StatusTracker;
  private readonly ended: Promise<void>;
  private isEndAsked = false;
  private hasProblem = false;
  private garbled = 0;
  private planSlug: string | undefined;

  /** What happens; what happened before the first listener came is kept for it. */
  readonly onDidEmit = this.emitter.event;
  /** The same for the agent itself, from now on. */
  readonly onDidChangeState = this.inner.event;

  constructor(options: ClaudeSessionOptions) {
    this.options = options;
    this.child = new LineChild(options);
    this.pid = this.child.pid;
    this.control = new ControlChannel({
      clock: options.clock,
      send: (line) => this.post(line),
    });
    this.mapper = new StreamMapper({
      now: () => options.clock.now(),
      hasMirror: options.hasMirror,
      readPlan: () => readPlanFile(this.planSlug, options.configDir),
    });
    this.silence = new SilenceWatch({
      clock: options.clock,
      onSilent: (ms) => this.problem(silentProblem(ms)),
      onSpoke: () => this.problem(undefined),
    });
    this.status = new StatusTracker({
      openRequest: () => this.mapper.requests.waitingFor,
      onChange: (status, waitingFor) => this.changeStatus(status, waitingFor),
    });
    this.child.onDidLine((line) => this.take(line));
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
    this.emit({ kind: 'facts', facts: initFacts(answer.response) });
    if (this.status.current === 'starting') this.status.set('idle');
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
  }): Promise<void> {
    const images = (prompt.images ?? []).map((image): Json => ({
      type: 'image',
      source: { type: 'base64', media_type: image.mediaType, data: image.base64 },
    }));
    const content: Json =
      images.length === 0 ? prompt.text : [{ type: 'text', text: prompt.text }, ...images];
    if (this.status.current === 'ended') throw endedError();
    const isBusy = this.status.current !== 'idle';
    for (const event of this.mapper.prompts.sent(prompt, isBusy)) this.emit(event);
    if (!isBusy) this.status.set('working');
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
    if (isCancelled) for (const event of this.mapper.prompts.cancelled(promptId)) this.emit(event);
    return isCancelled;
  }

  async answer(requestId: string, answer: AgentAnswer): Promise<boolean> {
    const request = this.mapper.requests.settle(requestId, answer.behavior);
    if (request === undefined) return false;
    const response = answerResponse(request, answer);
    this.status.set('working');
    await this.write({
      type: 'control_response',
      response: { subtype: 'success', request_id: requestId, response },
    });
    return true;
  }

  async interrupt(): Promise<void> {
    await this.control.request({ subtype: 'interrupt' });
  }

  async setModel(model: string): Promise<void> {
    if (!isPlainWord(model)) throw badNameError('model');
    await this.control.request({ subtype: 'set_model', model });
    this.emit({ kind: 'facts', facts: { model } });
  }

  async setMode(mode: AgentMode): Promise<void> {
    if (!isPlainWord(mode)) throw badNameError('mode');
    const own = mode === 'manual' || mode === 'default' ? 'default' : mode;
    await this.control.request({ subtype: 'set_permission_mode', mode: own });
    this.emit({ kind: 'facts', facts: { mode: own } });
  }

  async rename(title: string): Promise<void> {
    await this.control.request({ subtype: 'rename_session', title });
    this.emit({ kind: 'facts', facts: { title } });
  }

  async fileSuggestions(query: string): Promise<readonly string[]> {
    const answer = await this.control.request({ subtype: 'file_suggestions', query });
    return suggestionPaths(answer.response);
  }

  async close(options: { readonly interrupt?: boolean } = {}): Promise<void> {
    this.isEndAsked = true;
    const { isBusy } = this.status;
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
    this.child.signal('SIGKILL', true);
  }

  private take(line: SplitLine): void {
    this.silence.spoke();
    const json = line.kind === 'line' ? parseJson(line.text) : undefined;
    if (json === undefined) {
      this.garbage(line);
      return;
    }
    this.garbled = 0;
    const parsed = parseOutLine(json);
    if (parsed.known) this.watch(parsed.line);
    for (const event of this.mapper.map(parsed)) this.handle(event);
  }

  private garbage(line: SplitLine): void {
    this.garbled += 1;
    const what =
      line.kind === 'too-long' ? `a line of ${line.bytes} bytes` : 'a line that is not JSON';
    this.options.log.warn('unreadable output', { what, bytes: line.bytes });
    this.notice(
      `garbled:${this.pid}:${this.options.clock.now()}:${this.garbled}`,
      'garbled-output',
      `Claude Code wrote ${what}; it was left out.`,
    );
    if (this.garbled === GARBLED_LIMIT) {
      this.problem(protocolProblem('its output is not stream-json.'));
    }
  }

  /** What a line means for the process itself, beside its events. */
  private watch(line: OutLine): void {
    this.status.watch(line);
    switch (line.type) {
      case 'control_response':
        this.control.accept(line.response);
        return;
      case 'control_request':
        if (!canUseToolSchema.safeParse(line.request).success) this.refuse(line);
        return;
      case 'transcript_mirror':
        for (const entry of line.entries) {
          const slug = jsonField(entry, 'slug');
          if (typeof slug === 'string') this.planSlug = slug;
        }
        return;
      default:
    }
  }

  /** Without an answer the CLI would wait for ever. */
  private refuse(line: ControlRequestLine): void {
    this.post({
      type: 'control_response',
      response: {
        subtype: 'error',
        request_id: line.request_id,
        error: 'not supported by this client',
      },
    });
    this.notice(
      line.request_id,
      'unsupported-request',
      `Claude Code asked for something that can only be answered in a terminal (${line.request.subtype}); it was refused.`,
    );
  }

  private notice(id: string, code: string, text: string): void {
    const at = this.options.clock.now();
    this.emit({ kind: 'entry', entry: { kind: 'notice', id, at, level: 'warning', code, text } });
  }

  private changeStatus(status: AgentStatus, waitingFor: string | undefined): void {
    this.silence.state({ running: status === 'working', waiting: status === 'waiting' });
    this.emit({ kind: 'status', status, ...omitUndefined({ waitingFor }) });
  }

  private handle(event: AgentEvent): void {
    switch (event.kind) {
      case 'status':
        this.status.set(event.status);
        return;
      case 'entry': {
        const { entry } = event;
        if (entry.kind === 'tool-call') this.silence.toolStarted(entry.callId);
        if (entry.kind === 'tool-result') this.silence.toolEnded(entry.callId);
        break;
      }
      default:
    }
    this.emit(event);
  }

  private problem(problem: Extract<AgentEvent, { kind: 'problem' }>['problem']): void {
    if (problem === undefined && !this.hasProblem) return;
    this.hasProblem = problem !== undefined;
    this.emit({ kind: 'problem', problem });
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
    this.silence.dispose();
    this.control.end();
    for (const event of this.mapper.end()) this.handle(event);
    const expected = this.isEndAsked;
    if (!expected) {
      const said = exit.error ?? this.child.stderrTail;
      this.problem(crashedProblem(exit.code, exit.signal, said.slice(-500)));
    }
    this.status.set('ended');
    this.emit({ kind: 'exit', code: exit.code, signal: exit.signal, expected });
  }

  private emit(event: AgentEvent): void {
    this.inner.fire(event);
    this.emitter.fire(event);
  }
}
