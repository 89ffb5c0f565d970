// The bytes of pictures that one read of a transcript finds, as long as there is room for them.
import type { ReportedEntry } from '../../protocol/agent.ts';
import type { PromptImage } from '../../protocol/entryParts.ts';
import type { Entry } from '../../protocol/transcript.ts';

/** Base64 characters that are kept at a time; of a longer history the newest pictures have their bytes. */
const MAX_CHARS = 96 * 1024 * 1024;

/** Pictures by the id of their entry. */
export class ImageBudget {
  private readonly kept = new Map<string, readonly PromptImage[]>();
  private readonly maxChars: number;
  private chars = 0;

  constructor(maxChars: number = MAX_CHARS) {
    this.maxChars = maxChars;
  }

  /** Keeps them, and drops the oldest if they are too many. */
  add(id: string, images: readonly PromptImage[]): void {
    // One that comes again takes its place anew, and is counted once.
    this.chars -= charsOf(this.kept.get(id) ?? []);
    this.kept.delete(id);
    this.kept.set(id, images);
    this.chars += charsOf(images);
    for (const [oldest, dropped] of this.kept) {
      if (this.chars <= this.maxChars) return;
      this.kept.delete(oldest);
      this.chars -= charsOf(dropped);
    }
  }

  /** The entry with its pictures. */
  reported(entry: Entry): ReportedEntry {
    const images = this.kept.get(entry.id);
    return images === undefined ? { entry } : { entry, images };
  }

  clear(): void {
    this.kept.clear();
    this.chars = 0;
  }
}

function charsOf(images: readonly PromptImage[]): number {
  return images.reduce((sum, { base64 }) => sum + base64.length, 0);
}
