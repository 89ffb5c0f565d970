// Random numbers of a run that can be repeated by its seed, also where the code asks the runtime for them.
import * as Y from 'yjs';
import type { Disposable } from '../../src/base/disposable.ts';

/** The random numbers of a run: mulberry32, each in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ids, nonces and Yjs clients come from `random` until the result is disposed. Pairs of keys do not. */
export function seedRuntime(random: () => number): Disposable {
  const { crypto } = globalThis;

  Object.defineProperty(crypto, 'getRandomValues', {
    configurable: true,
    value<T extends Uint8Array>(bytes: T): T {
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(random() * 256);
      return bytes;
    },
  });
  // A document draws its client in its constructor, by numbers that nobody can give it.
  Object.defineProperty(Y.Doc.prototype, 'clientID', {
    configurable: true,
    set(this: Y.Doc) {
      const value = Math.floor(random() * 2 ** 32);
      Object.defineProperty(this, 'clientID', { value, writable: true, enumerable: true });
    },
  });
  return {
    dispose: () => {
      Reflect.deleteProperty(crypto, 'getRandomValues');
      Reflect.deleteProperty(Y.Doc.prototype, 'clientID');
    },
  };
}
