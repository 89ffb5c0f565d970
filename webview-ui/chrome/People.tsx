// Who is here, with role and control, as pictures that open into a list.
import { fullLinksText } from '../../src/client/standing/peopleWords.ts';
import { holderText } from '../../src/client/standing/standingWords.ts';
import type { PanelHeader, PanelPerson } from '../../src/protocol/local/panel.ts';
import { Avatar } from '../parts/AuthorBadge.tsx';
import { Icon } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

const MAX_PICTURES = 4;

function roleText(person: PanelPerson, t: Translate): string {
  switch (person.role) {
    case 'viewer':
      return person.asksControl ? t('Viewer, asks for control') : t('Viewer');
    case 'controller':
      return t('Controller');
    case 'owner':
      return t('Owner');
  }
}

function Person({ person, isOwner }: { readonly person: PanelPerson; readonly isOwner: boolean }) {
  const { store, post, t } = useUi();
  const standing = store.standing.value;
  const holder = standing && holderText(standing, t);
  return (
    <li class={person.present ? 'person' : 'person person-away'}>
      <Avatar name={person.name} id={person.member} />
      <span class="person-text">
        <bdi>{person.isMe ? t('{0} (you)', person.name) : showDeceptive(person.name)}</bdi>
        <span class="muted">
          <bdi>{showDeceptive(person.device)}</bdi> · {roleText(person, t)}
          {person.present ? '' : ` · ${t('away')}`}
          {person.alike === true && ` · ${t('the name looks like another’s')}`}
        </span>
      </span>
      {person.hasControl && holder !== undefined && (
        <span class="tag tag-control">
          <Icon name="keyboard" />
          {holder}
        </span>
      )}
      {isOwner && person.asksControl && standing?.isReachable === true && (
        <button
          type="button"
          class="button-second"
          onClick={() => post({ type: 'allow-control', member: person.member })}
        >
          {t('Allow control')}
        </button>
      )}
    </li>
  );
}

/** Pictures and list of the people. */
export function People({ header }: { readonly header: PanelHeader }) {
  const { store, t } = useUi();
  const standing = store.standing.value;
  const here = header.people.filter((person) => person.present || person.hasControl);
  const shown = here.slice(0, MAX_PICTURES);
  const names = here.map((person) => person.name).join(', ');
  if (header.people.length === 0) return null;
  const full = fullLinksText(header.fullLinks, t);
  return (
    <details class="people">
      <summary title={names}>
        <span class="sr-only">{t('People: {0}', names)}</span>
        {shown.map((person) => (
          <span key={person.member} class="people-picture">
            <Avatar name={person.name} id={person.member} />
            {person.hasControl && standing?.controlAsOf === 'now' && (
              <span class="people-mark">
                <Icon name="keyboard" />
              </span>
            )}
          </span>
        ))}
        {here.length > shown.length && (
          <span class="muted" aria-hidden="true">
            +{here.length - shown.length}
          </span>
        )}
      </summary>
      <ul class="people-list">
        {header.people.map((person) => (
          <Person
            key={person.member}
            person={person}
            isOwner={header.me?.role === 'owner' && !person.isMe}
          />
        ))}
        {full !== undefined && <li class="person muted">{full}</li>}
      </ul>
    </details>
  );
}
