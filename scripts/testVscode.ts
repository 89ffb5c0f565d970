// Runs the suites inside VS Code by themselves: `node scripts/testVscode.ts node web floor desktop`, after `npm run package`.
import { runVscodeSuite, type SuiteHost } from '../tools/vscode/vscodeSuite.ts';
import { VSIX } from './start/buildIfChanged.ts';

const KNOWN: readonly SuiteHost[] = ['node', 'web', 'floor', 'desktop'];
const wanted = KNOWN.filter((host) => process.argv.includes(host));
let failures = 0;
for (const host of wanted.length > 0 ? wanted : (['node', 'web'] as const)) {
  const result = await runVscodeSuite(host, VSIX);
  for (const title of result.passed) console.log(`  ✓ [${host}] ${title}`);
  for (const { title, why } of result.failed) console.error(`  ✗ [${host}] ${title}\n${why}`);
  failures += result.failed.length;
}
process.exitCode = failures === 0 ? 0 : 1;
