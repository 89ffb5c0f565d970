// The identity of this device: made once, kept where only its owner reads.
import {
  createIdentity,
  exportIdentity,
  type Identity,
  importIdentity,
} from '../../crypto/identity.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { SecretStorage } from '../storage.ts';

const KEY = 'identity';

/** Where the one identity of a device is kept. */
export interface IdentityStorage {
  /** The kept text; undefined if there is none yet. Rejects if it cannot be read now. */
  read(): PromiseLike<string | undefined>;
  /** Keeps a text, and gives what is there then: another window may have been first. */
  keep(text: string): PromiseLike<string | undefined>;
}

/** What can be wrong with the kept identity; `error` says why. */
export interface IdentityTrouble {
  readonly kind: 'unreadable' | 'damaged' | 'not-kept';
  readonly error: unknown;
}

/** Gives the device's identity, the same at every call and in every window. */
export class IdentityStore {
  private readonly storage: IdentityStorage;
  private readonly onTrouble: (trouble: IdentityTrouble) => void;
  private identity: Promise<Identity> | undefined;

  /**
   * `onTrouble` may throw: then there is no identity. Otherwise one is made: in place of a damaged
   * one, or where it cannot be read or kept, for as long as this store lives.
   */
  constructor(options: {
    readonly storage: IdentityStorage;
    readonly onTrouble: (trouble: IdentityTrouble) => void;
  }) {
    this.storage = options.storage;
    this.onTrouble = options.onTrouble;
  }

  get(): Promise<Identity> {
    this.identity ??= this.load();
    return this.identity;
  }

  private async load(): Promise<Identity> {
    let text: string | undefined;
    try {
      text = await this.storage.read();
    } catch (error) {
      // A storage that is locked now may open later: the identity in it must not be replaced.
      this.onTrouble({ kind: 'unreadable', error });
      return createIdentity();
    }
    return (await this.identityOf(text)) ?? this.make();
  }

  private async make(): Promise<Identity> {
    const made = await createIdentity();
    const text = await exportIdentity(made);
    let kept: string | undefined;
    try {
      kept = await this.storage.keep(text);
    } catch (error) {
      this.onTrouble({ kind: 'not-kept', error });
      return made;
    }
    // Two windows may make one at the same time: both take the one that stayed.
    return kept === text ? made : ((await this.identityOf(kept)) ?? made);
  }

  private async identityOf(text: string | undefined): Promise<Identity | undefined> {
    if (text === undefined) return undefined;
    let error: unknown;
    const identity = await importIdentity(text).catch((thrown: unknown) => {
      error = thrown;
      return undefined;
    });
    if (!identity) this.onTrouble({ kind: 'damaged', error });
    return identity;
  }
}

/** Keeps the identity in a secret storage. */
export function identitySecret(secrets: SecretStorage): IdentityStorage {
  return {
    read: () => secrets.get(KEY),
    async keep(text) {
      await secrets.store(KEY, text);
      return secrets.get(KEY);
    },
  };
}

/** For a window: it goes on with an identity of its own, and the log tells why. */
export function logTrouble(log: Logger): (trouble: IdentityTrouble) => void {
  return ({ kind, error }) =>
    log.warn('the kept identity cannot be used', {
      kind,
      error: error === undefined ? undefined : errorText(error),
    });
}
