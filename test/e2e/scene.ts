// The scene: what the product must do, played by real parts from the first prompt to the last goodbye.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { canariesInFiles, canariesInMemory } from '../../tools/run/plaintext.ts';
import { processesWith } from '../../tools/run/processTable.ts';
import { ARTIFACTS } from '../../tools/vscode/workbench.ts';
import { openTerminal, type Terminal } from '../../tools/run/terminal.ts';
import type { Workbench } from '../../tools/vscode/workbench.ts';
import type { Stage } from './harness.ts';
import { joinByLink, PanelDriver } from './panelDriver.ts';

/** Texts that nobody but the people of the session may ever have. */
const CANARIES = {
  prompt: 'canary-prompt-4f1c9a7e',
  output: 'canary-output-b82d60c3',
  name: 'Canaryname-77e0d1',
  terminal: 'canary-terminal-93aa51f0',
};

/** What the scene found, for the reader of the test's output. */
export interface SceneFigures {
  readonly growth: { readonly node: number; readonly web: number };
  readonly scannedBytes: number;
}

/** Plays the whole scene on a fresh stage; throws where it goes wrong. */
export async function playScene(stage: Stage): Promise<SceneFigures> {
  const owner = await stage.ownerWindow();
  const windows: Workbench[] = [owner];
  let terminal: Terminal | undefined;
  try {
    const ownerPanel = await startSession(owner);
    await allowCommand(ownerPanel, stage);

    const proxy = await stage.tlsFor(await stage.relayPort());
    const address = `wss://localhost:${proxy.port}`;
    const controllerLink = await share(owner, 'Controller', address);

    // A permission waits before the guests come.
    await ownerPanel.send('[[bash:touch second.txt]][[text:second command done]]');
    await ownerPanel.offers(/^Allow y/);

    const first = await stage.guestWindow('first');
    const second = await stage.webWindow('ipad');
    windows.push(first, second);
    const firstPanel = await joinByLink(first, controllerLink);
    const secondPanel = await joinByLink(second, controllerLink, CANARIES.name);
    for (const panel of [firstPanel, secondPanel]) {
      await panel.says(CANARIES.output);
      await panel.shows('Allow Bash?');
    }
    await second.screenshot('scene-1-guest-sees-pending');

    await ownerPanel.press(/^Allow y/);
    for (const panel of [ownerPanel, firstPanel, secondPanel]) {
      await panel.says('second command done');
    }
    const growth = await watchStream(ownerPanel, firstPanel, secondPanel);

    await printForOwner(ownerPanel, [firstPanel, secondPanel]);
    await handControl(owner, ownerPanel, secondPanel);
    await secondPanel.send('[[text:answer to the guest]] guest-prompt');
    for (const panel of [ownerPanel, firstPanel, secondPanel]) {
      await panel.shows('guest-prompt');
      await panel.says('answer to the guest');
    }
    expect(await ownerPanel.text()).toContain(CANARIES.name);
    expect(await firstPanel.text()).toContain(CANARIES.name);
    await first.screenshot('scene-2-who-typed');

    await owner.command('Twinhelm: Take Back Control');
    await secondPanel.offers('Request control');
    await secondPanel.send('refused-prompt of the guest');
    await secondPanel.shows(/has control\. Request control/);
    expect(await (await secondPanel.composer()).inputValue()).toBe('refused-prompt of the guest');
    await second.screenshot('scene-3-refused');

    await reloadInMidTurn(owner, ownerPanel);

    terminal = openTerminal([stage.world.claudeBinary, '--permission-mode', 'manual'], {
      cwd: stage.world.project,
      env: stage.world.claude.env,
    });
    await observeTerminal(terminal, stage, owner, windows, address);

    await stopSharing(owner, ownerPanel);
    for (const panel of [firstPanel, secondPanel]) await panel.shows(/stopped sharing|ended/i);
    await second.screenshot('scene-6-cut-off');
    await ownerPanel.send('[[text:only for the owner]]');
    await ownerPanel.says('only for the owner');
    expect(await firstPanel.text()).not.toContain('only for the owner');

    const scannedBytes = await expectNoPlaintext(stage);
    return { growth, scannedBytes };
  } catch (error) {
    await stage.keepEvidence('scene-failed', windows);
    if (terminal) await writeFile(join(ARTIFACTS, 'scene-failed-terminal.log'), terminal.screen());
    throw error;
  } finally {
    await terminal?.close();
    for (const window of windows) await window.close();
  }
}

