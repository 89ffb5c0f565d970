// Links that the editor is asked to open from outside: any page can do that, so nothing happens unasked.
import { expect, test } from 'vitest';
import type { Workbench } from '../../tools/vscode/workbench.ts';
import { setStage } from './harness.ts';
import { PanelDriver } from './panelDriver.ts';

/** Opens a URI of the extension; VS Code itself asks first. */
async function openUri(window: Workbench, path: string): Promise<void> {
  await window.command('Developer: Open URL');
  const box = window.page.locator('.quick-input-widget:visible input').first();
  await box.fill(`code-oss://twinhelm.twinhelm/${path}`);
  await box.press('Enter');
  await window.answerDialog(/Allow 'Twinhelm'/, 'Open');
}

test('a link that is opened from outside joins only after a yes; a damaged one says what is wrong', async () => {
  const stage = await setStage();
  try {
    const { world } = stage;
    const prompt = '[[text:Welcome aboard]]';
    const session = await world.host().start({ cwd: world.project, title: 'Opened', prompt });
    const link = await world.host().share(session, { role: 'viewer' });
    const fragment = link.slice(link.indexOf('#'));
    const window = await stage.guestWindow('guest');

    await openUri(window, `join${fragment.slice(0, -20)}`);
    await window.notification(/not a complete Twinhelm link/).waitFor({ timeout: 30_000 });

    await openUri(window, `join${fragment}`);
    await window.answerDialog(/Join the session at 127\.0\.0\.1/, 'Cancel');
    expect(await window.page.locator('.tab').count()).toBe(0);

    await openUri(window, `join${fragment}`);
    await window.answerDialog(/Join the session at 127\.0\.0\.1/, 'Join');
    await new PanelDriver(window).says('Welcome aboard');
    await window.close();
  } finally {
    await stage.close();
  }
}, 240_000);
