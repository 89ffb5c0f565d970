// Where a client keeps things: what it asks of VS Code's storages, of a page's, of a folder.
import type { Disposable } from '../base/disposable.ts';

/** JSON values by key. VS Code's `Memento` is one. */
export interface KeyValueStorage {
  keys(): readonly string[];
  /** What is kept, as it was given or as somebody else left it: to be parsed. */
  get(key: string): unknown;
  /** Keeps a value; `undefined` takes the key away. What was given is there at once, and for good later. */
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Small texts by name, shared by all windows of a computer; each is there whole, as before or as after. */
export interface TextFiles {
  list(): PromiseLike<readonly string[]>;
  /** Undefined: there is none. */
  read(name: string): PromiseLike<string | undefined>;
  write(name: string, text: string): PromiseLike<void>;
  remove(name: string): PromiseLike<void>;
}

/** Texts that nobody else may read, shared by all windows of a device. VS Code's `SecretStorage` is one. */
export interface SecretStorage {
  /** Rejects while the storage is locked. */
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  /** A key was written or taken away, here or in another window. */
  onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}
