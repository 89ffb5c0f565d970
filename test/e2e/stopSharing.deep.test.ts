// Fifty times Stop Sharing with three windows of the owner, two terminals and four guests.
import { expect, test } from 'vitest';
import { stopSharingAgain } from './stopSharingScene.ts';

const ROUNDS = Number(process.env['TWINHELM_STOP_ROUNDS'] ?? 50);

test(`[P6] every window of the owner follows Stop Sharing within 10 s, ${ROUNDS} times`, async () => {
  const times = [...(await stopSharingAgain(ROUNDS))].sort((a, b) => a - b);
  expect(times).toHaveLength(ROUNDS);
  const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(2)} s`;
  console.info(`median ${seconds(times[Math.floor(ROUNDS / 2)])}, worst ${seconds(times.at(-1))}`);
});
