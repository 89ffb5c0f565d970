// A served room and `join` in this process, with streams of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { TINY_RULES } from '../agents/tinyAgent.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { joinCommand } from '../../src/cli/commands/joinCommand.ts';
import { roomMemoryFolder } from '../../src/cli/join/roomMemoryFolder.ts';
import { RoomMemories } from '../../src/client/rooms/roomMemories.ts';
import { type ScriptOutput, scriptOutputSchema } from '../../src/protocol/local/script.ts';
import type { Entry, EntryOf } from '../../src/protocol/transcript.ts';
import type { Relay } from '../../src/relay/server.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { sessionApp, SyncRig } from '../sync/syncRig.ts';
import { playedSession } from '../session/playedHandlers.ts';

/** What the host was told to carry out. */
export interface Executed {
  readonly kind: string;
  readonly args: unknown;
}

/** How `join` runs. */
export interface JoinRunOptions {
  readonly flags?: readonly string[];
  /** Somebody types: lines that come at once were pasted. */
  readonly hasKeyboard?: boolean;
  /** A home folder that is kept; default: a new one that goes with the run. */
  readonly home?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Another command than `join`. */
  readonly command?: (io: CliIo) => Promise<number>;
}

/** Everything of one test. */
export class JoinRig extends SyncRig {
  /** A relay and a room; `onPrompt` gets the text of every prompt. */
  async serve(onPrompt: (text: string) => unknown = () => undefined) {
    const relay = await this.relay();
    const executed: Executed[] = [];
    const blobs = new Map<string, string>();
    const room = await this.host(relay, {
      requestKind: () => 'permission',
      readBlob: (blob, offset) => {
        const bytes = Buffer.from(blobs.get(blob) ?? '');
        const ownerOnly = blob.startsWith('own');
        return { totalBytes: bytes.length, bytes: bytes.subarray(offset), ownerOnly };
      },
      commands: playedSession(async (accepted) => {
        executed.push({ kind: accepted.kind, args: accepted.args });
        if (accepted.kind === 'prompt') await onPrompt(accepted.args.text);
        return undefined;
      }),
    });
    return { relay, room, executed, blobs };
  }

  /** A link by which one may control at once. */
  controlLink(room: HostRoom, relay: Relay): Promise<string> {
    return this.invite(room, relay, { role: 'controller', allowControl: true });
  }

  /** Runs `join` in this process; its end is waited for with the rig's. */
  run(link: string, name: string, options: JoinRunOptions = {}) {
    const { clock = systemClock } = options;
    const home = options.home ?? mkdtempSync(join(tmpdir(), 'twinhelm-join-'));
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const stop = new AbortController();
    let text = '';
    stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    const memory = new RoomMemories({ storage: roomMemoryFolder(home), clock });
    const io: CliIo = {
      stdin,
      stdout,
      stderr: new PassThrough(),
      hasColours: false,
      hasKeyboard: options.hasKeyboard ?? false,
      columns: undefined,
      env: { TWINHELM_HOME: home },
      cwd: home,
      userHome: home,
      signal: stop.signal,
      clock,
      agentRules: TINY_RULES,
      memory,
      script: '',
      execPath: '',
    };
    const { flags = [], command = (to) => joinCommand.run([link, '--name', name, ...flags], to) } =
      options;
    const ended = command(io).finally(() => void memory.close());
    // A test that fails before it looks at the end tells that by itself.
    void ended.catch(() => undefined);
    this.own(async () => {
      stop.abort();
      await ended.catch(() => undefined);
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    });
    return {
      ended,
      stop: () => stop.abort(),
      say: (line: string) => stdin.write(`${line}\n`),
      write: (piece: string | Uint8Array) => stdin.write(piece),
      endInput: () => stdin.end(),
      text: () => text,
      until: (part: string) => waitForText(part, () => text),
      lines: (): ScriptOutput[] =>
        text
          .trim()
          .split('\n')
          .map((line) => scriptOutputSchema.parse(JSON.parse(line))),
    };
  }
}

async function waitForText(part: string, text: () => string): Promise<void> {
  await waitUntil(`“${part}”`, () => text().includes(part)).catch((error: unknown) => {
    throw new Error(`${String(error)} in:\n${text()}`, { cause: error });
  });
}

/** A permission that waits, or another request by `more`. */
export function requestEntry(requestId: string, more: Partial<EntryOf<'request'>> = {}): Entry {
  return {
    kind: 'request',
    id: `entry-${requestId}`,
    at: 1,
    requestId,
    request: 'permission',
    tool: 'Bash',
    input: { command: `run ${requestId}` },
    view: { family: 'shell', command: '/command' },
    inputHash: `hash-${requestId}`,
    ...more,
  };
}

/** Has requests wait for an answer. */
export function askFor(room: HostRoom, ...requests: readonly Entry[]): void {
  const placed = room.append(requests);
  room.setState({
    ...sessionApp({ status: 'waiting' }),
    pending: requests.flatMap((entry, i) =>
      entry.kind === 'request'
        ? [
            {
              requestId: entry.requestId,
              index: placed[i]?.index ?? 0,
              request: entry.request,
              tool: entry.tool,
              since: 1,
            },
          ]
        : [],
    ),
  });
}

/** What a command printed for owners alone; its blob's id begins with “own”. */
export function ownOutputEntry(blob: string): Entry {
  const cut = { tail: '', totalBytes: 1024, blob };
  return { kind: 'command', id: blob, at: 1, command: '', text: '', cut, ownerOnly: true };
}
