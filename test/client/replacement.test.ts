// [G6] A newer version that waits, in words and in the Sessions tree; Replace now at a host that is too old for it.
import { expect, test } from 'vitest';
import { sessionTree } from '../../src/client/lists/sessionTree.ts';
import { replaceHost } from '../../src/client/rooms/replaceHost.ts';
import {
  waitingSentence,
  waitingVersion,
  waitsFor,
} from '../../src/client/standing/replacementWords.ts';
import { untranslated } from '../../src/client/translate.ts';
import { commandFailed } from '../../src/sync/errors.ts';
import { machineState, row } from './samples.ts';

const HOUR = 3_600_000;
const task = (title: string) => ({ taskId: title, title, since: 0, kind: 'shell' as const });

test('[G6] one sentence says who waits, since when, and for what', () => {
  const waiting = {
    ...{ version: '0.6.0', since: HOUR, turns: 2, requests: 1, queued: 3 },
    tasks: [task('Watch'), task('Build')],
    tasksMore: 4,
  };
  expect(waitingSentence(waiting, 4 * HOUR, untranslated)).toBe(
    'Version 0.6.0 has waited 3 h 0 m to take over from the background service, for: 2 turns at work, 1 open request, 3 prompts until a usage limit is reset, in the background “Watch”, “Build” and 4 more.',
  );
  expect(waitingSentence({ version: '0.6.0', since: 1, turns: 1 }, 2, untranslated)).toBe(
    'Version 0.6.0 waits to take over from the background service, for: 1 turn at work.',
  );
  expect(waitingSentence({ version: '0.6.0', since: 1 }, 2, untranslated)).toMatch(
    /in a moment\.$/,
  );
  const few = { version: '0.6.0', requests: 2, queued: 1, tasks: [task('Watch')] };
  expect(waitsFor(few, untranslated)).toBe(
    '2 open requests, 1 prompt until a usage limit is reset, in the background “Watch”',
  );
});

test('[G6] a host that says nothing of it makes room for a newer version all the same', () => {
  const state = machineState();
  expect(waitingVersion(undefined, '9.0.0')).toBeUndefined();
  expect(waitingVersion(state, state.computer.version)).toBeUndefined();
  const old = waitingVersion(state, '9.0.0');
  expect(old && waitingSentence(old, 0, untranslated)).toBe(
    'Version 9.0.0 takes over from the background service as soon as nothing runs.',
  );
  const replacement = { version: '9.1.0', since: 1, turns: 1 };
  expect(waitingVersion(machineState({ replacement }), '9.0.0')).toEqual(replacement);
});

test('[G6] it stands above the sessions while it is known to be so now', () => {
  const waiting = { version: '0.6.0', since: 0, turns: 1 };
  const tree = (connection: 'live' | 'host-offline') =>
    sessionTree({
      ...{ own: [row()], waiting, joined: [], connection, now: HOUR },
      ...{ knownLinks: new Set<string>(), canShare: true, t: untranslated },
    });
  expect(tree('live').map(({ kind }) => kind)).toEqual(['replacement', 'group']);
  expect(tree('live')[0]).toMatchObject({
    label: 'Version 0.6.0 waits to take over',
    description: '1 turn at work',
    detail: expect.stringContaining('has waited 1 h 0 m'),
  });
  expect(tree('host-offline').map(({ kind }) => kind)).toEqual(['group']);
});

test('[G7] a host that does not know Replace Now is named, with another way; other refusals stay', async () => {
  const refusal = { id: 'c', kind: 'replace-host', args: {}, at: 0, status: 'rejected' } as const;
  const answering = (code: string) => () =>
    Promise.reject(commandFailed({ ...refusal, code, message: 'Refused.' }));
  const unknown = replaceHost(answering('unsupported'), {}, '0.5.0');
  await expect(unknown).rejects.toThrow(
    /version 0\.5\.0, which does not know “Replace Now”.*host stop/,
  );
  await expect(replaceHost(answering('busy'), {}, '0.5.0')).rejects.toThrow(/^Refused\.$/);
});
