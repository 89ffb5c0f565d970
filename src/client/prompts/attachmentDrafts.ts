// What was attached and not sent, per session: kept as long as the window, and put back if it was not taken.
import { type Bytes, fromBase64Url } from '../../base/bytes.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { tooManyAttached, tooMuchAttached } from '../../session/attached/errors.ts';
import type { Outgoing } from '../../session/attached/parts.ts';
import { fileUnreadable } from '../errors.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';

/** What of sent prompts is kept until they are answered, all sessions together; the oldest goes first. */
const MAX_SENT_BYTES = 4 * LIMITS.attachedBytes;

/** One picture or file in a composer. */
export interface DraftAttachment {
  /** Given by whoever attached it. */
  readonly id: string;
  readonly use: 'picture' | 'file';
  readonly name: string;
  readonly bytes: Bytes;
  /** A small picture of it, as a data: URL. */
  readonly thumb?: string;
  /** What was done to it before it came here, for people. */
  readonly note?: string;
}

interface Sent {
  readonly ref: SessionRef;
  readonly attachments: readonly DraftAttachment[];
}

/** The attachments of all composers of this window. */
export class AttachmentDrafts {
  private readonly drafts = new Map<string, readonly DraftAttachment[]>();
  private readonly sentById = new Map<string, Sent>();
  private readonly changed = new Emitter<SessionRef>();

  /** The attachments of a composer are others. */
  readonly onDidChange: Event<SessionRef> = this.changed.event;

  of(ref: SessionRef): readonly DraftAttachment[] {
    return this.drafts.get(refKey(ref)) ?? [];
  }

  /** Adds one; throws AppError 'too-many' or 'too-large', and nothing is added. */
  add(ref: SessionRef, attachment: DraftAttachment): void {
    const all = [...this.of(ref).filter(({ id }) => id !== attachment.id), attachment];
    if (all.length > LIMITS.attached) throw tooManyAttached();
    const bytes = sizeOf(all);
    if (bytes > LIMITS.attachedBytes) throw tooMuchAttached(bytes);
    this.set(ref, all);
  }

  remove(ref: SessionRef, id: string): void {
    this.set(
      ref,
      this.of(ref).filter((one) => one.id !== id),
    );
  }

  /** All of a composer; it has none then. */
  take(ref: SessionRef): readonly DraftAttachment[] {
    const all = this.of(ref);
    if (all.length > 0) this.set(ref, []);
    return all;
  }

  /** Puts them in front of what is there. */
  putBack(ref: SessionRef, attachments: readonly DraftAttachment[]): void {
    if (attachments.length > 0) this.set(ref, [...attachments, ...this.of(ref)]);
  }

  /** They went with this prompt. */
  sent(ref: SessionRef, promptId: string, attachments: readonly DraftAttachment[]): void {
    if (attachments.length === 0) return;
    this.sentById.set(promptId, { ref, attachments });
    for (const [id] of this.sentById) {
      const all = [...this.sentById.values()].flatMap((one) => one.attachments);
      if (sizeOf(all) <= MAX_SENT_BYTES) return;
      this.sentById.delete(id);
    }
  }

  /** The prompt was not run: what went with it is back in its composer. */
  returned(promptId: string): void {
    const sent = this.sentById.get(promptId);
    this.sentById.delete(promptId);
    if (sent) this.putBack(sent.ref, sent.attachments);
  }

  /** Nobody follows other prompts of this session any more. */
  keepOnly(ref: SessionRef, promptIds: ReadonlySet<string>): void {
    for (const [id, sent] of this.sentById) {
      if (refKey(sent.ref) === refKey(ref) && !promptIds.has(id)) this.sentById.delete(id);
    }
  }

  private set(ref: SessionRef, attachments: readonly DraftAttachment[]): void {
    if (attachments.length === 0) this.drafts.delete(refKey(ref));
    else this.drafts.set(refKey(ref), attachments);
    this.changed.fire(ref);
  }
}

/** As they are sent. */
export function outgoingOf({ use, name, bytes }: DraftAttachment): Outgoing {
  return use === 'file' ? { use, name, bytes } : { use, bytes };
}

/** Bytes that a page has sent as base64; throws AppError 'invalid-input'. */
export function attachedBytes(base64: string): Bytes {
  const plain = base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const bytes = fromBase64Url(plain);
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw fileUnreadable();
}

function sizeOf(attachments: readonly DraftAttachment[]): number {
  return attachments.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
