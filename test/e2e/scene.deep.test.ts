// The scene twenty times in a row, without a retry.
import { expect, test } from 'vitest';
import { setStage } from './harness.ts';
import { playScene } from './scene.ts';

const RUNS = Number(process.env['TWINHELM_SCENE_RUNS'] ?? 20);

test(`the scene, ${RUNS} times in a row`, async () => {
  for (let run = 1; run <= RUNS; run += 1) {
    const start = performance.now();
    const stage = await setStage({ startHost: false });
    try {
      const figures = await playScene(stage);
      expect(figures.scannedBytes).toBeGreaterThan(1_000_000);
    } finally {
      await stage.close();
    }
    console.info(`run ${run}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
});
