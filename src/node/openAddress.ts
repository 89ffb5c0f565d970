// Opens an address in the browser of this computer.
import { spawn } from 'node:child_process';
import type { Clock } from '../base/clock.ts';

/** A program that still runs after this time has become the browser itself. */
const STARTED_MS = 5_000;

/** The program that knows the browser, with the arguments before the address. */
function openerOf(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return [platform === 'darwin' ? 'open' : 'xdg-open'];
}

/** False if there is no browser, or it could not be started. `url` is http or https: nothing else goes to a program. */
export async function openAddress(
  url: string,
  clock: Pick<Clock, 'after'>,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  const [program, ...before] = openerOf(platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...before, href], { stdio: 'ignore', detached: true });
    const timer = clock.after(STARTED_MS, () => resolve(true));
    const end = (isOpen: boolean): void => {
      timer.dispose();
      resolve(isOpen);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
    child.unref();
  });
}
