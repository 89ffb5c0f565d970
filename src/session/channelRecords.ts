// What a sender has put into its channel: its commands by id, taken out with their answers when nobody waits for them.
import type * as Y from 'yjs';
import { inOf, outOf, placeOfRecord } from './layout.ts';

/** Finished commands whose later answers are still known for own. */
const MAX_OVER = 1_024;

/** The own part of a channel document; other windows of the member have theirs in the same one. */
export class ChannelRecords {
  private readonly doc: Y.Doc;
  private readonly standing = new Map<string, Uint8Array>();
  private readonly over = new Set<string>();

  constructor(doc: Y.Doc) {
    this.doc = doc;
  }

  /** Whether the command stands in the channel. */
  has(id: string): boolean {
    return this.standing.has(id);
  }

  push(id: string, record: Uint8Array): void {
    this.standing.set(id, record);
    outOf(this.doc).push([record]);
  }

  /** Takes a command out; its answer may still come. */
  takeOut(id: string): void {
    const record = this.standing.get(id);
    if (!record) return;
    this.standing.delete(id);
    const out = outOf(this.doc);
    const place = placeOfRecord(out, record);
    if (place >= 0) out.delete(place, 1);
  }

  /** Nobody waits for an answer any more: command and answer go as soon as the answer is there. */
  finish(id: string): void {
    this.over.add(id);
    const [oldest] = this.over;
    if (this.over.size > MAX_OVER && oldest !== undefined) this.over.delete(oldest);
    this.tidy();
  }

  /** [X6] Takes out what is finished: an answer may come twice, or after the command was given up. */
  tidy(): void {
    const answers = inOf(this.doc);
    const finished = [...answers.keys()].filter((id) => this.over.has(id));
    if (finished.length === 0) return;
    this.doc.transact(() => {
      for (const id of finished) {
        this.takeOut(id);
        answers.delete(id);
      }
    });
  }
}
