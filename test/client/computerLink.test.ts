// This computer's host: found, followed, started again after a crash, never started by looking.
import { say } from '../../src/base/say.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import type { FoundHost, HostFinder } from '../../src/client/rooms/hostFinder.ts';
import { joinedSessions } from '../../src/client/rooms/joinedSessions.ts';
import { ComputerLink } from '../../src/client/rooms/computerLink.ts';
import { SessionDirectory } from '../../src/client/rooms/sessionDirectory.ts';
import type { JoinTarget, RoomTarget } from '../../src/client/rooms/joinTarget.ts';
import { SharedRoom } from '../../src/client/rooms/sharedRoom.ts';
import { untranslated } from '../../src/client/translate.ts';
import { type Json, parseJson } from '../../src/protocol/json.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { MemorySecrets, FakeView, machineState, row } from './samples.ts';

const link = formatLink({
  room: 'm'.repeat(26),
  secret: new Uint8Array(32),
  relay: 'ws://127.0.0.1:1',
  role: 'owner',
});
const ref = { kind: 'own', session: 'session1' } as const;

function setUp(
  options: { readonly isWeb?: boolean; readonly change?: (view: FakeView) => void } = {},
) {
  const clock = createFakeClock();
  const views: FakeView[] = [];
  const world: { found: FoundHost; started: number; failure?: AppError } = {
    found: { kind: 'none' },
    started: 0,
  };
  const host: HostFinder = {
    homeFolder: '/home/ada',
    find: () => Promise.resolve(world.found),
    ensure: () => {
      if (world.failure) return Promise.reject(world.failure);
      if (world.found.kind !== 'running') world.started += 1;
      world.found = { kind: 'running', link };
      return Promise.resolve(link);
    },
    sessionEnvironment: () => ({}),
  };
  const targets: RoomTarget[] = [];
  const join: JoinTarget = (target) => {
    targets.push(target);
    const view = new FakeView();
    view.state = machineState({ sessions: [row()] });
    options.change?.(view);
    views.push(view);
    return Promise.resolve(view);
  };
  const machine = new ComputerLink({
    host: options.isWeb ? undefined : host,
    join,
    claudePath: () => '',
    clock,
    random: () => 0,
    log: silentLogger,
  });
  const joined = joinedSessions(new MemorySecrets(), silentLogger);
  const directory = new SessionDirectory({ machine, joined, t: untranslated });
  return { clock, views, world, machine, directory, targets };
}

describe('finding', () => {
  test('looking starts nothing', async () => {
    const { machine, world } = setUp();
    expect(machine.status).toBe('looking');
    await machine.look();
    expect([machine.status, world.started]).toEqual(['stopped', 0]);
  });

  test('a host that somebody else starts is joined', async () => {
    const { machine, world, clock } = setUp();
    await machine.look();
    world.found = { kind: 'running', link };
    clock.advance(2_000);
    await waitUntil('connected', () => machine.status === 'connected');
    expect(machine.row('session1')).toBeDefined();
  });

  test('on the web there is none, and starting says what to do instead', async () => {
    const { machine } = setUp({ isWeb: true });
    expect([machine.status, machine.canHost]).toEqual(['absent', false]);
    await expect(machine.ensure()).rejects.toThrow('browser');
  });
});

describe('joining', () => {
  test('[P1] a journal that was restored is no older picture of this computer', async () => {
    const { machine, targets, directory } = setUp();
    await machine.ensure();
    expect(targets).toEqual([{ link, remembers: false }]);
    // The sessions of this computer are remembered like everybody's.
    expect(directory.targetOf(ref)).toEqual({ link: 'link', epochs: undefined });
  });
});

describe('secrets', () => {
  const epochs = [{ epoch: 2, secret: 'two' }];

  test('[P6] the directory tells where a session is and what opens it; what it has no room for is asked for', async () => {
    const { machine, views, directory } = setUp();
    await machine.ensure();
    const [view] = views;
    if (!view) throw new Error('not joined');
    const rows = [row({ id: 'other' }), row({ id: 'far' }, { epochs })];
    view.answer = parseJson(JSON.stringify({ total: 2, sessions: rows }));
    const far = { kind: 'own', session: 'far' } as const;
    let changes = 0;
    directory.onDidChange(() => (changes += 1));
    expect(directory.targetOf(far)).toBeUndefined();
    await directory.refresh(far);
    expect([directory.targetOf(far), changes]).toEqual([{ link: 'link', epochs }, 1]);
    // What is in the directory is told by it.
    const asked = view.sent.length;
    await directory.refresh(ref);
    expect(view.sent).toHaveLength(asked);
    // A host that has no such row ends the asking.
    view.answer = { total: 5, sessions: [] };
    await directory.refresh({ kind: 'own', session: 'gone' });
    expect(view.sent).toHaveLength(asked + 1);
  });
});

