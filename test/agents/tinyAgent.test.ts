// Another agent than Claude Code, from the session host to the pixel: no tool, mode or command of one is known to anybody but its adapter.
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { type PageServer, servePage } from '../../tools/gallery/pageServer.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { execute, SessionsRig } from '../host/sessionsRig.ts';
import { TinyAgent } from './tinyAgent.ts';

const ENTRY = fileURLToPath(new URL('../webview-ui/seamPage.ts', import.meta.url));

const agent = new TinyAgent();
let rig: SessionsRig<TinyAgent>;
let session: OpenSession;
let browser: Browser;
let server: PageServer;
let page: Page;

beforeAll(async () => {
  rig = await SessionsRig.create(agent);
  [browser, server, session] = await Promise.all([
    launchBrowser(),
    servePage({ entry: ENTRY, sockets: rig.relay.address.url }),
    rig.start(),
  ]);
  const { link } = await session.room.createInvite({
    ...{
      role: 'controller',
      allowControl: true,
      scopes: ['prompt', 'interrupt', 'approve', 'mode'],
    },
    ...{ loopbackOnly: true, lifetimeMs: 600_000, relay: rig.relay.address.url },
  });
  page = await browser.newPage();
  await page.goto(`${server.url}#${link}`);
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await rig.close();
});

async function send(text: string): Promise<void> {
  await page.locator('#composer').fill(text);
  await page.locator('#composer').press('Enter');
}

test('[L2] a guest is asked about its tool, and sees command, exit code and patch', async () => {
  await page.locator('.control').getByText('Nobody has control.').waitFor();
  await send('make it tiny');
  const request = page.locator('.pending');
  await request.locator('.command').getByText('make tiny').waitFor();
  // What its view does not name is shown all the same.
  expect(await request.locator('.args').textContent()).toMatch(/^nice\s*true$/);
  expect(await request.getByRole('checkbox', { name: 'every make' }).count()).toBe(1);
  expect(agent.sessions[0]?.prompts).toEqual(['Pia (guest): make it tiny']);

  await page.waitForSelector('kbd:not(.asleep)');
  await request.getByRole('button', { name: /^Allow\b(?! for)/ }).click();
  const run = page.locator('.tool', { hasText: 'run_it' });
  await run.getByText('exit 3').waitFor();
  const patch = page.locator('.tool', { hasText: 'patch_it' });
  await patch.getByText('tiny.txt').waitFor();
  await patch.getByText('tinier').waitFor();
  await patch.getByText('+2').first().waitFor();
  // Without a view: its name and the first that its input says.
  await page.locator('.tool', { hasText: 'ponder' }).getByText('tininess').first().waitFor();
});

test('[R5] [R8] its rules say what a guest may write and which mode a guest may set', async () => {
  await send('please $deploy');
  const refusal = page.getByText('Only the owner may expand $deploy. Write it without its sign.');
  await refusal.first().waitFor();
  expect(agent.sessions[0]?.prompts).toHaveLength(1);
  await page.locator('#composer').fill('');
  await send('%brief');
  // Its own command is handed over as it is.
  await waitUntil('the command came', () => agent.sessions[0]?.prompts.includes('%brief'));
});

test('[R17] in its unattended mode nobody but the owner controls', async () => {
  await execute(session, 'set-mode', { mode: 'quick' }).then(
    () => Promise.reject(new Error('it was set while guests may control')),
    () => undefined,
  );
  // As a terminal of the owner's could: the agent just says so.
  await agent.sessions[0]?.setMode('quick');
  await page.getByText('this session runs without asking for permissions now').first().waitFor();
  expect(session.recorder.summary()).toMatchObject({
    ...{ agent: 'Tiny', mode: 'quick', modeKind: 'unattended' },
    can: ['prompt', 'answer', 'interrupt', 'end', 'attach'],
  });
});
