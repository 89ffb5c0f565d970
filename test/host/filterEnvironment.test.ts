// What a session gets of a window’s environment, and what is kept of it.
import { describe, expect, it } from 'vitest';
import { withoutOuterSession } from '../../src/claude/cli/withoutOuterSession.ts';
import { filterEnvironment, storableEnvironment } from '../../src/host/find/filterEnvironment.ts';

describe('environment of a session', () => {
  it('keeps what a shell sets and drops what an editor or npm set', () => {
    const kept = {
      PATH: '/bin',
      SSH_AUTH_SOCK: '/s',
      VIRTUAL_ENV: '/v',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1',
      CLAUDE_CONFIG_DIR: '/c',
    };
    const dropped = {
      VSCODE_IPC_HOOK_CLI: 'x',
      ELECTRON_RUN_AS_NODE: '1',
      CODE_SERVER_PARENT_PID: '1',
      NODE_OPTIONS: '--require x',
      NODE_CHANNEL_FD: '3',
      BROWSER: 'x',
      NODE_EXEC_PATH: 'x',
      npm_config_registry: 'x',
      'BASH_FUNC_x%%': '() { :; }',
      EMPTY: undefined,
    };
    expect(filterEnvironment({ ...kept, ...dropped })).toEqual(kept);
  });

  it('is bounded in number and size', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`V${i}`, 'x']));
    expect(Object.keys(filterEnvironment(many)).length).toBe(1000);
    const large = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`V${i}`, 'x'.repeat(60_000)]),
    );
    expect(JSON.stringify(filterEnvironment(large)).length).toBeLessThan(600_000);
    expect(filterEnvironment({ BIG: 'x'.repeat(70_000), SMALL: 'x', NUL: 'a\0b' })).toEqual({
      SMALL: 'x',
    });
  });

  it('is kept on disk without anything that looks like a secret', () => {
    const stored = storableEnvironment({
      PATH: '/bin',
      SSH_AUTH_SOCK: '/s',
      ANTHROPIC_API_KEY: 'sk',
      GITHUB_TOKEN: 't',
      DB_PASSWORD: 'p',
      AWS_SECRET_ACCESS_KEY: 's',
      ANTHROPIC_CUSTOM_HEADERS: 'authorization: x',
      HTTPS_PROXY: 'http://user:pass@proxy:1',
      HTTP_PROXY: 'http://proxy:1',
    });
    expect(stored).toEqual({ PATH: '/bin', SSH_AUTH_SOCK: '/s', HTTP_PROXY: 'http://proxy:1' });
  });
});

describe('environment of an agent', () => {
  it('has nothing of an outer session of the same agent', () => {
    const outer = { CLAUDECODE: '1', CLAUDE_CODE_SSE_PORT: '1', CLAUDE_CODE_ENTRYPOINT: 'cli' };
    const own = { PATH: '/bin', CLAUDE_CONFIG_DIR: '/c', CLAUDE_CODE_USE_BEDROCK: '1' };
    expect(withoutOuterSession({ ...own, ...outer })).toEqual(own);
  });
});
