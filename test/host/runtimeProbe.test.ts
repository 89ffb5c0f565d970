// Which runtime the host may use, and what a bad one lacks.
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import { chooseRuntime, probeRuntime } from '../../src/host/find/runtimeProbe.ts';

const env = { PATH: process.env['PATH'] ?? '' };

describe('runtime probe', () => {
  it('this Node has every part', async () => {
    expect(await probeRuntime(process.execPath, env)).toEqual([]);
  });

  it('names the part that a runtime lacks', async () => {
    expect(
      await probeRuntime(process.execPath, { ...env, NODE_OPTIONS: '--no-experimental-sqlite' }),
    ).toEqual(['node:sqlite with WAL']);
    expect(
      await probeRuntime(process.execPath, { ...env, NODE_OPTIONS: '--no-experimental-websocket' }),
    ).toEqual(['WebSocket']);
  });

  it('a program that is missing or says nothing sensible is named', async () => {
    expect((await probeRuntime('/nowhere/node', env)).join()).toContain('/nowhere/node');
    expect((await probeRuntime('/bin/echo', env)).join()).toContain('/bin/echo');
  });

  it('takes the own Node first, then the one of PATH; on Windows the other way round', async () => {
    const tried: string[] = [];
    const probe = (good: string) => (program: string) => {
      tried.push(program);
      return Promise.resolve(program === good ? [] : ['X25519']);
    };
    const execPath = '/editor/code';
    expect(await chooseRuntime({ execPath, env, platform: 'linux', probe: probe(execPath) })).toBe(
      execPath,
    );
    expect(await chooseRuntime({ execPath, env, platform: 'linux', probe: probe('node') })).toBe(
      'node',
    );
    expect(await chooseRuntime({ execPath, env, platform: 'win32', probe: probe('node') })).toBe(
      'node',
    );
    expect(tried).toEqual([execPath, execPath, 'node', 'node']);
    const failed = await chooseRuntime({ execPath, env, probe: probe('none') }).catch(
      (e: unknown) => e,
    );
    expect(isAppError(failed, 'host-runtime') && failed.message).toContain('X25519');
  });
});
