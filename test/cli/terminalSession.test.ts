// A session that somebody started in a plain terminal: listed, watched live, shared with viewers only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { closeAll, type Closer } from '../../tools/run/closing.ts';
import { openTerminal, type Terminal } from '../../tools/run/terminal.ts';
import { type CliRig, createCliRig } from './cliRig.ts';

let rig: CliRig;
let terminal: Terminal;

const listSchema = z.object({
  sessions: z.array(z.looseObject({ id: z.string(), source: z.string(), status: z.string() })),
});

beforeAll(async () => {
  rig = await createCliRig();
  opened.push(() => rig.close());
  terminal = openTerminal([rig.env['TWINHELM_CLAUDE'] ?? ''], { cwd: rig.project, env: rig.env });
  opened.push(() => terminal.close());
  await waitUntil('the prompt of the terminal', () => terminal.screen().includes('❯'));
});

// A set-up that failed half-way has opened only some of it.
const opened: Closer[] = [];
afterAll(() => closeAll(opened.toReversed()));

async function found(): Promise<string | undefined> {
  const { sessions } = listSchema.parse(await rig.json(['sessions']));
  return sessions.find((session) => session.source === 'observed')?.id;
}

describe.runIf(process.platform === 'linux')('a terminal session', () => {
  it('is listed, opened live and read-only, and shared with viewers only', async () => {
    await terminal.type('[[text:From the terminal.]]');
    const id = await waitUntil('the session in the list', found);
    const own = await rig.join(id, 'own');
    const isAnswer = (line: { readonly entry: { readonly kind: string } }): boolean =>
      line.entry.kind === 'text' && JSON.stringify(line.entry).includes('From the terminal.');
    await own.find('entry', isAnswer);
    own.say({ ref: 1, prompt: 'from elsewhere' });
    const refused = await own.find('ack', ({ ref, status }) => ref === 1 && status === 'rejected');
    expect(refused).toMatchObject({ code: 'read-only' });

    const controller = await rig.run(['share', id, '--role', 'controller', '--json']);
    expect(controller.code).toBe(4);
    const { link } = await rig.json(['share', id, '--role', 'viewer']);
    const vic = await rig.join(String(link), 'vic');
    await vic.find('entry', isAnswer);
    await terminal.type('[[text:Second answer.]]');
    await vic.find('entry', ({ entry }) => JSON.stringify(entry).includes('Second answer.'));
  });
});
