// WebCrypto whose results come one by one, in the order of the calls: threads decide nothing.
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { subtlePrototype } from './subtlePrototype.ts';
import type { Disposable } from '../../src/base/disposable.ts';

interface Outstanding {
  readonly settled: Promise<unknown>;
  readonly deliver: () => void;
}

/** Work outside of the event loop, until the result is disposed. */
export class OrderedCrypto implements Disposable {
  private readonly outstanding: Outstanding[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly originals = new Map<string, PropertyDescriptor>();
  private isPumping = false;

  constructor() {
    const { subtle } = globalThis.crypto;
    const prototype = subtlePrototype();
    for (const [name, known] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const method: unknown = known.value;
      if (name === 'constructor' || typeof method !== 'function') continue;
      this.originals.set(name, known);
      // Every method of WebCrypto returns a promise.
      const value = (...args: unknown[]): Promise<unknown> =>
        this.deliver(Reflect.apply(method, subtle, args) as Promise<unknown>);
      Object.defineProperty(prototype, name, { ...known, value });
    }
  }

  /** Delivers a result after those of all earlier calls, when everything that these led to was done. */
  deliver<T>(result: Promise<T>): Promise<T> {
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    return new Promise((resolve) => {
      this.outstanding.push({ settled, deliver: () => resolve(result) });
      if (!this.isPumping) void this.pump();
    });
  }

  /** Resolves when nothing is under way and everything that can follow without time has followed. */
  async idle(): Promise<void> {
    do {
      await turnOfLoop();
      if (this.isPumping) await new Promise<void>((resolve) => this.waiting.push(resolve));
    } while (this.isPumping);
  }

  dispose(): void {
    const prototype: object = Object.getPrototypeOf(globalThis.crypto.subtle);
    for (const [name, known] of this.originals) Object.defineProperty(prototype, name, known);
  }

  private async pump(): Promise<void> {
    this.isPumping = true;
    for (let next = this.outstanding.shift(); next; next = this.outstanding.shift()) {
      await next.settled;
      await turnOfLoop();
      next.deliver();
      await turnOfLoop();
    }
    this.isPumping = false;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
