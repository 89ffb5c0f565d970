// A reader of a WebSocket that costs next to nothing: it counts frames by their heads, so that what is measured is the server.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

const SYNC = 0;
const STEP_2 = 1;
const UPDATE = 2;

/** A reader of one document, admitted by a token where the server asks for one. */
export interface FrameReader {
  readonly socket: Socket;
  /** Updates that have come so far. */
  readonly updates: number;
  /** Answers to step 1: from the first on it is in the document. */
  readonly syncs: number;
}

/** Connects and asks for the document. Rejects if the server does not upgrade. */
export async function openReader(url: string, protocols: readonly string[]): Promise<FrameReader> {
  const { socket, head } = await upgrade(url, protocols);
  const counter = new FrameCounter();
  counter.take(head);
  socket.on('data', (chunk: Buffer) => counter.take(chunk));
  socket.on('error', () => undefined);
  // Step 1 with an empty state vector, masked by zeros.
  socket.write(Buffer.from([0x82, 0x80 | 4, 0, 0, 0, 0, SYNC, 0, 1, 0]));
  return {
    socket,
    get updates() {
      return counter.updates;
    },
    get syncs() {
      return counter.syncs;
    },
  };
}

function upgrade(
  url: string,
  protocols: readonly string[],
): Promise<{ readonly socket: Socket; readonly head: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...(protocols.length > 0 && { 'sec-websocket-protocol': protocols.join(', ') }),
    };
    request(url.replace(/^ws/, 'http'), { headers })
      .once('upgrade', (_response, socket, head) => {
        socket.setNoDelay(true);
        resolve({ socket, head });
      })
      .once('response', (response) => reject(new Error(`no upgrade: ${response.statusCode}`)))
      .once('error', reject)
      .end();
  });
}

/** Counts the frames of a server, which are not masked and here never in parts. */
class FrameCounter {
  updates = 0;
  syncs = 0;
  private rest: Buffer = Buffer.alloc(0);
  private skip = 0;

  take(chunk: Buffer): void {
    let data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const skipped = Math.min(this.skip, data.length);
    this.skip -= skipped;
    data = data.subarray(skipped);
    let at = 0;
    while (data.length - at >= 4) {
      const [head, length] = frameLength(data, at);
      if (data.length - at < head + Math.min(length, 2)) break;
      if (data[at] === 0x82 && data[at + head] === SYNC) {
        if (data[at + head + 1] === UPDATE) this.updates += 1;
        if (data[at + head + 1] === STEP_2) this.syncs += 1;
      }
      at += head + length;
    }
    this.skip = Math.max(0, at - data.length);
    this.rest = data.subarray(Math.min(at, data.length));
  }
}

/** Bytes of a frame's head and of what follows. A large one is not expected: its head is 10 bytes then. */
function frameLength(data: Buffer, at: number): readonly [number, number] {
  const short = (data[at + 1] ?? 0) & 0x7f;
  if (short < 126) return [2, short];
  if (short === 126) return [4, data.readUInt16BE(at + 2)];
  return [10, data.length - at < 10 ? Infinity : Number(data.readBigUInt64BE(at + 2))];
}
