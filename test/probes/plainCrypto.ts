// WebCrypto for runs about order alone: signatures and seals that hold against no attacker, made at once.
import { createHash } from 'node:crypto';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { subtlePrototype } from './subtlePrototype.ts';
import type { Disposable } from '../../src/base/disposable.ts';

const TAG_BYTES = 16;

/** Both halves of a pair have the same bytes. */
interface PlainKey {
  readonly bytes: Uint8Array;
}

type Bytes = Uint8Array | ArrayBuffer;

interface Parameters {
  readonly iv?: Bytes;
  readonly additionalData?: Bytes;
  readonly salt?: Bytes;
  readonly info?: Bytes;
  readonly public?: PlainKey;
}

const viewOf = (bytes: Bytes): Uint8Array =>
  bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);

function hash(kind: 'sha256' | 'sha512', ...parts: readonly (Bytes | undefined)[]): Uint8Array {
  const made = createHash(kind);
  for (const part of parts) {
    made.update(`${part?.byteLength ?? 0} `);
    if (part) made.update(viewOf(part));
  }
  return new Uint8Array(made.digest());
}

const methods = {
  generateKey: (): unknown => {
    const key: PlainKey = { bytes: crypto.getRandomValues(new Uint8Array(32)) };
    return { privateKey: key, publicKey: key };
  },
  importKey: (_format: string, bytes: Bytes): PlainKey => ({ bytes: viewOf(bytes).slice() }),
  exportKey: (_format: string, { bytes }: PlainKey): Uint8Array => bytes.slice(),
  digest: (_name: string, bytes: Bytes): Uint8Array =>
    new Uint8Array(createHash('sha256').update(viewOf(bytes)).digest()),
  sign: (_name: string, { bytes }: PlainKey, message: Bytes): Uint8Array =>
    hash('sha512', bytes, message),
  verify: (_name: string, { bytes }: PlainKey, signature: Bytes, message: Bytes): boolean =>
    Buffer.compare(viewOf(signature), hash('sha512', bytes, message)) === 0,
  deriveBits: (
    { salt, info, public: theirs }: Parameters,
    { bytes }: PlainKey,
    bits: number,
  ): Uint8Array => {
    // Of an exchange both sides find the same, whoever is which.
    const shared = theirs && bytes.map((byte, place) => byte ^ (theirs.bytes[place] ?? 0));
    return hash('sha512', shared ?? bytes, salt, info).slice(0, bits / 8);
  },
  encrypt: ({ iv, additionalData }: Parameters, { bytes }: PlainKey, text: Bytes): Uint8Array =>
    new Uint8Array(
      Buffer.concat([
        viewOf(text),
        hash('sha256', bytes, iv, additionalData, text).slice(0, TAG_BYTES),
      ]),
    ),
  decrypt: ({ iv, additionalData }: Parameters, { bytes }: PlainKey, sealed: Bytes): Uint8Array => {
    const text = viewOf(sealed).slice(0, -TAG_BYTES);
    const tag = hash('sha256', bytes, iv, additionalData, text).slice(0, TAG_BYTES);
    if (Buffer.compare(viewOf(sealed).slice(-TAG_BYTES), tag) !== 0)
      throw new Error('not sealed by this key');
    return text;
  },
};

/** Stands for WebCrypto until it is disposed. */
export class PlainCrypto implements Disposable {
  private readonly prototype = subtlePrototype();
  private readonly originals = Object.getOwnPropertyDescriptors(this.prototype);

  constructor() {
    for (const [name, method] of Object.entries(methods)) {
      const value = async (...args: unknown[]): Promise<unknown> => {
        const made: unknown = Reflect.apply(method, undefined, args);
        return made instanceof Uint8Array ? made.buffer : made;
      };
      Object.defineProperty(this.prototype, name, { configurable: true, writable: true, value });
    }
  }

  /** Resolves when everything that can follow without time has followed. */
  idle(): Promise<void> {
    return turnOfLoop();
  }

  dispose(): void {
    for (const [name, known] of Object.entries(this.originals)) {
      Object.defineProperty(this.prototype, name, known);
    }
  }
}
