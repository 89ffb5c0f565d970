// The first step of `npm start` and `npm test`: runs on Node 20 built-ins, installs, goes on with the project's Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = join(ROOT, 'node_modules');

function nodeBinary() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(MODULES, 'node', 'bin', file);
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

/** Whether node_modules holds what the lock file names; npm keeps a list of what it installed. */
function isInstalled() {
  const hidden = join(MODULES, '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(nodeBinary())) return false;
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const found = packagesOf(hidden);
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || found[path]?.version === entry.version,
  );
}

/**
 * Runs npm in a group of its own, so that an interrupted install ends with all of its children.
 * Output goes to stderr: stdout belongs to what `--json` promises.
 */
async function install(say) {
  say('Installing the packages of the project (about a minute, once) …');
  const isWindows = process.platform === 'win32';
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'];
  // Listens before there is a child: a signal in between would leave it behind.
  let npm = null;
  const unfollow = followOrders(() => {
    try {
      if (isWindows) spawnSync('taskkill', ['/pid', `${npm?.pid}`, '/t', '/f']);
      else if (npm?.pid !== undefined) process.kill(-npm.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    say('Stopped before everything was installed. The next run begins with that again.');
    process.exit(1);
  });
  npm = spawn(isWindows ? 'npm.cmd' : 'npm', args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: isWindows,
    detached: !isWindows,
  });
  const code = await new Promise((done) => {
    npm.on('error', (error) => {
      say(`npm: ${error.message}`);
      done(1);
    });
    npm.on('exit', done);
  });
  unfollow();
  if (code !== 0 || !existsSync(nodeBinary())) {
    say('The packages could not be installed. Nothing was started. See the messages of npm above.');
    process.exit(1);
  }
}

/** The parent and, under npm, which puts a shell between, the parent's parent. */
function currentAncestors() {
  const parent = process.ppid;
  const isBelowNpm = process.env.npm_lifecycle_event !== undefined;
  if (!isBelowNpm || process.platform !== 'linux') return `${parent}`;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    return `${parent} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`;
  } catch {
    return `${process.ppid}`;
  }
}

/**
 * Calls `stop` with a signal that this process gets, or with SIGTERM when who started it is gone:
 * ending npm ends its shell, or leaves it waiting, without a word to this process. Returns the end of it.
 */
function followOrders(stop) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const listener = () => stop(signal);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const ancestors = currentAncestors();
  const timer = setInterval(() => {
    if (currentAncestors() !== ancestors) stop('SIGTERM');
  }, 500);
  return () => {
    clearInterval(timer);
    for (const remove of listeners) remove();
  };
}

/**
 * Installs if needed, then runs `script` on the project's Node with this process's arguments and
 * ends with its exit code. Signals are passed on; the child decides when it is done.
 */
export async function runOnProjectNode(script) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const say = (text) => process.stderr.write(`${text}\n`);
  // The terminal may be gone before the end is: nobody reads it then.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (major < 20 || (major === 20 && minor < 19)) {
    say(`Node ${process.versions.node} is too old: this needs Node 20.19 or newer and npm.`);
    process.exit(1);
  }
  if (!isInstalled()) await install(say);
  const node = nodeBinary();
  const separator = process.platform === 'win32' ? ';' : ':';
  const path = [dirname(node), join(MODULES, '.bin'), process.env.PATH ?? ''].join(separator);
  let child = null;
  followOrders((signal) => {
    // Ctrl+C reaches the child by itself.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
  });
  child = spawn(node, [join(ROOT, script), ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  child.on('error', (error) => {
    say(error.message);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}
