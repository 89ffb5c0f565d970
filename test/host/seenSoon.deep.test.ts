// [Z1] How soon another writer is known at a guest: after it stands in the registry, and after its first line is in the file.
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { idle } from './controlledGuests.ts';
import { type Guest, HostRig } from './hostRig.ts';
import { records, startScript, transcriptOf } from './otherClaude.ts';

const ROUNDS = Number(process.env['TWINHELM_ROUNDS'] ?? 12);
/** What is promised is a second; a computer that is busy with other tests gets five. Milliseconds. */
const BOUND_MS = 5_000;

interface Moments {
  /** It stands in the registry. */
  registry?: number;
  /** Its first message is in the file. */
  line?: number;
  /** The guest's state says that somebody is there. */
  seen?: number;
  /** And that messages are not in the session. */
  counted?: number;
}

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  let rig: HostRig;
  let ada: Guest & { readonly session: string };

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    await rig.start();
    ada = await (await rig.machine()).startSession();
  });
  afterAll(() => rig.close());

  /** A script beside our agent, which is there and idle; when what was where, in milliseconds. */
  async function round(n: number): Promise<Moments> {
    const turns = ada.ofKind('turn').length;
    await ada.view.request('prompt', { text: `[[text:ours ${n}]]` });
    await ada.until('our turn ends', () => ada.ofKind('turn').length > turns);
    await idle(ada);
    const conversation = ada.state.session.agentSessionId ?? '';
    const path = transcriptOf(rig, conversation);
    const begin = statSync(path).size;
    const before = new Set(records(rig).map(({ pid }) => pid));
    const isRegistered = (): boolean =>
      records(rig).some(({ pid, sessionId }) => sessionId === conversation && !before.has(pid));
    const isWritten = (): boolean =>
      readFileSync(path).subarray(begin).toString('utf8').includes(`theirs ${n}`);
    const at: Moments = {};
    const script = startScript(rig, ['--resume', conversation, `[[text:theirs ${n}]]`]);
    await waitUntil('it is seen with its messages', () => {
      const now = performance.now();
      const { others } = ada.state.session;
      if (at.registry === undefined && isRegistered()) at.registry = now;
      if (at.line === undefined && isWritten()) at.line = now;
      if (others !== undefined) at.seen ??= now;
      if ((others?.messages ?? 0) > 0) at.counted ??= now;
      return at.counted !== undefined;
    });
    await waitUntil('the script has ended', () => script.exitCode() !== undefined);
    await ada.until('that is known', () =>
      (ada.state.session.others?.writers ?? []).every(({ left }) => left === true),
    );
    await ada.view.request('settle-writers', { choice: 'take-in' });
    await ada.until('it is taken in', () => ada.text.includes(`theirs ${n}`));
    await ada.until('nobody is there', () => ada.state.session.others === undefined);
    return at;
  }

  it(`[Z1] ${ROUNDS} scripts beside our agent are known within a second, and for certain within five`, async () => {
    const seen: number[] = [];
    const counted: number[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const at = await round(n);
      const first = Math.min(at.registry ?? Infinity, at.line ?? Infinity);
      seen.push((at.seen ?? Infinity) - first);
      counted.push((at.counted ?? Infinity) - (at.line ?? Infinity));
    }
    for (const [name, times] of Object.entries({ seen, counted })) {
      const sorted = times.toSorted((a, b) => a - b).map((ms) => Math.round(ms));
      const p50 = sorted[Math.floor(sorted.length / 2)];
      console.log(
        `${version} ${name}: p50 ${p50} ms, max ${sorted.at(-1)} ms (${sorted.join(' ')})`,
      );
    }
    expect(Math.max(...seen)).toBeLessThan(BOUND_MS);
    expect(Math.max(...counted)).toBeLessThan(BOUND_MS);
  }, 600_000);
});
