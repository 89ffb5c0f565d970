// [J8] Names of members: what they call themselves, made fit to stand beside texts of others and told apart.
import { jsonCut } from '../base/jsonText.ts';
import { nameSkeleton } from '../base/nameSkeleton.ts';
import { LIMITS } from '../protocol/limits.ts';
import { roleOf } from '../protocol/openValues.ts';
import type { StoredMember } from './roomJournal.ts';

/** A name without control and direction characters, cut to its bound: it stands beside texts of others. */
export function cleanName(name: string): string {
  return jsonCut(name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim(), LIMITS.nameBytes);
}

/** The name that the others see, for a guest among these others: with a number, if it looks like one of theirs. */
export function guestName(
  name: string,
  others: readonly StoredMember[],
): Pick<StoredMember, 'name' | 'alike'> {
  const taken = new Set(others.map((one) => nameSkeleton(one.name)));
  if (!taken.has(nameSkeleton(name))) return { name };
  for (let n = 2; ; n += 1) {
    const numbered = numberedName(name, n);
    if (!taken.has(nameSkeleton(numbered))) return { name: numbered, alike: true };
  }
}

/** Guests whose names look like the owner's, under names that do not: owners keep theirs. */
export function renamedGuests(
  owner: StoredMember,
  members: readonly StoredMember[],
): readonly StoredMember[] {
  const skeleton = nameSkeleton(owner.name);
  let all: readonly StoredMember[] = [...members, owner];
  const renamed: StoredMember[] = [];
  for (const guest of members) {
    if (roleOf(guest.role) === 'owner' || nameSkeleton(guest.name) !== skeleton) continue;
    const others = all.filter((one) => one.member !== guest.member);
    const next = { ...guest, ...guestName(guest.name, others) };
    all = [...others, next];
    renamed.push(next);
  }
  return renamed;
}

/** A name with a number, within its bound. */
function numberedName(name: string, n: number): string {
  const number = ` (${n})`;
  return jsonCut(name, LIMITS.nameBytes - number.length) + number;
}
