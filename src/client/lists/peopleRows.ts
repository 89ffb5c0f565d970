// The People tree as values: who is in the session in front, and what may be done about each.
import type { PanelHeader, PanelPerson } from '../../protocol/local/panel.ts';
import { isOver, type Standing, standing } from '../standing/standing.ts';
import { holderText } from '../standing/standingWords.ts';
import type { Translate } from '../translate.ts';

/** A row of the tree. */
export interface PersonRow {
  readonly member: string;
  /** Window that asks for control, if it does. */
  readonly window?: string;
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly color?: string;
  readonly context: string;
}

/** Rows for a header: me first, then who has control, who is here, who is away. */
export function peopleRows(header: PanelHeader, t: Translate): readonly PersonRow[] {
  const stands = standing(header);
  const rank = (person: PanelPerson): number =>
    (person.isMe ? 0 : 8) + (person.hasControl ? 0 : 4) + (person.present ? 0 : 2);
  return header.people
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .map((person) => personRow(person, header, stands, t));
}

function personRow(
  person: PanelPerson,
  header: PanelHeader,
  stands: Standing,
  t: Translate,
): PersonRow {
  const request = header.controlRequests.find(({ member }) => member === person.member);
  const isOwner = header.me?.role === 'owner';
  const hasHolder = !isOver(stands) && stands.isReachable;
  const mayGive = hasHolder && (isOwner || stands.control.kind === 'mine');
  const isOther = !person.isMe && person.role !== 'owner';
  const flags = [
    isOwner && person.asksControl && 'asks',
    isOwner && isOther && person.role === 'viewer' && 'allow',
    mayGive && !person.isMe && person.role !== 'viewer' && !person.hasControl && 'give',
    isOwner && isOther && person.role === 'controller' && 'demote',
    isOwner && isOther && 'remove',
  ];
  const roles = { owner: t('Owner'), controller: t('Controller'), viewer: t('Viewer') };
  const description = [
    person.asksControl && person.role === 'viewer'
      ? t('waits to be allowed control')
      : roles[person.role],
    person.device,
    person.hasControl && holderText(stands, t),
    request && t('requests control'),
    !person.present && t('away'),
    person.alike === true && t('the name looks like another’s'),
  ];
  return {
    member: person.member,
    ...(request ? { window: request.window } : {}),
    label: person.isMe ? t('{0} (you)', person.name) : person.name,
    description: description.filter(Boolean).join(' · '),
    ...look(person, request !== undefined, stands),
    context: `;${flags.filter(Boolean).join(';')};`,
  };
}

function look(
  person: PanelPerson,
  asks: boolean,
  stands: Standing,
): { readonly icon: string; readonly color?: string } {
  if (person.asksControl || asks) return { icon: 'bell-dot', color: 'list.warningForeground' };
  if (person.hasControl && stands.controlAsOf === 'now') return { icon: 'edit' };
  if (!person.present) return { icon: 'circle-outline', color: 'disabledForeground' };
  return { icon: person.role === 'viewer' ? 'eye' : 'person' };
}
