// Words for states: connection, control, why something cannot be done now.
import { type Connection, isOver, type Standing } from '../../src/client/standing/standing.ts';
import {
  activityText,
  connectionWithAge,
  controlText,
} from '../../src/client/standing/standingWords.ts';
import { waitText } from '../../src/client/standing/waitWords.ts';
import type { PanelHeader, PanelPerson } from '../../src/protocol/local/panel.ts';
import type { SessionStatus } from '../../src/protocol/state.ts';
import type { IconName } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';

/** A state in a word, with how it looks. */
export interface StateWord {
  readonly icon: IconName | 'spinner';
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly text: string;
}

/** What the session does, as far as this window knows. */
export function activityWord(standing: Standing, t: Translate): StateWord | undefined {
  const text = activityText(standing, t);
  const { activity } = standing;
  if (text === undefined || activity === undefined) return undefined;
  const { icon, tone } = activityLook(activity.status);
  // What is not known to be so now turns nothing and has no colour.
  if (activity.asOf !== 'then') return { icon, tone, text };
  return { icon: icon === 'spinner' ? 'circle' : icon, tone: 'plain', text };
}

function activityLook(status: SessionStatus): Omit<StateWord, 'text'> {
  switch (status) {
    case 'starting':
      return { icon: 'spinner', tone: 'plain' };
    case 'working':
      return { icon: 'spinner', tone: 'good' };
    case 'waiting':
      return { icon: 'question', tone: 'warn' };
    case 'idle':
      return { icon: 'circle', tone: 'plain' };
    case 'ended':
      return { icon: 'stop', tone: 'plain' };
  }
}

/** What the agent waits for, with what is left of it; undefined: nothing. */
export function waitWord(standing: Standing, t: Translate): StateWord | undefined {
  const text = waitText(standing, t);
  if (text === undefined) return undefined;
  return { icon: 'clock', tone: standing.wait?.asOf === 'now' ? 'warn' : 'plain', text };
}

/** How true the picture is, with its age; undefined where nothing is to be said. */
export function connectionWord(standing: Standing, t: Translate): StateWord | undefined {
  const text = connectionWithAge(standing, t);
  return text === undefined ? undefined : { ...connectionLook(standing.connection), text };
}

function connectionLook(connection: Connection): Omit<StateWord, 'text'> {
  switch (connection) {
    case 'connecting':
      return { icon: 'spinner', tone: 'plain' };
    case 'live':
      return { icon: 'broadcast', tone: 'good' };
    case 'unconfirmed':
      return { icon: 'half', tone: 'warn' };
    case 'behind':
      return { icon: 'warning', tone: 'warn' };
    case 'host-offline':
    case 'relay-offline':
      return { icon: 'away', tone: 'warn' };
    case 'over':
      return { icon: 'stop', tone: 'bad' };
    case 'no-extension':
      return { icon: 'away', tone: 'bad' };
  }
}

/** Names a window that asks for control. */
export function requestKey(request: PanelHeader['controlRequests'][number]): string {
  return `${request.member}/${request.window}`;
}

/** Whether somebody else came by a controller link and waits for the owner. */
export function asksMe(person: PanelPerson): boolean {
  return person.asksControl && !person.isMe;
}

/** What the owner is asked about such a person. */
export function cameText(person: PanelPerson, t: Translate): string {
  return t(
    '{0} ({1}) came with a controller link. May they control this session?',
    person.name,
    person.device,
  );
}

/** Whether a turn runs that this window can stop now. */
export function canStop(header: PanelHeader | undefined, standing: Standing | undefined): boolean {
  const status = standing?.activity?.status;
  const isRunning = status === 'working' || status === 'waiting';
  return isRunning && standing?.isReachable === true && header?.canInterrupt === true;
}

/** What the control bar offers, in its order. */
export function controlActions({
  control,
  isReachable,
}: Standing): readonly ('release' | 'request' | 'take')[] {
  if (!isReachable) return [];
  if (control.kind === 'mine') return ['release'];
  if (control.kind !== 'other') return [];
  const isAsking = control.place > 0;
  return [
    ...(control.canRequest && !isAsking ? ['request' as const] : []),
    ...(control.canTake ? ['take' as const] : []),
  ];
}

/** Why this window can never send as things stand; undefined if it can, or could with control. */
export function watchingReason(
  header: PanelHeader | undefined,
  standing: Standing | undefined,
  t: Translate,
): string | undefined {
  if (header === undefined || standing === undefined) return t('Loading the session …');
  if (isOver(standing)) return header.truth.text ?? controlText(standing, t);
  if (standing.control.kind !== 'watching') return undefined;
  switch (standing.control.reason) {
    case 'viewer':
      return t('You are watching: your link is for viewing.');
    case 'asked':
      return t('You are watching until the owner allows you control.');
    case 'suspended':
      return t('You are watching: this session runs without asking for permissions now.');
    case 'read-only':
      return header.session?.source === 'observed'
        ? t('This session runs in a terminal: it can be watched here, not controlled.')
        : t('This session can be watched here, not controlled.');
    case 'joining':
      return t('Joining: the owner’s computer has not admitted you yet.');
    case 'ended':
      return t('This session has ended.');
  }
}

/** Why a prompt cannot be sent now; undefined if it can. */
export function sendBlock(
  header: PanelHeader | undefined,
  standing: Standing | undefined,
  t: Translate,
): string | undefined {
  if (standing?.connection === 'no-extension') {
    return t('Not connected to the extension. Your text is kept here.');
  }
  const watching = watchingReason(header, standing, t);
  if (watching !== undefined || standing === undefined) return watching;
  switch (standing.connection) {
    case 'host-offline': {
      const computer = standing.computer ?? t('The computer');
      return t('{0} is offline. Your text is kept; send it when it is back.', computer);
    }
    case 'relay-offline':
      return t('The relay is offline. Your text is kept; send it when it is back.');
    case 'connecting':
      return t('Connecting … Your text is kept.');
    case 'live':
    case 'unconfirmed':
    case 'behind':
    case 'over':
      return controlBlock(standing, t);
  }
}

/** What keeps a prompt back while somebody else has control. */
function controlBlock({ control, controlAsOf }: Standing, t: Translate): string | undefined {
  if (control.kind !== 'other') return undefined;
  const { name, place, canTake } = control;
  if (controlAsOf === 'then') {
    if (place > 0) return t('{0} had control when last seen. You are in line.', name);
    return canTake
      ? t('{0} had control when last seen. Take it back to send.', name)
      : t('{0} had control when last seen. Request control to send.', name);
  }
  if (place > 0) return t('{0} has control. You are number {1} in line.', name, place);
  return canTake
    ? t('{0} has control. Take it back to send.', name)
    : t('{0} has control. Request control to send.', name);
}
