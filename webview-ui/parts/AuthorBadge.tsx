// Who did something: initials in a colour of their own, the name, the device.
import type { Author } from '../../src/protocol/entryParts.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { authorRole } from '../../src/client/standing/peopleWords.ts';
import { useUi } from '../ui.ts';

const COLORS = 6;

/** First letters of the first two words of a name. */
export function initialsOf(name: string): string {
  const all = name.trim().split(/\s+/);
  // The number of a name that looks like another's is none of its letters.
  const named = all.filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const words = named.length > 0 ? named : all;
  return words
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0x2e).toUpperCase())
    .join('');
}

/** One of six colours that stays with a member or name. */
export function colorOf(key: string): number {
  let sum = 0;
  for (const character of key) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % COLORS;
}

/** A round picture of a person. */
export function Avatar({ name, id }: { readonly name: string; readonly id: string }) {
  return (
    <span class={`avatar avatar-${colorOf(id)}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** Name and device; 'You' for this person. */
export function AuthorBadge({ author }: { readonly author: Author }) {
  const { store, t } = useUi();
  const isMe = author.member !== undefined && author.member === store.header.value?.me?.member;
  const role = authorRole(author, t);
  return (
    <span class="author">
      <Avatar name={author.name} id={author.member ?? author.name} />
      <bdi class="author-name">{isMe ? t('You') : showDeceptive(author.name)}</bdi>
      {!isMe && role !== undefined && <span class="muted author-role">{role}</span>}
      {author.device !== undefined && author.device !== '' && (
        <bdi class="muted author-device">{showDeceptive(author.device)}</bdi>
      )}
    </span>
  );
}
