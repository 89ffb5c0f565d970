// A link as a QR code in an editor tab: for a phone or tablet beside the screen.
import * as vscode from 'vscode';
import { renderSVG } from 'uqr';
import { toBase64Url } from '../../base/bytes.ts';
import { VIEW } from '../manifestNames.ts';
import { escapeHtml } from './panelHtml.ts';
import { panelIcon } from './sessionPanel.ts';

/** White around the code, modules: without it scanners fail on dark pages. */
const QUIET_MODULES = 4;

/** Shows the code of a link; the tab is not restored, because the link is a secret. */
export function showQrCode(link: string, extensionUri: vscode.Uri): void {
  const { t } = vscode.l10n;
  const panel = vscode.window.createWebviewPanel(
    `${VIEW.panel}.qr`,
    t('Link as QR code'),
    vscode.ViewColumn.Active,
    { enableScripts: false, enableForms: false, localResourceRoots: [] },
  );
  panel.iconPath = panelIcon(extensionUri);
  const nonce = toBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(16)));
  panel.webview.html = `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">
body { display: grid; justify-items: center; gap: 1em; padding: 2em 1em; text-align: center; }
svg { width: min(70vw, 70vh, 28rem); height: auto; background: white; border-radius: 8px; }
h1, p { margin: 0; max-width: 40em; }
</style>
</head>
<body>
<h1>${escapeHtml(t('Scan to join'))}</h1>
${renderSVG(link, { border: QUIET_MODULES })}
<p>${escapeHtml(t('Whoever sees this code can use the link. Close this tab when you are done.'))}</p>
</body>
</html>`;
}
