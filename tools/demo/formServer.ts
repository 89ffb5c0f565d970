// A tiny MCP server over standard input and output whose one tool asks the person: for tests of forms.
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { FORMS } from './forms.ts';

type Message = Readonly<Record<string, unknown>>;

/** Every answer is written there, for who wants to know what it was told at the end. */
const answersFile = process.env['FORMS_ANSWERS'];
/** Of questions that wait for an answer: what becomes of the tool call that asked. */
const open = new Map<number, (answer: Message) => void>();
let lastId = 100;

function send(message: Message): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function isRecord(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Asks the client; the whole answer, result or error. */
function ask(params: unknown): Promise<Message> {
  lastId += 1;
  const id = lastId;
  send({ id, method: 'elicitation/create', params });
  return new Promise((resolve) => open.set(id, resolve));
}

async function callTool(id: unknown, name: unknown, args: Message): Promise<void> {
  const given = typeof args['form'] === 'string' ? FORMS[args['form']] : args['params'];
  const times = name === 'ask_twice' ? 2 : 1;
  const answers = Array.from({ length: times }, () => ask(given));
  if (name === 'ask_and_die') {
    process.stdout.write('', () => process.exit(3));
    return;
  }
  const told = await Promise.all(answers);
  const text = told.map((one) => JSON.stringify(one['result'] ?? one['error'])).join('\n');
  send({ id, result: { content: [{ type: 'text', text }] } });
}

function take(message: Message): void {
  const { id, method, params } = message;
  if (typeof method !== 'string') {
    const settle = typeof id === 'number' ? open.get(id) : undefined;
    if (typeof id === 'number') open.delete(id);
    if (answersFile !== undefined)
      appendFileSync(answersFile, `${JSON.stringify(message['result'])}\n`);
    settle?.(message);
    return;
  }
  const given = isRecord(params) ? params : {};
  switch (method) {
    case 'initialize': {
      const serverInfo = { name: 'forms', version: '1.0.0' };
      const protocolVersion = given['protocolVersion'];
      send({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
      return;
    }
    case 'tools/list': {
      const inputSchema = { type: 'object', properties: { form: { type: 'string' } } };
      const tools = ['ask', 'ask_twice', 'ask_and_die'].map((name) => ({
        ...{ name, description: 'Asks the person.', inputSchema },
      }));
      send({ id, result: { tools } });
      return;
    }
    case 'tools/call': {
      const args = isRecord(given['arguments']) ? given['arguments'] : {};
      void callTool(id, given['name'], args);
      return;
    }
    default:
      if (id !== undefined) send({ id, result: {} });
  }
}

const pidFile = process.env['FORMS_PID'];
if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
// Whoever runs it lets it take back what it asks, or say that all is done at its address.
process.on('SIGUSR2', () => {
  for (const requestId of open.keys()) {
    send({ method: 'notifications/cancelled', params: { requestId, reason: 'no longer needed' } });
  }
});
process.on('SIGURG', () => {
  send({ method: 'notifications/elicitation/complete', params: { elicitationId: 'e-1' } });
});
// What was written to it before its end is read: it ends with its input, not with a signal.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', (line) => {
  const message: unknown = JSON.parse(line);
  if (isRecord(message)) take(message);
});
