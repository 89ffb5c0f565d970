// Runs the demo model by itself: `node scripts/runDemoModel.ts [port]`, prints one JSON line when ready.
import { startDemoModel } from '../tools/demo/demoModel.ts';

const model = await startDemoModel({ port: Number(process.argv[2] ?? 0), delayMs: 20 });
process.stdout.write(`${JSON.stringify({ ready: true, url: model.url })}\n`);
