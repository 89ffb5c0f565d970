// What a child of ours writes, line by line: events for its session, answers to it, and what it is doing.
import { say, type Words } from '../../base/say.ts';
import { saidText } from '../../protocol/said.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent, AgentProblem } from '../../protocol/agent.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import { parseJson } from '../../protocol/json.ts';
import type { OpenRequests } from '../stream/openRequests.ts';
import type { PromptMapper } from '../stream/promptMapper.ts';
import { readPlanFile } from '../entries/readPlanFile.ts';
import { StreamMapper } from '../stream/streamMapper.ts';
import { protocolProblem, silentProblem } from '../errors.ts';
import { elicitationResponse } from '../wire/elicitation.ts';
import { jsonField } from '../wire/jsonField.ts';
import type { SplitLine } from '../wire/lineSplitter.ts';
import {
  type ControlRequestLine,
  type ControlResponse,
  type InLine,
  type OutLine,
  parseOutLine,
} from '../wire/streamJson.ts';
import { SilenceWatch } from './silenceWatch.ts';
import { StatusTracker } from './statusTracker.ts';

/** A conversation's own file; those of subagents have other names. */
const CONVERSATION_FILE = /[\\/]([0-9a-f]{8}-[0-9a-f-]{27})\.jsonl$/;
/** A child that writes this many unreadable lines in a row speaks something else. */
const GARBLED_LIMIT = 20;

/** Lines that a child has written to the transcript of a conversation, by their ids. */
export interface WrittenLines {
  readonly conversation: string;
  readonly uuids: readonly string[];
}

/** What the reading of a child's output needs. */
export interface SessionOutputOptions {
  /** Process id of the child: it names what has no id of its own. */
  readonly pid: number;
  readonly configDir: string;
  /** Mirror frames are asked for: what they hold better than the live stream is taken from them. */
  readonly hasMirror: boolean;
  readonly emit: (event: AgentEvent) => void;
  readonly onDidWrite: (lines: WrittenLines) => void;
  /** Takes an answer to a request of ours. */
  readonly accept: (response: ControlResponse) => void;
  /** Writes a line to the child. */
  readonly post: (line: InLine) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One per child process. */
export class SessionOutput {
  /** What the session is doing. */
  readonly status: StatusTracker;
  private readonly options: SessionOutputOptions;
  private readonly mapper: StreamMapper;
  private readonly silence: SilenceWatch;
  private isOver = false;
  private hasProblem = false;
  private garbled = 0;
  private hasAgentBehind = false;
  private isTurnStopped = false;
  private planSlug: string | undefined;

  constructor(options: SessionOutputOptions) {
    this.options = options;
    this.mapper = new StreamMapper({
      now: () => options.clock.now(),
      hasMirror: options.hasMirror,
      readPlan: () => readPlanFile(this.planSlug, options.configDir),
    });
    this.silence = new SilenceWatch({
      clock: options.clock,
      onSilent: (ms) => this.setProblem(silentProblem(ms)),
      onSpoke: () => this.setProblem(undefined),
    });
    this.status = new StatusTracker({
      openRequest: () => this.mapper.requests.waitingFor,
      isPromptAwaited: () => this.mapper.prompts.isAwaited,
      onChange: (status, waitingFor) => this.changeStatus(status, waitingFor),
    });
  }

  /** Prompts and what became of them. */
  get prompts(): PromptMapper {
    return this.mapper.prompts;
  }

  /** Requests that wait for an answer now. */
  get requests(): OpenRequests {
    return this.mapper.requests;
  }

  /** Takes the next line. */
  take(line: SplitLine): void {
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
    this.endForms();
  }

  /** [U5] [U8] Nobody will fill in the forms that wait: their servers are told. */
  cancelForms(): readonly string[] {
    const { forms } = this.requests;
    for (const id of forms) {
      const response = elicitationResponse('cancel');
      this.options.post({
        type: 'control_response',
        response: { subtype: 'success', request_id: id, response },
      });
    }
    return forms;
  }

