// A bare stream-json conversation with the real CLI, every line kept: for recordings, not for the product.
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { type Json, parseJson } from '../../src/protocol/json.ts';

/** One recorded line. */
export interface WireLine {
  readonly dir: 'in' | 'out' | 'step';
  readonly m: Json;
}

const lineSchema = z.looseObject({
  type: z.string(),
  request_id: z.optional(z.string()),
  request: z.optional(z.looseObject({ subtype: z.string(), input: z.optional(z.json()) })),
  response: z.optional(z.looseObject({ request_id: z.optional(z.string()) })),
  event: z.optional(z.looseObject({ type: z.string() })),
  message: z.optional(z.looseObject({ content: z.json() })),
  session_id: z.optional(z.string()),
});

/** A line of output, loosely read. */
export type RecordedLine = z.infer<typeof lineSchema>;

const TIMEOUT_MS = 30_000;

/** Drives one child. */
export class ClaudeWire {
  readonly lines: WireLine[] = [];
  /** Called for each question of the CLI; default: nothing is answered. */
  onRequest: (line: RecordedLine) => void = () => {};
  private readonly child;
  private readonly waiting = new Set<(line: RecordedLine) => void>();
  private readonly ended: Promise<void>;
  private requests = 0;
  private isOver = false;

  constructor(options: {
    readonly path: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  }) {
    this.child = spawn(options.path, [...options.args], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', () => {
        this.isOver = true;
        resolve();
      });
    });
    this.child.on('error', () => undefined);
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (text) => this.take(text));
  }

  /** Marks the beginning of a scene in the recording. */
  step(name: string): void {
    this.lines.push({ dir: 'step', m: name });
  }

  send(line: Json): void {
    this.lines.push({ dir: 'in', m: line });
    this.child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** Sends a prompt and returns its uuid. */
  prompt(content: Json, more: Readonly<Record<string, Json>> = {}): string {
    const uuid = randomUUID();
    this.send({
      type: 'user',
      message: { role: 'user', content },
      parent_tool_use_id: null,
      session_id: '',
      uuid,
      ...more,
    });
    return uuid;
  }

  /** Sends a prompt and waits for the end of its turn. */
  async turn(content: Json): Promise<void> {
    const result = this.until((line) => line.type === 'result', 'result');
    this.prompt(content);
    await result;
  }

  /** Sends a control request and waits for its answer. */
  async control(request: Readonly<Record<string, Json>>): Promise<void> {
    this.requests += 1;
    const id = `rec-${this.requests}`;
    const answer = this.until(
      (line) => line.type === 'control_response' && line.response?.request_id === id,
      `answer to ${JSON.stringify(request['subtype'])}`,
    );
    this.send({ type: 'control_request', request_id: id, request });
    await answer;
  }

  /** Answers a request of the CLI. */
  reply(line: RecordedLine, response: Json): void {
    this.send({
      type: 'control_response',
      response: { subtype: 'success', request_id: line.request_id ?? '', response },
    });
  }

  /** The next line for which `isIt` holds. */
  until(isIt: (line: RecordedLine) => boolean, what: string): Promise<RecordedLine> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`no ${what}`));
      }, TIMEOUT_MS);
      const look = (line: RecordedLine): void => {
        if (!isIt(line)) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(line);
      };
      this.waiting.add(look);
    });
  }

  /** Whether the child has ended. */
  get hasEnded(): boolean {
    return this.isOver;
  }

  /** Closes its input and waits for its end, which one that does not come to it is given. */
  async close(): Promise<void> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private take(text: string): void {
    const json = parseJson(text);
    if (json === undefined) return;
    this.lines.push({ dir: 'out', m: json });
    const line = lineSchema.parse(json);
    if (line.type === 'control_request') this.onRequest(line);
    for (const look of [...this.waiting]) look(line);
  }
}
