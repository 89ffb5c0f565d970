// The page behind a link in a browser, under the policy it is served with.
import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadJoinPage } from '../../src/relay/door/joinPage.ts';
import { answerStatic } from '../../src/relay/door/staticFile.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import { WAIT_MS } from '../../tools/run/waitBound.ts';

const LINK = `1.${'a'.repeat(26)}.${'A'.repeat(43)}.relay`;
let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  const served = loadJoinPage();
  server = createServer((request, response) => answerStatic(request, response, served));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  address = `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}/join`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});

async function open(fragment: string): Promise<{ page: Page; said: string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('dialog', (dialog) => said.push(dialog.message()));
  await page.goto(fragment === '' ? address : `${address}#${fragment}`);
  return { page, said };
}

describe('join page', () => {
  it('takes the link out of the address, and offers it to the editor and for copying', async () => {
    const { page, said } = await open(`${LINK}.c`);
    expect(page.url()).toBe(address);
    expect(await page.getAttribute('#open', 'href')).toBe(
      `vscode://twinhelm.twinhelm/join#${LINK}.c`,
    );
    expect(await page.inputValue('#link')).toBe(`${address}#${LINK}.c`);
    expect(await page.textContent('#role')).toContain('invited as controller');
    expect(said).toEqual([]);
    await page.close();
  });

  it('takes another link that is opened in the same tab', async () => {
    const { page } = await open('');
    expect(await page.textContent('#problem')).toContain('needs the whole link');
    // As a person does who is told so: only the fragment of the address changes.
    await page.evaluate((url) => location.assign(url), `${address}#${LINK}.v`);
    await page.waitForSelector('#invited', { state: 'visible' });
    expect(await page.textContent('#role')).toContain('invited to watch');
    expect(await page.isVisible('#problem')).toBe(false);
    expect(page.url()).toBe(address);
    await page.close();
  });

  it.each([
    ['cut', LINK.slice(0, 60), 'looks cut'],
    ['of a later version', LINK.replace('1', '2'), 'newer Twinhelm'],
    ['hostile', '<img src=x onerror=alert(1)>"javascript:alert(1)', 'looks cut'],
  ])('says what is wrong with a link that is %s, and runs nothing of it', async (_, link, text) => {
    const { page, said } = await open(encodeURIComponent(link));
    expect(await page.textContent('#problem')).toContain(text);
    expect(await page.isVisible('#role')).toBe(false);
    expect(await page.getAttribute('#open', 'href')).toMatch(/^vscode:/);
    expect(said).toEqual([]);
    await page.close();
  });
});