async function startSession(owner: Workbench): Promise<PanelDriver> {
  await owner.showView('Twinhelm');
  await owner.command('Twinhelm: Start a Session');
  await owner.input(/First prompt/, `${CANARIES.prompt} [[text:Welcome aboard]]`);
  const panel = new PanelDriver(owner);
  await panel.says('Welcome aboard');
  await panel.shows(/Live/);
  return panel;
}

async function allowCommand(panel: PanelDriver, stage: Stage): Promise<void> {
  await panel.send(
    `[[bash:echo ${CANARIES.output} > made.txt; cat made.txt]][[text:first command done]]`,
  );
  await panel.press(/^Allow y/);
  await panel.says('first command done');
  const made = await readFile(join(stage.world.project, 'made.txt'), 'utf8');
  expect(made.trim()).toBe(CANARIES.output);
}

async function share(
  owner: Workbench,
  role: string,
  address: string,
  isOutputShown = false,
): Promise<string> {
  await owner.command('Twinhelm: Share');
  await owner.pick(role);
  // Nothing is ticked at first: no tools for controllers, no output of commands for anybody.
  const ticks = owner.page.locator('.quick-input-list', { hasText: 'Show the output of commands' });
  await ticks.waitFor();
  if (role === 'Controller') await ticks.filter({ hasText: 'Approve tools' }).waitFor();
  if (isOutputShown) {
    await ticks.locator('.monaco-list-row', { hasText: 'Show the output' }).click();
  }
  await owner.page.keyboard.press('Enter');
  await owner.pick('24 hours');
  await owner.pick('An address');
  await owner.input(/Address at which/, address);
  if (role === 'Controller') await owner.answerDialog(/Let others control/, 'I Understand');
  await owner.notification(/link is copied/).waitFor({ timeout: 30_000 });
  const link = await owner.clipboard();
  expect(link).toMatch(/\/join#1\./);
  return link;
}

/** Both guests see the same answer grow, piece by piece. */
async function watchStream(
  owner: PanelDriver,
  first: PanelDriver,
  second: PanelDriver,
): Promise<SceneFigures['growth']> {
  const watching = [await first.watchStream(), await second.watchStream()] as const;
  await owner.send('[[slow:60:60]]');
  for (const panel of [first, second]) await panel.shows(/w59/);
  for (const panel of [first, second]) await panel.streamEnded();
  const [node, web] = [await watching[0](), await watching[1]()];
  expect(node.lengths.length).toBeGreaterThan(5);
  expect(web.lengths.length).toBeGreaterThan(5);
  expect([node.twice, web.twice]).toEqual([[], []]);
  return { node: node.lengths.length, web: web.lengths.length };
}

/** What a command prints is open for the owner, and a line for the guests. */
async function printForOwner(owner: PanelDriver, guests: readonly PanelDriver[]): Promise<void> {
  await owner.send('/context');
  await owner.shows('Guests do not see this');
  await owner.shows('Context Usage');
  for (const guest of guests) {
    await guest.shows('Output of a command, for the owner alone');
    expect(await guest.text()).not.toContain('Context Usage');
  }
}

async function handControl(
  owner: Workbench,
  ownerPanel: PanelDriver,
  guest: PanelDriver,
): Promise<void> {
  const name = CANARIES.name;
  const ask = (await ownerPanel.frame()).locator('.ask', { hasText: name }).first();
  await ask.getByRole('button', { name: 'Allow control' }).click();
  await guest.press('Request control');
  await ask.getByRole('button', { name: 'Give control' }).click();
  await guest.shows('You have control');
  await owner.screenshot('scene-2-control-given');
}

async function reloadInMidTurn(owner: Workbench, panel: PanelDriver): Promise<void> {
  await panel.send('[[slow:90:60]]');
  await panel.shows(/w5 /);
  await owner.reload();
  const watching = await panel.watchStream();
  await panel.shows(/w89/, 60_000);
  await panel.streamEnded();
  expect((await watching()).twice).toEqual([]);
  // The answer before this one had the words up to w59.
  const words = (await panel.text()).match(/\bw(6\d|7\d|8\d)\b/g) ?? [];
  expect(words).toEqual(Array.from({ length: 30 }, (_, n) => `w${n + 60}`));
  await owner.screenshot('scene-4-reloaded');
}

/** A session in a plain terminal appears in the tree, opens live and read-only, and is shared with viewers. */
async function observeTerminal(
  terminal: Terminal,
  stage: Stage,
  owner: Workbench,
  windows: Workbench[],
  address: string,
): Promise<void> {
  await owner.showView('Twinhelm');
  const rows = owner.page.locator('.sidebar .monaco-list-row');
  await rows.filter({ hasText: 'terminal' }).first().waitFor({ timeout: 30_000 });
  await terminal.type(`${CANARIES.terminal} [[text:said in the terminal]]`);
  // Rows move from group to group while it works: a click may meet another one.
  const row = rows.filter({ hasText: CANARIES.terminal }).first();
  await row.waitFor({ timeout: 30_000 });
  const tab = owner.page.locator('.tabs-container .tab', { hasText: CANARIES.terminal });
  await waitUntil('the session in the terminal is opened', async () => {
    await row.dblclick();
    return tab
      .first()
      .waitFor({ timeout: 5_000 })
      .then(
        () => true,
        () => false,
      );
  });
  const panel = new PanelDriver(owner);
  await panel.says('said in the terminal');
  await panel.shows(CANARIES.terminal);
  expect(await (await panel.composer()).isDisabled()).toBe(true);
  await owner.screenshot('scene-5-terminal');
  await terminal.type('[[text:said while watched]]');
  await panel.says('said while watched');

  const link = await share(owner, 'Viewer', address, true);
  const viewer = await stage.webWindow('desktop');
  windows.push(viewer);
  const viewerPanel = await joinByLink(viewer, link, 'Vera');
  await viewerPanel.says('said while watched');
  // Ticked: what the terminal prints from now on is for the viewer too.
  await terminal.type('/context');
  await viewerPanel.shows('Context Usage');
  expect(await viewerPanel.text()).not.toContain('for the owner alone');
}

async function stopSharing(owner: Workbench, panel: PanelDriver): Promise<void> {
  await owner.page.locator('.tab', { hasText: CANARIES.prompt }).first().click();
  await panel.shows(/w89/);
  await (await panel.composer()).focus();
  await owner.command('Twinhelm: Stop Sharing');
  await owner.answerDialog(/Stop sharing/, 'Stop Sharing');
}

/** The relay's process, memory and files, holds none of the canaries; the control shows that the search finds. */
async function expectNoPlaintext(stage: Stage): Promise<number> {
  const canaries = Object.values(CANARIES);
  const marked = processesWith('TWINHELM_HOME', stage.world.home);
  const relay = marked.find(({ command }) => / relay /.test(`${command} `));
  const host = marked.find(({ command }) => / host /.test(`${command} `));
  if (!relay || !host) throw new Error('the relay and host processes were not found');
  const memory = await canariesInMemory(relay.pid, canaries);
  const files = await canariesInFiles(join(stage.world.home, 'relay'), canaries);
  expect(memory.found).toEqual([]);
  expect(files.found).toEqual([]);
  expect((await canariesInMemory(host.pid, canaries)).found).toEqual(canaries);
  return memory.scannedBytes + files.scannedBytes;
}
