// `npm start`: installs, then starts everything with the project's own Node; see startAll.ts.
import { runOnProjectNode } from './bootstrap.mjs';

await runOnProjectNode('scripts/startAll.ts');
