// The extension's settings, read and checked when they are used.
import * as vscode from 'vscode';
import { jsonCut } from '../base/jsonText.ts';
import { PRODUCT_ID } from '../base/product.ts';
import { LIMITS } from '../protocol/limits.ts';

/** Kinds of notifications that can be turned off. */
export type NoticeKind = 'knock' | 'controlRequest' | 'waiting' | 'hostLost';

/** Typed access to the settings; nothing is cached. */
export const settings = {
  /** Name that others see; empty = the default of this device. */
  name: (): string => jsonCut(text('name').trim(), LIMITS.nameBytes),
  claudePath: (): string => text('claudePath').trim(),
  relayUrl: (): string => text('relay.url').trim(),
  /** [Q2] The owner's prompts go into a turn that runs. */
  sendsNow: (): boolean => read('promptsWhileWorking') === 'sendNow',
  isSharingEnabled: (): boolean => read('sharing.enabled') !== false,
  isNoticeEnabled: (kind: NoticeKind): boolean => read(`notifications.${kind}`) !== false,
  async turnOffNotice(kind: NoticeKind): Promise<void> {
    await vscode.workspace
      .getConfiguration(PRODUCT_ID)
      .update(`notifications.${kind}`, false, vscode.ConfigurationTarget.Global);
  },
  async setName(name: string): Promise<void> {
    await vscode.workspace
      .getConfiguration(PRODUCT_ID)
      .update('name', name, vscode.ConfigurationTarget.Global);
  },
  async setRelayUrl(url: string): Promise<void> {
    await vscode.workspace
      .getConfiguration(PRODUCT_ID)
      .update('relay.url', url, vscode.ConfigurationTarget.Global);
  },
} as const;

function read(key: string): unknown {
  return vscode.workspace.getConfiguration(PRODUCT_ID).get<unknown>(key);
}

function text(key: string): string {
  const value = read(key);
  return typeof value === 'string' ? value : '';
}
