// A scripted stand-in for the model: the Messages API on loopback, so that everything but the model is real.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../src/base/ids.ts';
import { assertNever } from '../../src/base/assert.ts';
import { type ModelRequest, modelRequestSchema, promptState } from './demoRequest.ts';
import { failureAnswer, STREAM_ERROR } from './demoFailure.ts';
import type { Reply, ReplyBlock } from './demoReply.ts';
import { replyTo } from './demoScript.ts';

/** One request as the model saw it. */
export interface SeenRequest {
  readonly at: number;
  readonly body: ModelRequest;
}

/** How the demo model runs. */
export interface DemoModelOptions {
  /** 0 = any. */
  readonly port?: number;
  /** Pause between two deltas unless a directive says otherwise. */
  readonly delayMs?: number;
  /** Called for every request that asks for an answer. */
  readonly onRequest?: (request: SeenRequest) => void;
}

/** A running demo model. */
export interface DemoModel {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  readonly port: number;
  /** The newest 100 requests for an answer, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Lets every answer that has begun and is held (`[[held:20]]`) go on to its end. */
  release(): void;
  close(): Promise<void>;
}

const KEPT_REQUESTS = 100;
const LONG_TEXT = 4000;
const MAX_PIECES = 100;

function pieces(text: string): readonly string[] {
  // A long text goes out in larger pieces, else it takes minutes.
  if (text.length > LONG_TEXT) return slices(text, Math.max(400, text.length / MAX_PIECES));
  return text.split(/(?<=\s)/);
}

function slices(text: string, maxChars: number): readonly string[] {
  const size = Math.ceil(maxChars);
  const count = Math.ceil(text.length / size);
  return Array.from({ length: count }, (_, i) => text.slice(i * size, (i + 1) * size));
}

function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

function plainBlock(block: ReplyBlock): unknown {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'thinking':
      return { type: 'thinking', thinking: block.text, signature: 'c2ln' };
    case 'stamp':
      return { type: 'text', text: `T0:${Date.now()}` };
    case 'tool':
      return { type: 'tool_use', id: block.id, name: block.name, input: block.input };
    default:
      return assertNever(block);
  }
}

interface Deltas {
  readonly start: unknown;
  readonly deltas: Iterable<unknown>;
}

function* stamps(count: number): Generator<unknown> {
  for (let i = 0; i < count; i += 1) yield { type: 'text_delta', text: `T${i}:${Date.now()} ` };
}

function deltasOf(block: ReplyBlock): Deltas {
  switch (block.kind) {
    case 'text':
      return {
        start: { type: 'text', text: '' },
        deltas: pieces(block.text).map((text) => ({ type: 'text_delta', text })),
      };
    case 'stamp':
      return { start: { type: 'text', text: '' }, deltas: stamps(block.count) };
    case 'thinking':
      return {
        start: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          ...pieces(block.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature: 'c2ln' },
        ],
      };
    case 'tool':
      return {
        start: { type: 'tool_use', id: block.id, name: block.name, input: {} },
        deltas: (JSON.stringify(block.input).match(/[\s\S]{1,400}/g) ?? []).map((text) => ({
          type: 'input_json_delta',
          partial_json: text,
        })),
      };
    default:
      return assertNever(block);
  }
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of req) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Streams an answer to its end, or to that of the connection; `held` resolves when it may go on. */
async function stream(
  res: ServerResponse,
  message: object,
  reply: Reply,
  options: { readonly delayMs: number; readonly held: Promise<unknown> },
): Promise<void> {
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    res.on('close', () => {
      isClosed = true;
      resolve();
    });
  });
  let sent = 0;
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (type: string, data: object): void => {
    res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  send('message_start', { message });
  for (const [index, block] of reply.blocks.entries()) {
    const { start, deltas } = deltasOf(block);
    send('content_block_start', { index, content_block: start });
    for (const delta of deltas) {
      if (sent === reply.holdAfter) await Promise.race([options.held, closed]);
      if (isClosed) return;
      if (sent === reply.cutAfter) return void res.destroy();
      if (sent === reply.failAfter) {
        send('error', STREAM_ERROR);
        return void res.end();
      }
      send('content_block_delta', { index, delta });
      sent += 1;
      await pause(reply.delayMs ?? options.delayMs);
    }
    send('content_block_stop', { index });
  }
  const output_tokens = Math.ceil(JSON.stringify(reply.blocks).length / 4);
  send('message_delta', {
    delta: { stop_reason: stopReason(reply), stop_sequence: null },
    usage: { output_tokens },
  });
  send('message_stop', {});
  res.end();
}

