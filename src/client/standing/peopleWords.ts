// People in words: a name may be anybody's, so what they may do stands beside it.
import type { Author } from '../../protocol/entryParts.ts';
import { roleOf } from '../../protocol/openValues.ts';

/** English texts of this file; a page checks with them that it has them all. */
export type PeopleKey =
  | '{0} ({1})'
  | '{0} links are full: nobody new comes in by them.'
  | 'Controller'
  | 'One link is full: nobody new comes in by it.'
  | 'Owner'
  | 'the name looks like another’s'
  | 'Viewer';

/** Gives a text in the reader's language. */
export type SayPeople = (key: PeopleKey, ...values: readonly (string | number)[]) => string;

/** [J8] What the author could do then, in a word; undefined where it is not known. */
export function authorRole({ role }: Pick<Author, 'role'>, t: SayPeople): string | undefined {
  if (role === undefined) return undefined;
  switch (roleOf(role)) {
    case 'owner':
      return t('Owner');
    case 'controller':
      return t('Controller');
    case 'viewer':
      return t('Viewer');
  }
}

/** [J8] The name with that word. */
export function authorName(author: Pick<Author, 'name' | 'role'>, t: SayPeople): string {
  const role = authorRole(author, t);
  return role === undefined ? author.name : t('{0} ({1})', author.name, role);
}

/** [J7] Why nobody new comes in by a link, in a sentence; undefined if every link has a place. */
export function fullLinksText(count: number | undefined, t: SayPeople): string | undefined {
  if (count === undefined || count === 0) return undefined;
  return count === 1
    ? t('One link is full: nobody new comes in by it.')
    : t('{0} links are full: nobody new comes in by them.', count);
}
