// The panel's app on client/ alone: in a browser's tab, joined over a real relay, without editor and without Node.
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Relay } from '../../src/relay/server.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { type PageServer, servePage } from '../../tools/gallery/pageServer.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { playedSession } from '../session/playedHandlers.ts';
import { SyncRig, textEntry } from '../sync/syncRig.ts';

const ENTRY = fileURLToPath(new URL('../webview-ui/seamPage.ts', import.meta.url));
/** Rooms of any runtime, the app, and the test's own entry with its storages. */
const OWN = /^(?:src\/(?:base|protocol|crypto|session|sync|client)|webview-ui|test)\//;
const CONTROL = { role: 'controller', allowControl: true } as const;

const rig = new SyncRig();
const prompts: string[] = [];
let browser: Browser;
let server: PageServer;
let relay: Relay;
let room: HostRoom;

beforeAll(async () => {
  relay = await rig.relay();
  [browser, server, room] = await Promise.all([
    launchBrowser(),
    servePage({ entry: ENTRY, sockets: relay.url }),
    rig.host(relay, {
      commands: playedSession(async ({ kind, args, person }) => {
        if (kind === 'prompt') prompts.push(`${person.name}: ${args.text}`);
        return undefined;
      }),
    }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await rig.close();
});

async function open(): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const link = await rig.invite(room, relay, CONTROL);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${server.url}#${link}`);
  return { page, complaints };
}

test('nothing of VS Code and nothing of Node is in the bundle of such a page', () => {
  const { inputs, outputs } = server.metafile;
  const own = Object.keys(inputs).filter((path) => !path.startsWith('node_modules/'));
  expect(own.filter((path) => !OWN.test(path))).toEqual([]);
  expect(own).toContain('src/client/panel/panelPump.ts');
  expect(Object.keys(inputs).filter((path) => /vscode/i.test(path))).toEqual([]);
  // What a bundle asks of its surroundings: `vscode` and Node's modules would be here.
  const asked = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(asked.filter((path) => !(path in outputs))).toEqual([]);
});

test('it shows entries and live text, its prompt reaches the host, and it says who has control', async () => {
  room.append([textEntry('a', 'What was before.')]);
  const { page, complaints } = await open();
  const transcript = page.locator('.transcript');
  const control = page.locator('.control');
  await transcript.getByText('What was before.').waitFor();
  expect(await page.locator('.title').textContent()).toBe('Test session');
  await control.getByText('Nobody has control.').waitFor();

  room.delta({ messageId: 'm', block: 0, type: 'text', text: 'I am wri' });
  await page.locator('[data-live]').getByText('I am wri').waitFor();
  room.append([textEntry('m0', 'I am writing.', 'm')], [{ messageId: 'm', block: 0 }]);
  await transcript.getByText('I am writing.').waitFor();
  expect(await page.locator('[data-live]').count()).toBe(0);

  await page.locator('#composer').fill('Run the tests');
  await page.locator('#composer').press('Enter');
  await waitUntil('the host has it', () => prompts.includes('Pia: Run the tests'));
  await control.getByText('You have control').waitFor();
  expect(await page.locator('#composer').inputValue()).toBe('');

  const ada = await rig.join(await rig.invite(room, relay, CONTROL), 'Ada');
  await waitUntil('Ada is in', () => ada.truth.kind === 'live' && ada.me);
  await ada.request('focus-request', {});
  await page.locator('.ask').getByText('Ada asks for control').waitFor();
  await control.getByText('Release').click();
  await control.getByText('Ada has control').waitFor();
  expect(complaints).toEqual([]);
});
