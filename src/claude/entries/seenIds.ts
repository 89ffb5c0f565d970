// Remembers which ids were given out, so that nothing is shown twice.

/** More than any turn has; a few megabytes at the most. */
const MAX_SEEN = 50_000;

/** A set that forgets its oldest member when it is full. */
export class SeenIds {
  private readonly ids = new Set<string>();

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** True if the id is new. */
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > MAX_SEEN) {
      const oldest = this.ids.keys().next();
      if (oldest.done !== true) this.ids.delete(oldest.value);
    }
    return true;
  }
}
