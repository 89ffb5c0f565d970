// Notices that this computer has another network: Node tells nobody.
import type { NetworkInterfaceInfo } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';

/** How often the addresses are read; reading takes a tenth of a millisecond. */
const LOOK_MS = 3_000;

/** What it needs. */
export interface NetworkChangeOptions {
  readonly clock: Clock;
  /** The addresses of this computer: `networkInterfaces` of node:os; may throw. */
  readonly interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
}

/** Tells when there is an address that was not there before: what was open may go by a way that is gone. */
export class NetworkChange implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly options: NetworkChangeOptions;
  private known: ReadonlySet<string>;

  readonly onDidChange = this.changed.event;

  constructor(options: NetworkChangeOptions) {
    this.options = options;
    this.known = this.read();
    this.disposables.add(options.clock.every(LOOK_MS, () => this.look()));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private look(): void {
    const now = this.read();
    const isNew = [...now].some((address) => !this.known.has(address));
    this.known = now;
    if (isNew) this.changed.fire();
  }

  /** Addresses by which others can be reached: containers and virtual machines come and go by the others. */
  private read(): ReadonlySet<string> {
    try {
      const all = Object.entries(this.options.interfaces()).flatMap(([name, addresses = []]) =>
        addresses.flatMap(({ address, internal }) =>
          internal || address.startsWith('fe80:') ? [] : [`${name} ${address}`],
        ),
      );
      return new Set(all);
    } catch {
      return this.known ?? new Set();
    }
  }
}
