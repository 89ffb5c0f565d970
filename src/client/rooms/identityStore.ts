// The identity of this device: made once, kept in the editor's secret storage.
import type { SecretStorage } from 'vscode';
import {
  createIdentity,
  exportIdentity,
  type Identity,
  importIdentity,
} from '../../crypto/identity.ts';
import { errorText, type Logger } from '../../base/log.ts';

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
    let text: string | undefined;
    try {
      text = await this.secrets.get(KEY);
    } catch (error) {
      // A storage that is locked now may open later: the identity in it must not be replaced.
      this.log.warn('identity cannot be read', { error: errorText(error) });
      return createIdentity();
    }
    return (await this.identityOf(text)) ?? this.make();
  }

  private async make(): Promise<Identity> {
    const made = await createIdentity();
    try {
      await this.secrets.store(KEY, await exportIdentity(made));
      // Two windows may make one at the same time: both take the one that stayed.
      return (await this.identityOf(await this.secrets.get(KEY))) ?? made;
    } catch (error) {
      this.log.warn('identity cannot be kept', { error: errorText(error) });
      return made;
    }
  }

  private async identityOf(text: string | undefined): Promise<Identity | undefined> {
    if (text === undefined) return undefined;
    try {
      return await importIdentity(text);
    } catch (error) {
      this.log.warn('identity is damaged', { error: errorText(error) });
      return undefined;
    }
  }
}
