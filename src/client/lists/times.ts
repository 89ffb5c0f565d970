// Ages and times as lists show them: short, without false precision.
import type { Translate } from '../translate.ts';

/** An age in ms as `now`, `3m`, `5h` or `2d`. */
export function shortAge(ageMs: number, t: Translate): string {
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 1) return t('now');
  if (minutes < 60) return t('{0}m', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('{0}h', hours);
  return t('{0}d', Math.floor(hours / 24));
}
