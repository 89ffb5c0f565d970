// Words for states: connection, control, why something cannot be done now.
import type { PanelHeader, PanelPerson, PanelTruth } from '../../src/protocol/panel.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import type { Open } from '../../src/protocol/openEnum.ts';
import { statusOf, unknownStatus } from '../../src/protocol/openValues.ts';
import type { SessionStatus } from '../../src/protocol/state.ts';
import type { IconName } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { formatAge } from '../text/format.ts';

/** A state in a word, with how it looks. */
export interface StateWord {
  readonly icon: IconName | 'spinner';
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly text: string;
}

/** Status of a session as far as this window knows: what was seen before the connection went is marked. */
export function statusWord(
  status: Open<SessionStatus>,
  truth: PanelTruth['kind'],
  t: Translate,
): StateWord {
  const word = wordOf(status, t);
  if (statusOf(status) === 'ended' || truth === 'live' || truth === 'unconfirmed') return word;
  const icon = word.icon === 'spinner' ? 'circle' : word.icon;
  return { icon, tone: 'plain', text: t('{0} when last seen', word.text) };
}

/** A status that this version does not know is shown with its own word. */
function wordOf(status: Open<SessionStatus>, t: Translate): StateWord {
  const word = knownStatusWord(statusOf(status), t);
  const unknown = unknownStatus(status);
  return unknown === undefined ? word : { ...word, text: showDeceptive(unknown) };
}

function knownStatusWord(status: SessionStatus, t: Translate): StateWord {
  switch (status) {
    case 'starting':
      return { icon: 'spinner', tone: 'plain', text: t('Starting') };
    case 'working':
      return { icon: 'spinner', tone: 'good', text: t('Working') };
    case 'waiting':
      return { icon: 'question', tone: 'warn', text: t('Waiting for an answer') };
    case 'idle':
      return { icon: 'circle', tone: 'plain', text: t('Idle') };
    case 'ended':
      return { icon: 'stop', tone: 'plain', text: t('Ended') };
  }
}

/** How true the picture is. `sinceMs` = time since the header came. */
export function truthWord(
  truth: PanelTruth,
  sinceMs: number,
  computer: string,
  t: Translate,
): StateWord {
  const age = truth.ageMs === undefined ? undefined : formatAge(truth.ageMs + sinceMs);
  const seen = (text: string): string =>
    age === undefined ? text : `${text} · ${t('last seen {0} ago', age)}`;
  switch (truth.kind) {
    case 'connecting':
      return { icon: 'spinner', tone: 'plain', text: t('Connecting …') };
    case 'live':
      return { icon: 'broadcast', tone: 'good', text: t('Live') };
    case 'unconfirmed':
      return { icon: 'half', tone: 'warn', text: seen(t('Not confirmed')) };
    case 'behind':
      return { icon: 'half', tone: 'warn', text: t('Not up to date') };
    case 'host-offline':
      return { icon: 'away', tone: 'warn', text: seen(t('{0} is offline', computer)) };
    case 'relay-offline':
      return { icon: 'away', tone: 'warn', text: seen(t('Relay is offline')) };
    case 'over':
      return { icon: 'stop', tone: 'bad', text: t('Connection ended') };
  }
}

/** [P4] What is missing in a picture that is behind, and of one that nobody confirms; undefined for others. */
export function whyNotLive(truth: PanelTruth, t: Translate): string | undefined {
  if (truth.kind === 'unconfirmed') {
    return t('The computer does not confirm that it sees you: what you see may be old.');
  }
  if (truth.kind !== 'behind') return truth.text;
  if (truth.lateMs !== undefined) {
    return t('What comes through the relay is {0} old.', formatAge(truth.lateMs));
  }
  if (truth.missing === undefined) return t('The relay holds back the newest state.');
  return truth.missing === 1
    ? t('The relay holds back one entry.')
    : t('The relay holds back {0} entries.', truth.missing);
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
export function canStop(header: PanelHeader | undefined, isConnected: boolean): boolean {
  const status = header?.session && statusOf(header.session.status);
  const truth = header?.truth.kind;
  const isReachable = truth === 'live' || truth === 'unconfirmed' || truth === 'behind';
  return (
    isConnected &&
    isReachable &&
    header?.canInterrupt === true &&
    (status === 'working' || status === 'waiting')
  );
}

/** Why this window can never send as things stand; undefined if it can, or could with control. */
export function watchingReason(header: PanelHeader | undefined, t: Translate): string | undefined {
  if (header === undefined) return t('Loading the session …');
  if (header.truth.kind === 'over') {
    return header.truth.text ?? t('The connection to this session has ended.');
  }
  if (header.control.kind !== 'watching') return undefined;
  switch (header.control.reason) {
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
  isConnected: boolean,
  t: Translate,
): string | undefined {
  if (!isConnected) return t('Not connected to the extension. Your text is kept here.');
  const watching = watchingReason(header, t);
  if (watching !== undefined || header === undefined) return watching;
  if (header.truth.kind === 'host-offline') {
    const computer = header.session?.computer ?? t('The computer');
    return t('{0} is offline. Your text is kept; send it when it is back.', computer);
  }
  if (header.truth.kind === 'relay-offline') {
    return t('The relay is offline. Your text is kept; send it when it is back.');
  }
  if (header.truth.kind === 'connecting') return t('Connecting … Your text is kept.');
  if (header.control.kind !== 'other') return undefined;
  if (header.control.place > 0) {
    return t(
      '{0} has control. You are number {1} in line.',
      header.control.name,
      header.control.place,
    );
  }
  return header.control.canTake
    ? t('{0} has control. Take it back to send.', header.control.name)
    : t('{0} has control. Request control to send.', header.control.name);
}
