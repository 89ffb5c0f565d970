// [R18] What a command prints is the owner's alone unless ticked at Share: with real claude, and a canary in its memory.
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { newId } from '../../src/base/ids.ts';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import { parseJson } from '../../src/protocol/json.ts';
import { linkOfAnswer } from '../../src/client/rooms/machineAnswers.ts';
import { foundPageSchema } from '../../src/protocol/reading/foundEntries.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { spawnGroup } from '../../tools/run/processes.ts';
import { type Guest, HostRig, idOf, type MachineView } from './hostRig.ts';

/** Stands in the name of a memory file, which /context lists. */
const CANARY = `canary-${newId().slice(0, 8)}`;

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };
let vic: Guest;

beforeAll(async () => {
  rig = await HostRig.create();
  const config = rig.env['CLAUDE_CONFIG_DIR'] ?? '';
  writeFileSync(join(config, 'CLAUDE.md'), `Remember this.\n@${CANARY}.md\n`);
  writeFileSync(join(config, `${CANARY}.md`), 'The owner likes tea. '.repeat(40));
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession();
  vic = await rig.join(await share(), 'Vic');
});
afterAll(() => rig.close());

async function share(args: Partial<CommandArgs<'share'>> = {}): Promise<string> {
  const where = { kind: 'loopback' } as const;
  const all = { session: ada.session, role: 'viewer', where, ...args } as const;
  return linkOfAnswer(await machine.request('share', all)).link;
}

/** Entries of what commands printed. */
function outputs(guest: Guest): EntryOf<'command'>[] {
  return guest.ofKind('command').filter(({ command }) => command === '');
}

/** Runs a command as the owner, and waits until everybody has what it printed. */
async function run(command: string): Promise<EntryOf<'command'>> {
  const before = outputs(ada).length;
  await ada.view.request('prompt', { text: command });
  for (const one of [ada, vic]) {
    await one.until(`${command} has printed`, () => outputs(one).length > before);
  }
  const printed = outputs(ada).at(-1);
  if (printed === undefined) throw new Error('invariant');
  return printed;
}

