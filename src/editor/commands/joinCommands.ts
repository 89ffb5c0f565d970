// Join and leave: a link is shown for what it is and confirmed before anything is sent.
import { errorMessage } from '../../client/translate.ts';
import { speech } from '../speech.ts';
import * as vscode from 'vscode';
import { PRODUCT_NAME } from '../../base/product.ts';
import { isAppError } from '../../base/errors.ts';
import { textBytes } from '../../base/jsonText.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { JoinedSession } from '../../client/rooms/joinedSessions.ts';
import type { SharedRoom } from '../../client/rooms/sharedRoom.ts';
import { type InviteLink, parseLink } from '../../protocol/link.ts';
import type { App } from '../app.ts';
import { plainText } from '../plainText.ts';
import { reportError } from '../report.ts';
import { settings } from '../settings.ts';
import { isLoopbackRelay } from './loopbackRelay.ts';
import { targetSession } from './target.ts';

/** Joins by a pasted link. */
export async function joinWithLink(app: App): Promise<void> {
  const { t } = vscode.l10n;
  const text = await vscode.window.showInputBox({
    title: t('Join a session'),
    prompt: t('Paste the link that you were given'),
    placeHolder: 'https://…/join#…',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? undefined : problemOf(value)),
  });
  if (text !== undefined && text.trim() !== '') await confirmAndJoin(app, text);
}

/** Shows what a link leads to, and joins only after a yes: links come from anywhere. */
export async function confirmAndJoin(app: App, text: string): Promise<void> {
  const { t } = vscode.l10n;
  const link = parseLink(text);
  const join = t('Join');
  const choice = await vscode.window.showInformationMessage(
    question(link),
    { modal: true, detail: explanation(link) },
    join,
  );
  if (choice === join && (await hasName(app))) await joinNow(app, text);
}

/** Joins by a link that was confirmed, and shows the session; one of this computer is shown as what it is. */
export async function joinNow(app: App, text: string): Promise<void> {
  const link = parseLink(text);
  const own = app.directory.ownSessionOf(link.room);
  if (own) return void app.panels.show(own);
  const known = app.joined.items.find(({ room }) => room === link.room);
  // The panel does not wait for the editor's secret storage, which may take its time.
  void app.joined.put(
    {
      room: link.room,
      link: text.trim(),
      title: known?.title ?? '',
      computer: known?.computer ?? '',
      joinedAt: app.clock.now(),
    },
    (item) => item.room === link.room,
  );
  const ref = { kind: 'joined', room: link.room } as const;
  const room = app.pool.find(ref);
  app.panels.show(ref);
  // A link that did not work may work now: its owner may have shared again, its relay may be back.
  if (room?.isOver) return void room.rejoin();
  if (room && known) void followTry(app, room, known);
}

/** A link that does not work takes nothing away from the one before, if that one does. */
async function followTry(app: App, room: SharedRoom, before: JoinedSession): Promise<void> {
  const error = await room.trying;
  if (!error) return;
  void app.joined.put(before, (item) => item.room === before.room);
  reportError(error);
}

/** Leaves a joined session and forgets its link. */
export async function leave(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Leave a session'),
    flags: ['joined'],
    takesFocused: 'joined',
  });
  if (ref?.kind !== 'joined') return;
  const title = app.directory.titleOf(ref);
  await app.pool.leave(ref);
  app.panels.close(ref);
  await app.joined.remove((item) => item.room === ref.room);
  void vscode.window.showInformationMessage(plainText(vscode.l10n.t('You left “{0}”.', title)));
}

function problemOf(text: string): string | undefined {
  try {
    parseLink(text);
    return undefined;
  } catch (error) {
    return isAppError(error)
      ? errorMessage(error, speech())
      : vscode.l10n.t('This is not a link to a session.');
  }
}

function question(link: InviteLink): string {
  const { t } = vscode.l10n;
  const { host } = new URL(link.relay);
  switch (link.role) {
    case 'viewer':
      return t('Join the session at {0} as a viewer?', host);
    case 'controller':
      return t('Join the session at {0} as a controller?', host);
    case 'owner':
      return t('Join the session at {0} as its owner?', host);
  }
}

function explanation(link: InviteLink): string {
  const { t } = vscode.l10n;
  const shown = t('The others see your name and device. Join only if you trust who sent the link.');
  const asks = t('You watch until its owner allows you control.');
  const plain = t(
    'This connection is not encrypted on its way (ws://); what is sent inside it is.',
  );
  const isOpen = new URL(link.relay).protocol === 'ws:' && !isLoopbackRelay(link.relay);
  return [
    link.role === 'controller' ? asks : '',
    isOpen ? plain : '',
    shown,
    t('Room {0}', link.room.slice(0, 8)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Makes sure that there is a name to show to the others; false if the person gave none. */
async function hasName(app: App): Promise<boolean> {
  if (settings.name() !== '' || app.defaultName !== '') return true;
  const { t } = vscode.l10n;
  const name = await vscode.window.showInputBox({
    title: t('Your name in shared sessions'),
    prompt: t(
      'Others see it beside what you type. You can change it in the settings of {0}.',
      PRODUCT_NAME,
    ),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || textBytes(text.trim()) > LIMITS.nameBytes
        ? t('1 to 64 characters, fewer in scripts other than Latin')
        : undefined,
  });
  if (name === undefined) return false;
  await settings.setName(name.trim());
  return true;
}