  /** No line comes any more. */
  end(): void {
    this.isOver = true;
    this.silence.dispose();
    for (const event of this.mapper.end()) this.handle(event);
  }

  /** Tells a problem; undefined takes back the one that was told. */
  setProblem(problem: AgentProblem | undefined): void {
    if (problem === undefined && !this.hasProblem) return;
    this.hasProblem = problem !== undefined;
    this.options.emit({ kind: 'problem', problem });
  }

  private garbage(line: SplitLine): void {
    const { pid, clock, log } = this.options;
    this.garbled += 1;
    const isTooLong = line.kind === 'too-long';
    log.warn('unreadable output', { kind: line.kind, bytes: line.bytes });
    this.notice(
      `garbled:${pid}:${clock.now()}:${this.garbled}`,
      'garbled-output',
      isTooLong
        ? say`Claude Code wrote a line of ${line.bytes} bytes; it was left out.`
        : say`Claude Code wrote a line that is not JSON; it was left out.`,
    );
    if (this.garbled === GARBLED_LIMIT) {
      this.setProblem(protocolProblem(say`its output is not stream-json.`));
    }
  }

  /** What a line means for the process itself, beside its events. */
  private watch(line: OutLine): void {
    this.status.watch(line);
    switch (line.type) {
      case 'control_response':
        this.options.accept(line.response);
        return;
      case 'control_request':
        if (!this.requests.understands(line)) this.refuse(line);
        return;
      case 'transcript_mirror': {
        const uuids: string[] = [];
        for (const entry of line.entries) {
          const slug = jsonField(entry, 'slug');
          if (typeof slug === 'string') this.planSlug = slug;
          const uuid = jsonField(entry, 'uuid');
          if (typeof uuid === 'string') uuids.push(uuid);
        }
        const conversation = CONVERSATION_FILE.exec(line.filePath)?.[1];
        if (conversation !== undefined) this.options.onDidWrite({ conversation, uuids });
        return;
      }
      default:
    }
  }

  /** Without an answer the CLI would wait for ever. */
  private refuse(line: ControlRequestLine): void {
    this.options.post({
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
      say`Claude Code asked for something that can only be answered in a terminal (${line.request.subtype}); it was refused.`,
    );
  }

  private notice(id: string, code: string, words: Words): void {
    const at = this.options.clock.now();
    const entry = { kind: 'notice', id, at, level: 'warning', code, ...saidText(words) } as const;
    this.options.emit({ kind: 'entry', entry });
  }

  private changeStatus(status: SessionStatus, waitingFor: string | undefined): void {
    this.silence.state({ running: status === 'working', waiting: status === 'waiting' });
    this.options.emit({ kind: 'status', status, ...omitUndefined({ waitingFor }) });
  }

  private handle(event: AgentEvent): void {
    switch (event.kind) {
      case 'status':
        this.status.told(event.status);
        return;
      case 'request-withdrawn':
        if (!this.isOver) this.status.resume();
        break;
      case 'entry': {
        const { entry } = event;
        if (entry.kind === 'tool-call') this.silence.toolStarted(entry.callId);
        if (entry.kind === 'tool-result') this.silence.toolEnded(entry.callId);
        if (entry.kind === 'turn') this.isTurnStopped = entry.outcome === 'interrupted';
        break;
      }
      case 'tasks':
        this.hasAgentBehind = event.tasks.some(({ kind }) => kind === 'agent');
        break;
      default:
    }
    this.options.emit(event);
  }

  /** [U8] Versions before 2.1.287 keep forms of a turn that is over; those of agents behind the conversation go on. */
  private endForms(): void {
    if (!this.isTurnStopped) return;
    this.isTurnStopped = false;
    if (this.hasAgentBehind) return;
    for (const id of this.cancelForms()) {
      const gone = this.requests.withdraw(id, 'The turn was stopped.');
      for (const event of gone) this.handle(event);
    }
  }
}
