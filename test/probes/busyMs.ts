// How long a piece of work takes of the processor: what else the computer does counts little.

/** Does the work; its processor time in milliseconds. */
export function busyMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
