// Whoever a command comes from, as entries name them.
import type { Author } from '../../protocol/entryParts.ts';
import type { Person } from '../../protocol/state.ts';

/** The person without what only the room knows of them. */
export function authorOf(person: Person): Author {
  const { member, name, device, role } = person;
  return { member, name, device, role };
}
