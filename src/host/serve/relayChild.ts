// The relay of this computer: a child process of the session host, started again whenever it ends.
import { say, verbatim } from '../../base/say.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { backoffDelayMs } from '../../base/backoff.ts';
import { toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { parseJson } from '../../protocol/json.ts';
import { heardText, saidPartsSchema } from '../../protocol/said.ts';
import { relayChildFailed, relayPortTaken } from '../errors.ts';
import { isAppError } from '../../base/errors.ts';

/** What a relay child needs. */
export interface RelayChildOptions {
  /** Program and arguments that run the relay in its child mode. */
  readonly command: readonly [string, ...string[]];
  readonly dataDir: string;
  /** Port of the last time, so that forwarded ports and links stay good; another one if it is taken. */
  readonly preferredPort: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** Where the relay is now. */
export interface ServedRelay {
  /** ws:// address without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Only who knows it may open rooms; new per start of the relay. */
  readonly accessKey: string;
}

const lineSchema = z.union([
  z.object({ ready: z.literal(true), url: z.string() }),
  z.object({
    ready: z.literal(false),
    code: z.string(),
    message: z.string(),
    said: z.optional(saidPartsSchema),
  }),
]);

const READY_MS = 20_000;
/** A relay that ran this long gets its next start without delay. */
const STEADY_MS = 60_000;

/** Keeps a relay process running. */
export class RelayChild {
  private readonly options: RelayChildOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = new Emitter<ServedRelay>();
  private readonly hosts = new Set<string>();
  private child: ChildProcess | undefined;
  private current: ServedRelay | undefined;
  private retry: Disposable | undefined;
  private attempt = 0;
  private isClosed = false;

  private constructor(options: RelayChildOptions) {
    this.options = options;
    this.disposables.add(this.changed);
  }

  /** Starts it and waits until it is ready. Throws AppError 'relay-unreachable'. */
  static async start(options: RelayChildOptions): Promise<RelayChild> {
    const relay = new RelayChild(options);
    try {
      relay.current = await relay.launch(options.preferredPort);
    } catch (error) {
      await relay.close();
      if (isAppError(error, 'relay-unreachable')) throw error;
      throw relayChildFailed(error instanceof Error ? error : verbatim(errorText(error)));
    }
    return relay;
  }

  /** Fires when it was started again; the access key differs, the address too if its port was taken. */
  get onDidChange(): Event<ServedRelay> {
    return this.changed.event;
  }

  get address(): ServedRelay {
    if (this.current === undefined) throw new Error('invariant: relay not started');
    return this.current;
  }

  /** Pid of the process, for tests that end it. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Makes it answer under the host name of `url` too (a tunnel, a proxy). */
  allowHostOf(url: string): void {
    this.hosts.add(url);
    this.send({ allowHostOf: url });
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.retry?.dispose();
    this.disposables.dispose();
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = this.options.clock.after(3000, () => child.kill('SIGKILL'));
      child.once('exit', () => {
        timer.dispose();
        resolve();
      });
      child.stdin?.end();
    });
  }

  private send(message: object): void {
    this.child?.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Tries the port; a busy one gives way to any free one. */
  private async launch(port: number): Promise<ServedRelay> {
    try {
      return await this.launchOnce(port);
    } catch (error) {
      if (!isAppError(error, 'port-busy') || port === 0 || this.isClosed) throw error;
      this.options.log.warn('relay port is taken, using another', { port });
      return this.launchOnce(0);
    }
  }

  private launchOnce(port: number): Promise<ServedRelay> {
    const { clock, command, dataDir, log } = this.options;
    const [program, ...args] = command;
    const accessKey = toBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(32)));
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      env: relayEnvironment(process.env),
    });
    this.child = child;
    const startedAt = clock.monotonic();
    child.stdin.on('error', () => undefined);
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => log.info('relay', { said: text.trim().slice(-300) }));
    this.send({ port, dataDir, accessKey });
    for (const url of this.hosts) this.send({ allowHostOf: url });
    return new Promise((resolve, reject) => {
      let isReady = false;
      const timer = clock.after(READY_MS, () => {
        child.kill('SIGKILL');
        reject(relayChildFailed(say`not ready within ${READY_MS / 1000} s`));
      });
      child.on('error', (error) => {
        timer.dispose();
        reject(error);
      });
      child.on('exit', (code) => {
        timer.dispose();
        if (!isReady) reject(relayChildFailed(say`it ended at once (code ${String(code)})`));
        else if (!this.isClosed) this.restartLater(clock.monotonic() - startedAt);
      });
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = lineSchema.safeParse(parseJson(text)).data;
        if (line === undefined || isReady) return;
        timer.dispose();
        if (!line.ready) {
          reject(
            line.code === 'port-busy'
              ? relayPortTaken()
              : relayChildFailed(heardText(line.message, line.said)),
          );
          return;
        }
        isReady = true;
        const url = line.url.replace(/\/+$/, '');
        resolve({ url, port: Number(new URL(url).port), accessKey });
      });
    });
  }

  private restartLater(ranMs: number): void {
    const { clock, log, random = Math.random } = this.options;
    this.attempt = ranMs > STEADY_MS ? 0 : this.attempt + 1;
    const backoff = { firstMs: 100, maxMs: 10_000, random };
    const delayMs = this.attempt === 0 ? 0 : backoffDelayMs(this.attempt - 1, backoff);
    log.warn('relay ended, starting it again', { delayMs: Math.round(delayMs) });
    this.retry = clock.after(delayMs, () => {
      this.launch(this.address.port).then(
        (address) => {
          this.current = address;
          this.changed.fire(address);
        },
        (error: unknown) => {
          log.error('relay cannot be started', { error: errorText(error) });
          if (!this.isClosed) this.restartLater(0);
        },
      );
    });
  }
}

/** What a Node process needs; the keys and tokens of the user's environment are none of the relay's business. */
const RELAY_VARIABLES =
  /^(PATH|SystemRoot|TEMP|TMP|TMPDIR|LANG|TZ|ELECTRON_RUN_AS_NODE|TWINHELM_.*)$/i;

function relayEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => RELAY_VARIABLES.test(name)));
}