/** What the agent would have written if it had run a command while no host listened. */
function printIntoTranscript(text: string): void {
  const { agentSessionId = '' } = ada.state.session;
  const projects = join(rig.env['CLAUDE_CONFIG_DIR'] ?? '', 'projects');
  const name = readdirSync(projects, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(`${agentSessionId}.jsonl`),
  );
  const file = join(projects, name ?? 'none');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const last = z.looseObject({ uuid: z.string() });
  const parents = lines.flatMap((line) => last.safeParse(parseJson(line)).data ?? []);
  const line = {
    ...{ type: 'system', subtype: 'local_command', level: 'info', isMeta: false },
    content: `<local-command-stdout>${text}</local-command-stdout>`,
    ...{ uuid: crypto.randomUUID(), parentUuid: parents.at(-1)?.uuid, isSidechain: false },
    ...{ sessionId: agentSessionId, cwd: rig.project, timestamp: new Date().toISOString() },
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

async function whole(guest: Guest, blob: string | undefined): Promise<string> {
  return new TextDecoder().decode(await guest.view.fetchBlob(blob ?? 'none'));
}

/** Everything that a guest has or can get: entries, state, streamed text, history, and each blob that is named anywhere. */
async function allOf(guest: Guest): Promise<string> {
  const { view } = guest;
  const log = await view.request('fetch', { what: 'log', from: 0, to: 10_000 });
  const seen = JSON.stringify([view.entries, view.state, view.live, view.outbox, log]);
  const blobs = new Set(seen.match(/(?<=\\?"blob\\?":\\?")[^"\\]+/g));
  const texts = [...blobs].map((blob) => whole(guest, blob).catch(String));
  return [seen, ...(await Promise.all(texts))].join('\n');
}

describe('without the tick', () => {
  it('the owner reads what /context prints, and a guest has nothing of it', async () => {
    const printed = await run('/context');
    expect(printed).toMatchObject({ text: '', ownerOnly: true, cut: { tail: '' } });
    expect(await whole(ada, printed.cut?.blob)).toContain(CANARY);
    // Sizes are told in steps.
    expect((printed.cut?.totalBytes ?? 0) % 1024).toBe(0);
    await expect(whole(vic, printed.cut?.blob)).rejects.toThrow(
      /for the owner of the session alone/,
    );
    const all = await allOf(vic);
    expect(all).toContain('ownerOnly');
    expect(all).not.toContain(CANARY);
    expect(ada.state.sharing).not.toHaveProperty('commandOutput');
  });

  it('nor has a guest who asked for it in person', async () => {
    const link = await share({ role: 'controller', allowControl: true });
    const carol = await rig.join(link, 'Carol');
    await ada.view.request('focus-release', {});
    await carol.view.request('focus-request', {});
    const before = outputs(ada).length;
    await carol.view.request('prompt', { text: '/context' });
    await carol.until('it has printed', () => outputs(carol).length > before);
    expect(await allOf(carol)).not.toContain(CANARY);
    expect(await whole(ada, outputs(carol).at(-1)?.cut?.blob)).toContain(CANARY);
    await carol.close();
    await ada.view.request('focus-take', {});
  });

  it('nor in what is read up after a crash of the host', async () => {
    const before = outputs(ada).length;
    await rig.crash();
    printIntoTranscript(`${CANARY} while the host was away`);
    await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(ada.session);
    await ada.until('it is read up', () => outputs(ada).length === before + 1);
    expect(await whole(ada, outputs(ada).at(-1)?.cut?.blob)).toContain('while the host was away');
    vic = await rig.join(await share(), 'Vic');
    await vic.until('Vic has it', () => outputs(vic).length === before + 1);
    expect(await allOf(vic)).not.toContain(CANARY);
    // What was kept before the crash is still there.
    expect(await whole(ada, outputs(ada)[0]?.cut?.blob)).toContain(CANARY);
  });
});

describe('with the tick', () => {
  it('everybody reads what is printed from then on, and nothing from before', async () => {
    const before = outputs(ada).at(-1);
    await share({ commandOutput: true });
    await vic.until('it is told', () => vic.state.sharing?.commandOutput === true);
    const printed = await run('/context');
    expect(printed).not.toHaveProperty('ownerOnly');
    expect(outputs(vic).at(-1)?.text).toContain(CANARY);
    await expect(whole(vic, before?.cut?.blob)).rejects.toThrow(/owner of the session alone/);
  });

  it('a link without it takes it back, and so does the end of sharing', async () => {
    await share();
    await vic.until('it is told', () => vic.state.sharing?.commandOutput === undefined);
    expect(await run('/context')).toMatchObject({ text: '', ownerOnly: true });
    await share({ commandOutput: true });
    await machine.request('stop-sharing', { session: ada.session });
    await ada.until('it is not shared', () => ada.state.sharing === undefined);
    vic = await rig.join(await share(), 'Vic');
    expect(await run('/context')).toMatchObject({ text: '', ownerOnly: true });
  });
});

describe('a session in a terminal', () => {
  it('keeps what it prints for the owner too', async () => {
    const args = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json'];
    const terminal = spawnGroup(rig.env['TWINHELM_CLAUDE'] ?? '', [...args, '--verbose'], {
      cwd: rig.project,
      env: rig.env,
    });
    const type = (content: string): void =>
      void terminal.write(
        `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`,
      );
    type('[[text:from the terminal]]');
    const row = await machine.rowWhen('it is found', (one) => one.foundKey !== undefined);
    const session = idOf(await machine.request('open', { foundKey: row.foundKey ?? '' }));
    const watched = await machine.joinSession(session);
    const where = { kind: 'loopback' } as const;
    const shared = await machine.request('share', { session, role: 'viewer', where });
    const guest = await rig.join(linkOfAnswer(shared).link, 'Vic');
    type('/context');
    await guest.until('it has printed', () => outputs(guest).length > 0);
    expect(await allOf(guest)).not.toContain(CANARY);
    // [N3] Watched, it is looked through as any other, by everybody; what is the owner's by nobody.
    const found = async (one: Guest, query: string) =>
      foundPageSchema.parse(await one.view.request('fetch', { what: 'find', query })).hits;
    expect(await found(guest, 'FROM the terminal')).not.toEqual([]);
    expect([await found(guest, CANARY), await found(watched, CANARY)]).toEqual([[], []]);
    expect(await whole(watched, outputs(guest)[0]?.cut?.blob)).toContain(CANARY);
  });
});
