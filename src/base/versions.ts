// Versions of the product, compared.

/** Whether a version is above another, by its numbers alone: two builds that each wanted their own would take turns for ever. */
export function isNewer(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split(/[.+-]/, 3).map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (ours?.[i] ?? 0) - (theirs?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
