// From a real MCP server through the host to the page: forms are filled in there, and addresses opened where they lead.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLink } from '../../src/protocol/link.ts';
import { type PageServer, servePage } from '../../tools/gallery/pageServer.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { WAIT_MS } from '../../tools/run/waitBound.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { answerForm, asking, toldAgent, waitingForm, withFormServer } from './formRig.ts';
import { type Guest, HostRig } from './hostRig.ts';

const ENTRY = fileURLToPath(new URL('../webview-ui/seamPage.ts', import.meta.url));
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe.each(CLAUDE_VERSIONS)('forms of claude %s on a page', (version) => {
  let rig: HostRig;
  let ada: Guest & { readonly session: string };
  let guest: Guest;
  let server: PageServer;
  let page: Page;
  let opened: string;

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    opened = join(rig.folder, 'opened');
    withFormServer(rig);
    // What a desktop has for opening addresses.
    const bin = join(rig.folder, 'bin');
    mkdirSync(bin);
    const opener = join(bin, process.platform === 'darwin' ? 'open' : 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\necho "$1" >> ${opened}\n`);
    chmodSync(opener, 0o755);
    Object.assign(rig.env, { PATH: `${bin}:${rig.env['PATH'] ?? ''}` });
    await rig.start();
    const machine = await rig.machine();
    ada = await machine.startSession();
    const shared = await machine.request('share', {
      ...{ session: ada.session, role: 'controller', allowControl: true, scopes: ['approve'] },
      where: { kind: 'loopback' },
    });
    const link = /"link":"([^"]+)"/.exec(JSON.stringify(shared))?.[1] ?? '';
    guest = await rig.join(link, 'Bob');
    await guest.until('control is allowed', () => guest.view.me?.role === 'controller');
    server = await servePage({ entry: ENTRY, sockets: parseLink(link).relay });
    page = await browser.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${server.url}#${link}`);
    await page.locator('.control').waitFor();
  });
  afterAll(async () => {
    await page.close();
    await server.close();
    await rig.close();
  });

  async function ask(form: string): Promise<Locator> {
    await ada.view.request('prompt', { text: asking(form) });
    const request = page.locator('.pending');
    await request.waitFor();
    return request;
  }

  /** The page shows that nothing waits any more; what the server got. */
  async function answered(): Promise<unknown> {
    await page.locator('.pending').waitFor({ state: 'detached' });
    await ada.until('the turn ends', () => ada.state.session.status === 'idle');
    return JSON.parse(toldAgent(ada));
  }

  it('[U2] what is wrong is said at its field, and what is right reaches the server', async () => {
    const request = await ask('full');
    await request.getByText('Where should the release go?').waitFor();
    await request.getByRole('button', { name: 'Send answer' }).click();
    await request.getByText('“Name” is needed.').waitFor();
    await request.getByLabel('Name').fill('Ada');
    await request.getByText('“Name” is needed.').waitFor({ state: 'detached' });
    await request.getByLabel('Copies').fill('77');
    await request.getByLabel('Copies').blur();
    await request.getByText('“Copies” must be 9 or less.').waitFor();
    await request.getByLabel('Copies').fill('2');
    await request.getByLabel('No', { exact: true }).check();
    await request.getByLabel('Red').check();
    await request.getByLabel('Copies').press('Enter');
    const content = { name: 'Ada', count: 2, draft: false, color: 'r' };
    expect(await answered()).toEqual({ action: 'accept', content });
    await page.getByText('Name: Ada · Copies: 2 · Draft: false · Color: Red').first().waitFor();
  });

  it('[U9] what was filled in outlives a reload of the page', async () => {
    const request = await ask('full');
    await request.getByLabel('Name').fill('Ada');
    await request.getByLabel('Copies').fill('4');
    await page.reload();
    await request.getByLabel('Name').waitFor();
    expect(await request.getByLabel('Name').inputValue()).toBe('Ada');
    await request.getByRole('button', { name: 'Send answer' }).click();
    const content = { name: 'Ada', count: 4, draft: true, color: 'g' };
    expect(await answered()).toEqual({ action: 'accept', content });
    expect(await page.evaluate('JSON.stringify(history.state)')).not.toContain('Ada');
  });

  it('[U1] several choices keep their commas, and a decline is told as one', async () => {
    const request = await ask('choices');
    await request.getByLabel('linux, glibc').check();
    await request.getByLabel('win').check();
    await request.getByRole('button', { name: 'Send answer' }).click();
    const content = { targets: ['linux, glibc', 'win'] };
    expect(await answered()).toEqual({ action: 'accept', content });
    await (await ask('empty')).getByRole('button', { name: 'Decline' }).click();
    expect(await answered()).toEqual({ action: 'decline' });
  });

  if (claudeDoes(version, 'form-address')) {
    it('[U4] an address of the session’s computer is opened there, by a click', async () => {
      const request = await ask('loopback');
      await request.getByText('wants to open 127.0.0.1:9').waitFor();
      expect(existsSync(opened)).toBe(false);
      await request.getByRole('button', { name: /^Open on / }).click();
      expect(await answered()).toEqual({ action: 'accept' });
      expect(readFileSync(opened, 'utf8')).toBe('http://127.0.0.1:9/start\n');
      await waitUntil('the decision names it', () =>
        ada.ofKind('decision').some(({ detail }) => detail === '127.0.0.1:9'),
      );
      // [U7] The owner reads who had what opened on their computer.
      expect(ada.ofKind('notice').filter(({ code }) => code === 'address-opened')).toMatchObject([
        {
          text: "127.0.0.1:9 was opened on the session's computer.",
          author: { name: expect.stringMatching(/^Pia/) },
        },
      ]);
    });

    it('[U7] an address that everybody can open is opened there for owners only', async () => {
      const request = await ask('url');
      await request.getByRole('button', { name: 'Open login.example.com' }).waitFor();
      const before = readFileSync(opened, 'utf8');
      const waiting = await waitingForm(ada);
      const answer = { behavior: 'allow', open: true } as const;
      await expect(answerForm(guest, waiting, answer)).rejects.toThrow(/Only an owner may have/);
      expect(readFileSync(opened, 'utf8')).toBe(before);
      await answerForm(ada, waiting, answer);
      expect(await answered()).toEqual({ action: 'accept' });
      expect(readFileSync(opened, 'utf8')).toContain('https://login.example.com/start');
    });
  }
});
