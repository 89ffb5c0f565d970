// The test files that wait most for processes, sockets and terminals: what a busy computer shows first.

/** Twenty of them, relative to the clone; `scripts/repeat.ts` runs them beside busy processes. */
export const WAITING_TESTS: readonly string[] = [
  'test/claude/queued.test.ts',
  'test/claude/real.test.ts',
  'test/claude/registry.test.ts',
  'test/claude/terminal.test.ts',
  'test/cli/cliScene.test.ts',
  'test/cli/commandLine.test.ts',
  'test/cli/script.test.ts',
  'test/cli/terminalSession.test.ts',
  'test/client/pageSeam.test.ts',
  'test/host/ensureHost.test.ts',
  'test/host/hostBadInput.test.ts',
  'test/host/hosted.test.ts',
  'test/host/lifecycle.test.ts',
  'test/host/observed.test.ts',
  'test/host/recovery.test.ts',
  'test/host/sessions.test.ts',
  'test/host/sharing.test.ts',
  'test/relay/clients.test.ts',
  'test/relay/relayProgram.test.ts',
  'test/tools/npmStart.test.ts',
];
