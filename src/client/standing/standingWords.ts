// How a session stands, in words: the same in every place. docs/one-truth.md has the table.
import { showDeceptive } from '../../base/visibleText.ts';
import type { SessionStatus } from '../../protocol/state.ts';
import { formatAge } from './age.ts';
import { type Connection, isOver, type Standing } from './standing.ts';

/** English texts of this file; a page checks with them that it has them all. */
export type StandingKey =
  | '{0} had control when last seen'
  | '{0} has control'
  | '{0} has control · you are number {1} in line'
  | '{0} is offline'
  | '{0} when last seen'
  | 'Connecting …'
  | 'Connection ended'
  | 'Ended'
  | 'had control when last seen'
  | 'has control'
  | 'Idle'
  | 'last seen {0} ago'
  | 'Live'
  | 'Nobody had control when last seen.'
  | 'Nobody had control when last seen. Sending takes it.'
  | 'Nobody has control. Sending takes it.'
  | 'Not confirmed'
  | 'Not connected'
  | 'Not up to date: the relay holds back the newest state'
  | 'Not up to date: the relay holds back {0} entries'
  | 'Not up to date: the relay holds back 1 entry'
  | 'Not up to date: what comes is {0} old'
  | 'Relay is offline'
  | 'Starting'
  | 'The computer'
  | 'The connection to this session has ended.'
  | 'This session has ended.'
  | 'Waiting for an answer'
  | 'Working'
  | 'You had control in another window when last seen.'
  | 'You had control when last seen'
  | 'You have control'
  | 'You have control in another window. Typing here moves it.';

/** Gives a text in the reader's language. */
export type Say = (key: StandingKey, ...values: readonly (string | number)[]) => string;

/** What the session does; undefined until something is known. */
export function activityText({ activity }: Standing, t: Say): string | undefined {
  if (activity === undefined) return undefined;
  const { status, unknown, asOf } = activity;
  const word = unknown === undefined ? statusText(status, t) : showDeceptive(unknown);
  return asOf === 'then' ? t('{0} when last seen', word) : word;
}

function statusText(status: SessionStatus, t: Say): string {
  switch (status) {
    case 'starting':
      return t('Starting');
    case 'working':
      return t('Working');
    case 'waiting':
      return t('Waiting for an answer');
    case 'idle':
      return t('Idle');
    case 'ended':
      return t('Ended');
  }
}

/** How true the picture is, without its age; undefined where nothing is to be said: a session that has ended is not live. */
export function connectionText(standing: Standing, t: Say): string | undefined {
  switch (standing.connection) {
    case 'connecting':
      return t('Connecting …');
    case 'live':
      return standing.activity?.status === 'ended' ? undefined : t('Live');
    case 'unconfirmed':
      return t('Not confirmed');
    case 'behind':
      return behindText(standing, t);
    case 'host-offline':
      return t('{0} is offline', standing.computer ?? t('The computer'));
    case 'relay-offline':
      return t('Relay is offline');
    case 'over':
      return t('Connection ended');
    case 'no-extension':
      return t('Not connected');
  }
}

/** Where nothing is heard of the computer; one whose words are held back is heard. */
const AGED: ReadonlySet<Connection> = new Set([
  'unconfirmed',
  'host-offline',
  'relay-offline',
  'no-extension',
]);

/** The same with the age of the last sign of life, where the picture is not the present. */
export function connectionWithAge(standing: Standing, t: Say): string | undefined {
  const text = connectionText(standing, t);
  const { seenMs, connection } = standing;
  if (text === undefined || seenMs === undefined || !AGED.has(connection)) return text;
  return `${text} · ${t('last seen {0} ago', formatAge(seenMs))}`;
}

function behindText({ missing, lateMs }: Standing, t: Say): string {
  if (lateMs !== undefined) return t('Not up to date: what comes is {0} old', formatAge(lateMs));
  if (missing === 1) return t('Not up to date: the relay holds back 1 entry');
  return missing === undefined
    ? t('Not up to date: the relay holds back the newest state')
    : t('Not up to date: the relay holds back {0} entries', missing);
}

/** Who has control; undefined for who only watches, and why is said elsewhere. */
export function controlText(standing: Standing, t: Say): string | undefined {
  const { control, controlAsOf, isReachable, activity } = standing;
  if (isOver(standing)) {
    return activity?.status === 'ended'
      ? t('This session has ended.')
      : t('The connection to this session has ended.');
  }
  const isNow = controlAsOf === 'now';
  switch (control.kind) {
    case 'mine':
      return isNow ? t('You have control') : t('You had control when last seen');
    case 'mine-elsewhere':
      return isNow
        ? t('You have control in another window. Typing here moves it.')
        : t('You had control in another window when last seen.');
    case 'free':
      if (isNow) return t('Nobody has control. Sending takes it.');
      return isReachable
        ? t('Nobody had control when last seen. Sending takes it.')
        : t('Nobody had control when last seen.');
    case 'other':
      if (!isNow) return t('{0} had control when last seen', control.name);
      return control.place > 0
        ? t('{0} has control · you are number {1} in line', control.name, control.place)
        : t('{0} has control', control.name);
    case 'watching':
      return undefined;
  }
}

/** What stands beside a person who has control; undefined where nobody has any more. */
export function holderText(standing: Standing, t: Say): string | undefined {
  if (isOver(standing)) return undefined;
  return standing.controlAsOf === 'now' ? t('has control') : t('had control when last seen');
}
