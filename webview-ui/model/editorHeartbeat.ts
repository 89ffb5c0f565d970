// Whether the extension is there: a ping each second; three seconds without an answer mean no.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../../src/base/clock.ts';
import { type Disposable, DisposableStore } from '../../src/base/disposable.ts';
import type { UiPort } from '../port.ts';

const PING_MS = 1000;
const LOST_AFTER_MS = 3000;
// A page that was frozen or throttled has asked too seldom to judge: so many pings must be unanswered.
const LOST_AFTER_PINGS = 3;

/** Asks for the first state, and watches over the connection. */
export class EditorHeartbeat implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: { readonly port: UiPort; readonly clock: Clock };
  private readonly connected = signal(true);
  private sent = 0;
  private answered = 0;
  private answeredAt: number;
  private isInitialised = false;

  constructor(options: { readonly port: UiPort; readonly clock: Clock }) {
    this.options = options;
    this.answeredAt = options.clock.monotonic();
    options.port.post({ type: 'ready' });
    this.disposables.add(options.clock.every(PING_MS, () => this.tick()));
  }

  /** False while the extension does not answer: nothing that is typed would arrive. */
  get isConnected(): ReadonlySignal<boolean> {
    return this.connected;
  }

  /** The first state came. */
  handleInit(): void {
    this.isInitialised = true;
    this.handlePong(this.sent);
  }

  /** The extension answered ping `n`. */
  handlePong(n: number): void {
    this.answered = Math.max(this.answered, n);
    this.answeredAt = this.options.clock.monotonic();
    if (this.connected.value) return;
    this.connected.value = true;
    // It may be another extension process, which knows nothing of this page.
    this.options.port.post({ type: 'ready' });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private tick(): void {
    const silentMs = this.options.clock.monotonic() - this.answeredAt;
    if (silentMs >= LOST_AFTER_MS && this.sent - this.answered >= LOST_AFTER_PINGS) {
      this.connected.value = false;
    }
    this.sent++;
    this.options.port.post({ type: 'ping', n: this.sent });
    // Who listens may have begun after our first word.
    if (!this.isInitialised && this.sent % 3 === 0) this.options.port.post({ type: 'ready' });
  }
}
