// A newer version that wants the place of this computer's host, in words: the same in every place.
import { isNewer } from '../../base/versions.ts';
import type { MachineState, Replacement } from '../../protocol/state.ts';
import type { Translate } from '../translate.ts';
import { leftText } from './waitWords.ts';

/** A newer version that waits, as a place shows it. */
export interface Waiting extends Readonly<
  Pick<Replacement, 'version' | 'turns' | 'requests' | 'queued' | 'tasks' | 'tasksMore'>
> {
  /** Host time, ms; absent: its host is too old to say. */
  readonly since?: number;
}

/** [G6] The version that waits, by what the host says; one that says nothing makes room for a newer `own` version all the same. */
export function waitingVersion(state: MachineState | undefined, own: string): Waiting | undefined {
  if (state === undefined) return undefined;
  if (state.replacement !== undefined) return state.replacement;
  return isNewer(own, state.computer.version) ? { version: own } : undefined;
}

/** What it waits for, in parts; empty: nothing that is known of. */
export function waitsFor(waiting: Waiting, t: Translate): string {
  const { turns = 0, requests = 0, queued = 0, tasks = [], tasksMore = 0 } = waiting;
  const names = tasks.map(({ title }) => `“${title}”`).join(', ');
  const parts = [
    turns > 0 && (turns === 1 ? t('1 turn at work') : t('{0} turns at work', turns)),
    requests > 0 && (requests === 1 ? t('1 open request') : t('{0} open requests', requests)),
    queued > 0 &&
      (queued === 1
        ? t('1 prompt until a usage limit is reset')
        : t('{0} prompts until a usage limit is reset', queued)),
    tasks.length > 0 &&
      (tasksMore > 0
        ? t('in the background {0} and {1} more', names, tasksMore)
        : t('in the background {0}', names)),
  ];
  return parts.filter(Boolean).join(', ');
}

/** One sentence: who waits, since when, for what. `now`: host time, ms. */
export function waitingSentence(waiting: Waiting, now: number, t: Translate): string {
  const { version, since } = waiting;
  if (since === undefined) {
    return t(
      'Version {0} takes over from the background service as soon as nothing runs.',
      version,
    );
  }
  const what = waitsFor(waiting, t);
  if (what === '') {
    return t('Version {0} takes over from the background service in a moment.', version);
  }
  const age = now - since;
  return age < MINUTE_MS
    ? t('Version {0} waits to take over from the background service, for: {1}.', version, what)
    : t(
        'Version {0} has waited {1} to take over from the background service, for: {2}.',
        version,
        leftText(age, t),
        what,
      );
}

const MINUTE_MS = 60_000;