function stopReason(reply: Reply): string {
  if (reply.isFull === true) return 'max_tokens';
  return reply.blocks.some(({ kind }) => kind === 'tool') ? 'tool_use' : 'end_turn';
}

/** Starts a demo model on loopback. */
export async function startDemoModel(options: DemoModelOptions = {}): Promise<DemoModel> {
  const requests: SeenRequest[] = [];
  const cuts = new Set<string>();
  const failures = new Map<string, number>();
  const holds = new Set<() => void>();
  const delayMs = options.delayMs ?? 5;

  /** Whether this request is one of the `times` that fail. */
  const fails = (key: string, reply: Reply): boolean => {
    if (reply.failure === undefined) return false;
    const count = (failures.get(key) ?? 0) + 1;
    if (count <= reply.failure.times) failures.set(key, count);
    else failures.delete(key);
    return count <= reply.failure.times;
  };

  /** A connection breaks once: asked again, the answer is whole. */
  const onceCut = (key: string, reply: Reply): Reply => {
    if (reply.cutAfter === undefined) return reply;
    const { cutAfter: _, ...whole } = reply;
    if (!cuts.delete(key)) cuts.add(key);
    return cuts.has(key) ? reply : whole;
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    const raw = await readBody(req);
    if (req.method === 'HEAD' || path === '/') return sendJson(res, 200, {});
    if (path.endsWith('/count_tokens')) {
      return sendJson(res, 200, { input_tokens: Math.ceil(raw.length / 4) });
    }
    if (!path.endsWith('/v1/messages')) {
      const error = { type: 'not_found_error', message: `demo model: no ${path}` };
      return sendJson(res, 404, { type: 'error', error });
    }
    const body = modelRequestSchema.parse(JSON.parse(raw));
    const seen = { at: Date.now(), body };
    requests.push(seen);
    if (requests.length > KEPT_REQUESTS) requests.shift();
    options.onRequest?.(seen);
    const state = promptState(body);
    const key = `${state.prompt}#${body.messages.length}`;
    const whole = onceCut(key, replyTo(state));
    const isFailing = fails(key, whole);
    const isWhole = whole.failAfter === undefined || body.stream !== true;
    if (whole.failure && isFailing && isWhole) {
      const { status, headers, error } = failureAnswer(whole.failure, seen.at);
      return sendJson(res, status, { type: 'error', error }, headers);
    }
    const reply = isFailing ? whole : { ...whole, failAfter: undefined };
    const message = {
      id: `msg_demo${newId()}`,
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: body.stream ? [] : reply.blocks.map(plainBlock),
      stop_reason: body.stream ? null : stopReason(reply),
      stop_sequence: null,
      usage: {
        input_tokens: reply.inputTokens ?? Math.ceil(raw.length / 4),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 1,
      },
    };
    if (!body.stream) return sendJson(res, 200, message);
    const held = new Promise<void>((resolve) => {
      holds.add(resolve);
      res.on('close', () => holds.delete(resolve));
    });
    return stream(res, message, reply, { delayMs, held });
  }

  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (res.headersSent) res.destroy();
      else sendJson(res, 400, { type: 'error', error: { type: 'invalid_request_error', message } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    release() {
      for (const goOn of holds) goOn();
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
