// `npm test`: installs, then runs everything with the project's own Node; see testAll.ts.
import { runOnProjectNode } from './bootstrap.mjs';

await runOnProjectNode('scripts/testAll.ts');
