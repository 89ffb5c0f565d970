// The scene, once: every `npm test` plays it.
import { expect, test } from 'vitest';
import { setStage } from './harness.ts';
import { playScene } from './scene.ts';

test('the scene: start, allow, share, join twice, hand control, take it back, reload, stop', async () => {
  const stage = await setStage({ startHost: false });
  try {
    const figures = await playScene(stage);
    console.info(JSON.stringify(figures));
    expect(figures.scannedBytes).toBeGreaterThan(1_000_000);
  } finally {
    await stage.close();
  }
}, 240_000);
