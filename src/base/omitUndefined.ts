// Objects without the fields that have no value: with exact optional properties, absent and undefined differ.

/** Fields of T that have a value. */
export type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Only the fields that have a value. */
export function omitUndefined<T extends object>(fields: T): Defined<T> {
  // Object.entries forgets the keys: the cast restores those that are left.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
