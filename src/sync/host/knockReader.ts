// The host's side of the knock document: opens knocks, admits their senders, keeps the document small.
import * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { type Bytes, fromBase64Url } from '../../base/bytes.ts';
import type { AppError } from '../../base/errors.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { openKnock } from '../../crypto/knock.ts';
import type { Knock } from '../../protocol/room.ts';
import { sideToUpdate } from '../../protocol/version.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { outOf, recordsOf } from '../../session/layout.ts';
import { cleanName } from '../../session/memberNames.ts';
import type { Roster } from '../../session/roster.ts';
import { guestOfOtherVersion } from '../errors.ts';

/** People of other versions that are told of, in the life of a room. */
const MAX_TOLD = 16;

/** What a knock reader needs. */
export interface KnockReaderOptions {
  readonly room: string;
  readonly roomBytes: Bytes;
  readonly roster: Roster;
  /** Somebody was admitted, or said its name or token anew. */
  readonly onAdmit: () => Promise<void>;
  /** [J7] A member gave its place up. */
  readonly onGaveWay: (member: string) => void;
  /** [V1] Somebody with a link speaks none of our versions, and was not admitted. */
  readonly onForeign?: (error: AppError) => void;
  readonly log: Logger;
}

/** Reads knocks as they come. */
export class KnockReader implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: KnockReaderOptions;
  private readonly seen = new WeakSet<Uint8Array>();
  /** Links by which somebody of other versions came: each is told once, and whose knock it was goes on knocking. */
  private readonly foreign = new Set<string>();
  private chain: Promise<void> = Promise.resolve();

  readonly doc = new Y.Doc();

  constructor(options: KnockReaderOptions) {
    this.options = options;
    const out = outOf(this.doc);
    const onKnock = (): void => {
      this.chain = this.chain
        .then(() => this.read())
        .catch((error: unknown) => options.log.warn('knock failed', { error: errorText(error) }));
    };
    out.observe(onKnock);
    this.disposables.defer(() => out.unobserve(onKnock));
    this.disposables.defer(() => this.doc.destroy());
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async read(): Promise<void> {
    if (this.disposables.isDisposed) return;
    const { roster, room, roomBytes } = this.options;
    const out = outOf(this.doc);
    let isNews = false;
    for (const record of recordsOf(out).slice(0, LIMITS.knocks)) {
      if (this.seen.has(record) || record.length > LIMITS.knockBytes) continue;
      this.seen.add(record);
      for (const invite of roster.invites) {
        const secret = fromBase64Url(invite.secret);
        const opened = secret && (await openKnock({ record, secret, room, roomBytes }));
        if (!opened) continue;
        if (sideToUpdate(opened.knock.versions) !== undefined) this.refuse(opened.knock);
        else {
          const admitted = roster.admitKnock(opened.member, opened.knock, invite);
          if (admitted) isNews = true;
          // [J7] Who knocks sees it in the state, and says so to its person.
          else this.options.log.warn('knock refused: no place', { invite: invite.inviteId });
          if (admitted?.gone !== undefined) this.options.onGaveWay(admitted.gone);
        }
        break;
      }
    }
    // Who is admitted takes its knock out; what is left over goes when it is too much.
    const over = out.length - LIMITS.knocks / 2;
    if (over > 0) out.delete(0, over);
    if (isNews) await this.options.onAdmit();
  }

  private refuse({ inviteId, name, device, versions }: Knock): void {
    const side = `${inviteId} ${sideToUpdate(versions)}`;
    if (this.foreign.has(side) || this.foreign.size >= MAX_TOLD) return;
    this.foreign.add(side);
    const who = { name: cleanName(name), device: cleanName(device) };
    const error = guestOfOtherVersion(who, versions);
    this.options.log.warn('knock refused: no version in common', { reason: error.message });
    this.options.onForeign?.(error);
  }
}
