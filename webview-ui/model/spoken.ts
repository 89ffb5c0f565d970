// What a screen reader is told: replies, failures, requests, and who asks for control.
import type { PanelEntry, PanelHeader } from '../../src/protocol/local/panel.ts';
import { requestKindOf } from '../../src/protocol/openValues.ts';
import type { Pending } from '../../src/protocol/state.ts';
import { speakMarkdown } from '../markdown/speakMarkdown.ts';
import type { Translate } from '../strings.ts';
import { asksMe, cameText, requestKey } from './words.ts';

/** News of a head against the one before it. */
export function spokenOfHeader(
  header: PanelHeader,
  before: PanelHeader,
  t: Translate,
): readonly string[] {
  const asked = new Set(before.controlRequests.map(requestKey));
  const came = new Set(before.people.filter(asksMe).map((person) => person.member));
  const known = new Set(before.pending.map((pending) => pending.requestId));
  const isOwner = header.me?.role === 'owner';
  return [
    ...header.controlRequests
      .filter((request) => !asked.has(requestKey(request)))
      .map((request) => t('{0} asks for control', request.name)),
    ...header.people
      .filter((person) => isOwner && asksMe(person) && !came.has(person.member))
      .map((person) => cameText(person, t)),
    ...header.pending
      .filter((pending) => !known.has(pending.requestId))
      .map((pending) => requestText(pending, t)),
  ];
}

function requestText({ request, tool }: Pending, t: Translate): string {
  switch (requestKindOf(request)) {
    case 'permission':
      return t('Permission requested: {0}', tool);
    case 'plan':
      return t('A plan waits for approval');
    case 'question':
    case 'form':
      return t('A question waits for an answer');
    case 'unknown':
      return t('A request that this version does not know waits: {0}', tool);
  }
}

/** News of entries at the end: each finished reply once, and what failed. */
export function spokenOfEntries(entries: readonly PanelEntry[], t: Translate): readonly string[] {
  return entries.flatMap(({ entry }) => {
    if (entry.kind === 'text' && entry.parent === undefined) return [speakMarkdown(entry.text, t)];
    if (entry.kind === 'notice' && entry.level === 'error') return [entry.text];
    if (entry.kind !== 'turn' || entry.outcome !== 'failed') return [];
    return [`${t('The turn failed')} ${entry.error ?? ''}`];
  });
}
