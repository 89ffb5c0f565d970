// One session with the real claude, and the three ways in which it is read.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../../src/protocol/transcript.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import type { ClaudeVersion } from '../../tools/install/claudeVersions.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { liveAgents } from '../host/agentWatch.ts';
import { letIn } from '../host/controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from '../host/hostRig.ts';
import { prepareProject } from './fidelityProject.ts';

type Owner = Guest & { readonly session: string };

/** What the three readings show. */
export interface Readings {
  /** At a guest who was there from the beginning. */
  readonly live: readonly Entry[];
  /** At a guest who joins when it is over. */
  readonly joined: readonly Entry[];
  /** From file and journal, after the host was killed when its log had one entry. */
  readonly readUp: readonly Entry[];
}

/** A session that plays scenes. */
export class FidelityRun {
  readonly rig: HostRig;
  readonly owner: Owner;
  readonly guest: Guest;
  private readonly viewerLink: string;

  private constructor(rig: HostRig, owner: Owner, guest: Guest, viewerLink: string) {
    this.rig = rig;
    this.owner = owner;
    this.guest = guest;
    this.viewerLink = viewerLink;
  }

  static async start(version: ClaudeVersion): Promise<FidelityRun> {
    const rig = await HostRig.create({ claudePath: await installClaude(version) });
    prepareProject(rig.project, rig.env['CLAUDE_CONFIG_DIR'] ?? '');
    await rig.start();
    const machine = await rig.machine();
    const owner = await machine.startSession();
    const guest = await letIn(rig, machine, owner, 'Bob');
    return new FidelityRun(rig, owner, guest, await viewerLink(machine, owner.session));
  }

  /** Path in the session's folder. */
  path(name: string): string {
    return join(this.rig.project, name);
  }

  /** Sends a prompt; its id. */
  send(text: string, who: Guest = this.owner): string {
    return who.view.send('prompt', { text }).id;
  }

  /** It is over, and nothing runs. */
  async over(promptId: string): Promise<void> {
    const isOver = (entry: Entry): boolean =>
      (entry.kind === 'turn' && entry.promptIds?.includes(promptId) === true) ||
      (entry.kind === 'notice' && entry.promptId === promptId);
    await this.owner.until(
      `${promptId} is over`,
      () => this.owner.entries.some(isOver) && this.isIdle,
    );
  }

  /** It is so, and nothing runs. */
  async settled(isSo: () => boolean): Promise<void> {
    await this.owner.until('it is so, and nothing runs', () => isSo() && this.isIdle);
  }

  private get isIdle(): boolean {
    const { session, queue } = this.owner.state;
    return session.status === 'idle' && queue.length === 0;
  }

  /** A prompt to its end. */
  async turn(text: string, who: Guest = this.owner): Promise<void> {
    await this.over(this.send(text, who));
  }

  /** A slash command, until an entry of one of these kinds has come beside its own. */
  async command(text: string, ...kinds: readonly Entry['kind'][]): Promise<void> {
    const before = this.owner.entries.length;
    this.send(text);
    const isOwn = (entry: Entry): boolean =>
      (entry.kind === 'command' && entry.command === text) ||
      (entry.kind === 'prompt' && entry.text === text);
    await this.settled(() => {
      const since = this.owner.entries.slice(before);
      const own = since.find(isOwn);
      return own !== undefined && since.some((one) => one !== own && kinds.includes(one.kind));
    });
  }

  /** A turn in which every request is allowed. */
  async allowed(text: string): Promise<void> {
    const promptId = this.send(text);
    const asked = new Set<string>();
    const answers: Promise<void>[] = [];
    const look = (): void => {
      const [pending] = this.owner.state.pending;
      if (pending === undefined || asked.has(pending.requestId)) return;
      asked.add(pending.requestId);
      answers.push(this.owner.answer('allow'));
    };
    const watching = this.owner.view.onDidChange(look);
    try {
      await this.over(promptId);
    } finally {
      watching.dispose();
    }
    await Promise.all(answers);
  }

  /** A command that has begun, and runs until a file of this name is there or it is stopped. */
  async running(name: string, rest: string): Promise<string> {
    const [begun, end] = [this.path(`${name}.begun`), this.path(name)];
    const loop = `touch ${begun}; until [ -e ${end} ]; do sleep 0.05; done`;
    const promptId = this.send(`[[bash:${loop}]]${rest}`);
    await this.owner.answer('allow');
    await this.owner.until('it runs', () => existsSync(begun));
    return promptId;
  }

  /** It waits in the queue. */
  async waits(promptId: string): Promise<void> {
    const isIt = (item: { readonly promptId: string }): boolean => item.promptId === promptId;
    await this.owner.until('it waits', () => this.owner.state.queue.some(isIt));
  }

  /** Reads the session in all three ways; the host goes on with what it has read up. */
  async readings(): Promise<Readings> {
    const live = this.guest.entries;
    const late = await this.rig.join(this.viewerLink, 'Late');
    await loadAll(late);
    const joined = late.entries;
    await late.close();
    await this.rig.crash();
    await waitUntil('its agent is gone', () => liveAgents(this.rig.folder).length === 0);
    this.forget(live);
    await this.rig.start();
    const again = await (await this.rig.machine()).joinSession(this.owner.session);
    // What it says last, when it has taken all over.
    await again.until('it is read up', () =>
      again.ofKind('notice').some(({ code }) => code === 'host-restarted'),
    );
    await loadAll(again);
    return { live, joined, readUp: again.entries };
  }

  /**
   * What a host leaves that is killed early: it has handed the prompts over and logged nothing of
   * them but the first entry, or what is before the last `/clear`, whose file is another one.
   */
  private forget(live: readonly Entry[]): void {
    const first = Math.max(
      0,
      live.findLastIndex(({ kind }) => kind === 'reset'),
    );
    const database = new DatabaseSync(this.rig.paths.journal);
    const { session } = this.owner;
    const room = '(SELECT room FROM sessions WHERE id = ?)';
    database.prepare(`DELETE FROM log WHERE room = ${room} AND idx > ?`).run(session, first);
    const handedOver = database.prepare(
      "UPDATE prompts SET state = 'sent' WHERE prompt = ? OR json_extract(json, '$.text') = ?",
    );
    for (const entry of live.slice(first + 1)) {
      const promptId = 'promptId' in entry ? entry.promptId : undefined;
      // 2.1.197 gives commands that it runs itself an id of its own.
      const command = entry.kind === 'command' && entry.command !== '' ? entry.command : null;
      handedOver.run(typeof promptId === 'string' ? promptId : entry.id, command);
    }
    database.close();
    rmSync(this.rig.paths.relayData, { recursive: true, force: true });
  }

  close(): Promise<void> {
    return this.rig.close();
  }
}

async function viewerLink(machine: MachineView, session: string): Promise<string> {
  const shared = await machine.request('share', {
    ...{ session, role: 'viewer', where: { kind: 'loopback' } },
  });
  return /"link":"([^"]+)"/.exec(JSON.stringify(shared))?.[1] ?? '';
}

async function loadAll(guest: Guest): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- page after page
  while (await guest.view.fetchOlder());
}
