// A small MCP server on stdin and stdout, whose tools give every kind of result, and that has a prompt.
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';

const callSchema = z.looseObject({
  id: z.optional(z.union([z.string(), z.number()])),
  method: z.string(),
  params: z.optional(
    z.looseObject({ name: z.optional(z.string()), protocolVersion: z.optional(z.string()) }),
  ),
});

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const RESULTS: Readonly<Record<string, object>> = {
  text: { content: [{ type: 'text', text: 'words of a server' }] },
  picture: {
    content: [
      { type: 'text', text: 'a dot' },
      { type: 'image', mimeType: 'image/png', data: PIXEL },
    ],
  },
  structured: {
    content: [{ type: 'text', text: '{"degrees":7}' }],
    structuredContent: { degrees: 7 },
  },
  failing: { isError: true, content: [{ type: 'text', text: 'it did not work' }] },
};

function answer(method: string, name: string, protocolVersion: string): object | undefined {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion,
        capabilities: { tools: {}, prompts: {} },
        serverInfo: { name: 'probe', version: '1.0.0' },
      };
    case 'tools/list':
      return {
        tools: Object.keys(RESULTS).map((tool) => ({
          name: tool,
          description: `Gives ${tool}`,
          inputSchema: { type: 'object', properties: {} },
        })),
      };
    case 'tools/call':
      return RESULTS[name];
    case 'prompts/list':
      return { prompts: [{ name: 'greet', description: 'Greets' }] };
    case 'prompts/get': {
      const content = { type: 'text', text: 'A prompt of a server. [[text:greeted]]' };
      return { messages: [{ role: 'user', content }] };
    }
    case 'ping':
      return {};
    default:
      return undefined;
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const call = callSchema.parse(JSON.parse(line));
  if (call.id === undefined) return;
  const { name = '', protocolVersion = '2025-06-18' } = call.params ?? {};
  const result = answer(call.method, name, protocolVersion);
  const reply =
    result === undefined
      ? { error: { code: -32_601, message: `no ${call.method} ${name}` } }
      : { result };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: call.id, ...reply })}\n`);
});
