// What was typed and not sent, per session: kept across reloads, bounded.
import * as z from 'zod/mini';
import { Emitter, type Event } from '../../base/emitter.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';
import type { KeyValueStorage } from '../storage.ts';
import { AttachmentDrafts } from './attachmentDrafts.ts';
import type { FoundDrafts, SharedDrafts } from './sharedDrafts.ts';

const PREFIX = 'draft:';
const MAX_DRAFTS = 50;
/** More than a command can carry: what is too long to be sent is kept too. */
const MAX_DRAFT_CHARS = 2 * 1024 * 1024;
const draftSchema = z.object({ text: z.string(), at: z.number() });

/** A prompt that was refused and whose text is back in the composer. */
export interface PutBack {
  readonly ref: SessionRef;
  readonly text: string;
  readonly reason: string;
}

/** Drafts of everything that this storage is for: a workspace's, a tab's. */
export class Drafts {
  private readonly storage: KeyValueStorage;
  private readonly now: () => number;
  private readonly shared: SharedDrafts | undefined;
  private readonly returned = new Emitter<PutBack>();

  readonly onDidPutBack: Event<PutBack> = this.returned.event;
  /** What is attached beside the text. */
  readonly attachments = new AttachmentDrafts();

  constructor(options: {
    readonly storage: KeyValueStorage;
    readonly now: () => number;
    /** Those of all windows of this computer. */
    readonly shared?: SharedDrafts;
  }) {
    this.storage = options.storage;
    this.now = options.now;
    this.shared = options.shared;
  }

  /** The draft of a session; empty if there is none. */
  get(ref: SessionRef): string {
    return this.read(PREFIX + refKey(ref))?.text ?? '';
  }

  /** Keeps a draft; beyond 50 the oldest goes, beyond two million characters the end is cut. */
  set(ref: SessionRef, text: string): void {
    const kept = text.slice(0, MAX_DRAFT_CHARS);
    this.keep(ref, kept);
    this.shared?.set(ref, kept);
    this.trim();
  }

  /** What the files know more than this storage: the newest own draft, and the newest of another window. */
  async find(ref: SessionRef): Promise<FoundDrafts | undefined> {
    const found = await this.shared?.find(ref);
    if (found?.own === undefined) return found;
    const known = this.read(PREFIX + refKey(ref));
    if (known !== undefined && known.at > found.own.at) return { ...found, own: known };
    if (known?.text !== found.own.text) this.keep(ref, found.own.text);
    return found;
  }

  /** The draft of another window goes on here. */
  takeOver(ref: SessionRef, id: string): void {
    this.shared?.takeOver(ref, id);
  }

  /** Puts the text of a refused prompt in front of what is there. */
  putBack(ref: SessionRef, text: string, reason: string): void {
    const draft = this.get(ref);
    this.set(ref, draft === '' ? text : `${text}\n\n${draft}`);
    this.returned.fire({ ref, text, reason });
  }

  private keep(ref: SessionRef, text: string): void {
    const value = text === '' ? undefined : { text, at: this.now() };
    void this.storage.update(PREFIX + refKey(ref), value);
  }

  private trim(): void {
    const keys = this.storage.keys().filter((key) => key.startsWith(PREFIX));
    if (keys.length <= MAX_DRAFTS) return;
    const age = (key: string): number => this.read(key)?.at ?? 0;
    const oldest = keys.toSorted((a, b) => age(a) - age(b)).slice(0, keys.length - MAX_DRAFTS);
    for (const key of oldest) void this.storage.update(key, undefined);
  }

  private read(key: string): z.infer<typeof draftSchema> | undefined {
    const parsed = draftSchema.safeParse(this.storage.get(key));
    return parsed.success ? parsed.data : undefined;
  }
}
