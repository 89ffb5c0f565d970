// Share, Copy link, Stop sharing: how a session of this computer is opened to others and closed again.
import * as vscode from 'vscode';
import { errorText } from '../../base/log.ts';
import { parseLink } from '../../protocol/link.ts';
import type { App } from '../app.ts';
import { noHostHere } from '../../client/errors.ts';
import { linkOfAnswer } from '../../client/rooms/machineAnswers.ts';
import { sessionGone, sharingIsOff, workspaceNotTrusted } from '../errors.ts';
import { withProgress } from '../ask/progress.ts';
import { showQrCode } from '../panel/qrCode.ts';
import { type SessionRef } from '../../client/rooms/sessionRef.ts';
import { settings } from '../settings.ts';
import { askShare, type ShareChoice } from '../ask/shareSteps.ts';
import { opened } from './sessionCommands.ts';
import { isLoopbackRelay } from './loopbackRelay.ts';
import { targetSession } from './target.ts';

const CONSENT_KEY = 'controllerConsent';

/** Asks role, expiry and where, makes a link and copies it. */
export async function share(app: App, argument?: unknown): Promise<void> {
  if (!app.machine.canHost) throw noHostHere();
  if (!settings.isSharingEnabled()) throw sharingIsOff();
  if (!vscode.workspace.isTrusted) throw workspaceNotTrusted();
  const target = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Share a session'),
    flags: ['sharable'],
    takesFocused: 'own',
  });
  if (target?.kind !== 'own') return;
  const ref = await opened(app, target);
  const session = app.directory.summaryOf(ref);
  if (ref.kind !== 'own' || !session) throw sessionGone();
  const choice = await askShare({
    session,
    isOutputShown: app.machine.row(ref.session)?.sharing?.commandOutput === true,
    accessKey: async (relay) => app.secrets.get(`relayKey:${relay}`),
  });
  if (!choice) return;
  if (choice.role !== 'viewer' && !(await consents(app))) return;
  const { link, notAfter } = await withProgress(
    vscode.l10n.t('Making and checking the link…'),
    async (signal) =>
      linkOfAnswer(await app.machine.request('share', { session: ref.session, ...choice }, signal)),
  );
  await rememberRelay(app, choice.where);
  const given = { session: ref.session, role: choice.role, link, notAfter };
  await app.given.put(given, (item) => item.session === ref.session && item.role === choice.role);
  await offerLink(app, link);
}

/** Offers the relay server again next time; the link is given out even if that cannot be kept. */
async function rememberRelay(app: App, where: ShareChoice['where']): Promise<void> {
  if (where.kind !== 'relay') return;
  try {
    await settings.setRelayUrl(where.url);
    if (where.accessKey) await app.secrets.store(`relayKey:${where.url}`, where.accessKey);
  } catch (error) {
    app.log.warn('the relay server cannot be remembered', { error: errorText(error) });
  }
}

/** Copies a link that was given out before; without one, begins Share. */
export async function copyLink(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Copy the link of a shared session'),
    flags: ['link', 'sharable'],
    takesFocused: 'own',
  });
  if (ref?.kind !== 'own') return;
  const isShared = app.machine.row(ref.session)?.sharing !== undefined;
  const known = app.given.items.filter(
    (item) => isShared && item.session === ref.session && item.notAfter > app.clock.now(),
  );
  const [first] = known;
  if (!first) return share(app, ref);
  if (known.length === 1) return offerLink(app, first.link);
  const { t } = vscode.l10n;
  const items = known.map((item) => ({
    label: item.role === 'controller' ? t('Controller link') : t('Viewer link'),
    description: t('until {0}', new Date(item.notAfter).toLocaleString(vscode.env.language)),
    item,
  }));
  const choice = await vscode.window.showQuickPick(items, { placeHolder: t('Which link?') });
  if (choice) await offerLink(app, choice.item.link);
}

/** Ends sharing for everybody after asking. */
export async function stopSharing(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Stop sharing a session'),
    flags: ['shared'],
    takesFocused: 'own',
  });
  if (ref?.kind !== 'own') return;
  const { t } = vscode.l10n;
  const stop = t('Stop Sharing');
  const choice = await vscode.window.showWarningMessage(
    t('Stop sharing “{0}”?', app.directory.titleOf(ref)),
    {
      modal: true,
      detail: t(
        'Everybody else is disconnected at once, and every link of this session ends. The session itself goes on.',
      ),
    },
    stop,
  );
  if (choice !== stop) return;
  await app.machine.request('stop-sharing', { session: ref.session });
  await forgetLinks(app, ref);
}

async function forgetLinks(app: App, ref: SessionRef): Promise<void> {
  if (ref.kind === 'own') await app.given.remove((item) => item.session === ref.session);
}

/** Once per device: what a controller link means. */
async function consents(app: App): Promise<boolean> {
  if (app.globalState.get(CONSENT_KEY) === true) return true;
  const { t } = vscode.l10n;
  const understood = t('I Understand, Make the Link');
  const choice = await vscode.window.showWarningMessage(
    t('Let others control this session?'),
    {
      modal: true,
      detail: t(
        'They run prompts on this computer, with your files, under your Claude account. Your Claude plan may not allow others to use it.',
      ),
    },
    understood,
  );
  if (choice !== understood) return false;
  await app.globalState.update(CONSENT_KEY, true);
  return true;
}

async function offerLink(app: App, link: string): Promise<void> {
  const { t } = vscode.l10n;
  await vscode.env.clipboard.writeText(link);
  const again = t('Copy Again');
  const qr = t('Show QR Code');
  const isLocal = isLoopbackRelay(parseLink(link).relay);
  const text = isLocal
    ? t('The link is copied. It works on this computer only.')
    : t('The link is copied. Send it only to the people you mean: it is the key.');
  const choice = await vscode.window.showInformationMessage(text, again, ...(isLocal ? [] : [qr]));
  if (choice === again) await vscode.env.clipboard.writeText(link);
  if (choice === qr) showQrCode(link, app.extensionUri);
}
