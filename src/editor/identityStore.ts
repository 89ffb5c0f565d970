// The identity of this device: made once, kept in the editor's secret storage.
import type { SecretStorage } from 'vscode';
import {
  createIdentity,
  exportIdentity,
  type Identity,
  importIdentity,
} from '../crypto/identity.ts';
import { errorText, type Logger } from '../base/log.ts';

const KEY = 'identity';

/** Gives the device's identity; one that cannot be kept lasts until the window closes. */
export class IdentityStore {
  private readonly secrets: SecretStorage;
  private readonly log: Logger;
  private identity: Promise<Identity> | undefined;

  constructor(options: { readonly secrets: SecretStorage; readonly log: Logger }) {
    this.secrets = options.secrets;
    this.log = options.log;
  }

  /** The same identity at every call and in every window of this device. */
  get(): Promise<Identity> {
    this.identity ??= this.load();
    return this.identity;
  }

  private async load(): Promise<Identity> {
    const known = await this.read();
    if (known) return known;
    const made = await createIdentity();
    try {
      await this.secrets.store(KEY, await exportIdentity(made));
      // Two windows may make one at the same time: both take the one that stayed.
      return (await this.read()) ?? made;
    } catch (error) {
      this.log.warn('identity cannot be kept', { error: errorText(error) });
      return made;
    }
  }

  private async read(): Promise<Identity | undefined> {
    try {
      const text = await this.secrets.get(KEY);
      return text === undefined ? undefined : await importIdentity(text);
    } catch (error) {
      this.log.warn('identity cannot be read', { error: errorText(error) });
      return undefined;
    }
  }
}
