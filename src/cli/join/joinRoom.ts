// Joins a room as this command line: its identity, its name, and clear words when nobody answers.
import { hostname, userInfo } from 'node:os';
import type { AppError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import { joinAs, type JoinTarget } from '../../client/rooms/joinTarget.ts';
import { waitForView } from '../../client/waitForChange.ts';
import { resolveHome } from '../../host/find/paths.ts';
import { parseLink } from '../../protocol/link.ts';
import type { Person } from '../../protocol/state.ts';
import { type RoomView, whyNoState } from '../../session/view.ts';
import { relaySilent, sessionDistrusted, sessionSilent, sessionUnseen } from '../errors.ts';
import { type CliIo, oneLine } from '../io.ts';
import { loadIdentity } from './identityFile.ts';
import { roomMemoryFile } from './roomMemoryFolder.ts';

/** A relay that can be reached answers within seconds, also over a slow network. */
const RELAY_MS = 8_000;
/** A local host answers within a second; a guest's knock may have to wait. */
const ADMISSION_MS = 20_000;

/** How this command line joins rooms, under this name or that of the computer's user. */
export function joinerOf(io: CliIo, name = userName()): JoinTarget {
  const home = resolveHome(io.env, io.userHome);
  return joinAs({
    identity: () => loadIdentity(home),
    name: () => name,
    device: `terminal on ${hostname()}`,
    memory: io.memory,
    clock: io.clock,
    log: silentLogger,
  });
}

/** Waits until the host has admitted us. Throws AppError; the view is the caller's to close. */
export async function waitForAdmission(
  io: Pick<CliIo, 'clock' | 'signal' | 'env' | 'userHome'>,
  view: RoomView,
  options: {
    readonly link: string;
    /** What to throw when the host of the room does not answer. */
    readonly onSilence?: () => AppError;
  },
): Promise<Person> {
  const { clock, signal } = io;
  const onTimeout = (): AppError => {
    if (options.onSilence) return options.onSilence();
    const { truth, alarms } = view;
    const [alarm] = alarms;
    if (alarm && !view.state) {
      const home = resolveHome(io.env, io.userHome);
      return sessionDistrusted(alarm, roomMemoryFile(home, view.room));
    }
    if (hasRelay(view)) return sessionSilent();
    const { relay } = parseLink(options.link);
    return truth.kind === 'relay-offline'
      ? relaySilent(relay, oneLine(truth.reason))
      : sessionUnseen(relay);
  };
  const reached = (): true | undefined => hasRelay(view) || undefined;
  await waitForView(view, reached, { clock, signal, timeoutMs: RELAY_MS, onTimeout });
  const admitted = (): Person | undefined => {
    const why = whyNoState(view);
    if (why) throw why;
    return view.me;
  };
  return waitForView(view, admitted, { clock, signal, timeoutMs: ADMISSION_MS, onTimeout });
}

function hasRelay({ truth, state }: RoomView): boolean {
  return state !== undefined || (truth.kind !== 'connecting' && truth.kind !== 'relay-offline');
}

/** Name of the computer's user; "terminal" where the system has none. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'terminal';
  }
}
