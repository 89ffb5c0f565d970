// Fifty times Stop Sharing with three windows of the owner, two terminals and four guests.
import { expect, test } from 'vitest';
import { stopSharingAgain } from './stopSharingScene.ts';

const ROUNDS = Number(process.env['TWINHELM_STOP_ROUNDS'] ?? 50);

test(`[P6] every window of the owner follows Stop Sharing within 10 s, ${ROUNDS} times`, async () => {
  const times = await stopSharingAgain(ROUNDS);
  expect(times).toHaveLength(ROUNDS);
  for (const part of ['command', 'all'] as const) {
    const sorted = times.map((one) => one[part]).toSorted((a, b) => a - b);
    const [median = 0, worst = 0] = [sorted[Math.floor(ROUNDS / 2)], sorted.at(-1)];
    console.info(
      `${part}: median ${(median / 1000).toFixed(2)} s, worst ${(worst / 1000).toFixed(2)} s`,
    );
  }
});