describe('losing', () => {
  test('a host that ended cleanly stays ended, and the list shows what was last seen', async () => {
    const { machine, world } = setUp();
    await machine.ensure();
    world.found = { kind: 'none' };
    await machine.look();
    expect([machine.status, world.started, machine.rows.length]).toEqual(['lost', 1, 1]);
    expect(machine.liveRows).toEqual([]);
  });

  test('a crashed host is started again, a few times', async () => {
    const { machine, world } = setUp();
    await machine.ensure();
    for (let i = 0; i < 6; i += 1) {
      world.found = { kind: 'crashed' };
      // oxlint-disable-next-line no-await-in-loop -- one crash after the other
      await machine.look();
    }
    expect([world.started, machine.status]).toEqual([4, 'lost']);
  });

  test('[G9] a host that made room for the version of this window is followed by its own', async () => {
    const { machine, world } = setUp();
    world.found = { kind: 'replaced' };
    await machine.look();
    expect([world.started, machine.status]).toEqual([0, 'stopped']);
    world.found = { kind: 'running', link };
    await machine.look();
    await waitUntil('connected', () => machine.status === 'connected');
    world.found = { kind: 'replaced' };
    await machine.look();
    expect([world.started, machine.status]).toEqual([1, 'connected']);
  });

  test('a crash that this window did not witness is left to whoever needs the host', async () => {
    const { machine, world } = setUp();
    world.found = { kind: 'crashed' };
    await machine.look();
    expect([world.started, machine.status]).toEqual([0, 'stopped']);
  });

  test('a start that fails says why, until one succeeds', async () => {
    const { machine, world, directory } = setUp();
    await machine.look();
    world.failure = new AppError('host-runtime', {
      happened: say`No SQLite.`,
      remedy: say`Use Node 24.`,
    });
    await expect(machine.ensure()).rejects.toThrow('No SQLite.');
    expect(directory.hostProblem(ref)).toMatchObject({
      happened: 'No SQLite.',
      remedy: 'Use Node 24.',
    });
    delete world.failure;
    await machine.ensure();
    expect(machine.error).toBeUndefined();
    expect(directory.hostProblem(ref)).toBeUndefined();
  });
});

describe('a failed start', () => {
  test('is over when somebody else has started the host', async () => {
    const { machine, world } = setUp();
    world.failure = new AppError('host-runtime', { happened: say`No SQLite.` });
    await machine.look();
    await expect(machine.ensure()).rejects.toThrow('No SQLite.');
    expect(machine.error).toBeDefined();
    let changes = 0;
    machine.onDidChange(() => (changes += 1));
    world.found = { kind: 'running', link };
    await machine.look();
    expect(machine.error).toBeUndefined();
    expect(changes).toBeGreaterThan(0);
  });
});

describe('a host of another version', () => {
  const update = { kind: 'update', words: { happened: say`Update.` } } as const;

  test('[R9] whose list cannot be read is told at once, in the view, a panel and a command', async () => {
    const { machine, world, directory } = setUp({
      change: (view) => {
        view.state = undefined;
        view.alarms = [update];
      },
    });
    await expect(machine.ensure()).rejects.toMatchObject({ code: 'update' });
    expect(machine.error?.message).toMatch(/cannot read .* different versions\..*Update Twinhelm/);
    const room = { ref, error: undefined } as const;
    expect(directory.absence(room)).toEqual({ kind: 'over', text: machine.error?.message });
    world.found = { kind: 'none' };
    await machine.look();
    expect(machine.error).toBeUndefined();
  });

  test('[R9] that says something unreadable later is told beside what was last understood', async () => {
    const { machine, views } = setUp();
    await machine.ensure();
    const [view] = views;
    if (!view) throw new Error('not joined');
    let changes = 0;
    machine.onDidChange(() => (changes += 1));
    view.alarms = [update];
    view.change('alarms');
    expect(changes).toBe(1);
    expect([machine.error?.code, machine.rows.length]).toEqual(['update', 1]);
  });

  test('[V1] that speaks none of our versions is told by what its card says', async () => {
    const error = new AppError('update', { happened: say`No version in common.` });
    const { machine } = setUp({
      change: (view) => {
        view.state = undefined;
        view.truth = { kind: 'over', error };
      },
    });
    await expect(machine.ensure()).rejects.toBe(error);
    expect(machine.error).toBe(error);
  });
});

describe('a panel of a joined session', () => {
  test('does not say that it was left before the list of joined sessions is read', async () => {
    const { clock, machine } = setUp();
    const joined = joinedSessions(new MemorySecrets(), silentLogger);
    const directory = new SessionDirectory({ machine, joined, t: untranslated });
    const room = new SharedRoom({
      ref: { kind: 'joined', room: 'r' },
      join: () => Promise.reject(new Error('not asked')),
      clock,
      random: () => 0,
      log: silentLogger,
    });
    expect(directory.absence(room)).toEqual({ kind: 'connecting' });
    await joined.load();
    expect(directory.absence(room)).toMatchObject({ kind: 'over' });
  });
});

describe('the list', () => {
  test('what does not fit is fetched once and shown behind the rest', async () => {
    const { machine, views } = setUp();
    await machine.ensure();
    const [view] = views;
    if (!view) throw new Error('not joined');
    view.state = machineState({ sessions: [row()], more: 1 });
    expect(machine.moreRows).toBe(1);
    const second = row({ id: 'session2' });
    // Rows are JSON by their schema.
    view.answer = { total: 2, sessions: [row(), second] } as unknown as Json;
    await machine.fetchMore();
    expect(view.sent).toContainEqual({ kind: 'fetch-sessions', args: { offset: 1 } });
    expect(machine.rows.map(({ session }) => session.id)).toEqual(['session1', 'session2']);
    expect(machine.moreRows).toBe(0);
  });

  test('a listed session without a link has to be opened, one with a link has not', async () => {
    const { machine, views, directory } = setUp();
    await machine.ensure();
    expect(directory.needsOpening(ref)).toBe(false);
    const [view] = views;
    if (!view) throw new Error('not joined');
    view.state = machineState({ sessions: [row({}, { link: undefined, foundKey: 'f' })] });
    expect(directory.needsOpening(ref)).toBe(true);
    expect(directory.targetOf(ref)).toBeUndefined();
  });
});
