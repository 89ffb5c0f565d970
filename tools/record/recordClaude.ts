// Records the fixtures of test/claude with each pinned CLI. Run: node tools/record/recordClaude.ts
import { join } from 'node:path';
import { PINNED_VERSIONS } from '../install/claudeVersions.ts';
import { FIXTURES, recordSession } from './recordSession.ts';

for (const version of PINNED_VERSIONS) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  const failed = await recordSession({ version, target: join(FIXTURES, version) });
  for (const scene of failed) console.error(`${version}: ${scene}`);
  if (failed.length > 0) process.exitCode = 1;
}
