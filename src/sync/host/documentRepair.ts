// [P2] The main document is a projection of the journal: what others change in it is put right.
import type * as Y from 'yjs';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { openCard } from '../../crypto/card.ts';
import type { Problem } from '../../protocol/state.ts';
import { readCard } from '../../session/layout.ts';
import type { TailDocument } from '../../session/tailDocument.ts';
import { anotherHost } from '../errors.ts';
import type { HostIdentity } from './hostRoomOptions.ts';

/** Pauses between two repairs: the first, and the longest if somebody keeps at it. */
const PAUSE_MS = { first: 100, longest: 10_000 } as const;

/** What repairing needs. */
export interface DocumentRepairOptions {
  readonly doc: Y.Doc;
  readonly tail: TailDocument;
  readonly room: string;
  readonly host: HostIdentity;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Watches a document and repairs it, ever more slowly if others keep changing it. */
export class DocumentRepair implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: DocumentRepairOptions;
  private readonly lost = this.disposables.add(new Emitter<Problem>());
  private timer: Disposable | undefined;
  private pauseMs: number = PAUSE_MS.first;
  private repairedAt = Number.NEGATIVE_INFINITY;

  /** A card of a higher term, or of another boot of ours, stands there: this host must stop writing. */
  readonly onDidLose = this.lost.event;

  constructor(options: DocumentRepairOptions) {
    this.options = options;
    const onUpdate = (_update: Uint8Array, origin: unknown): void => {
      if (origin !== options.tail) this.soon();
    };
    options.doc.on('update', onUpdate);
    this.disposables.defer(() => options.doc.off('update', onUpdate));
    this.disposables.defer(() => this.timer?.dispose());
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private soon(): void {
    if (this.timer || this.disposables.isDisposed) return;
    const { clock } = this.options;
    if (clock.monotonic() - this.repairedAt > PAUSE_MS.longest * 2) this.pauseMs = PAUSE_MS.first;
    this.timer = clock.after(this.pauseMs, () => {
      this.timer = undefined;
      this.repair().catch((error: unknown) => {
        this.options.log.error('repair failed', { error: errorText(error) });
      });
    });
  }

  private async repair(): Promise<void> {
    const { doc, room, host, tail } = this.options;
    const bytes = readCard(doc);
    const card = bytes && (await openCard(bytes, room));
    if (this.disposables.isDisposed) return;
    const isOther = card !== undefined && card.boot !== toBase64Url(host.boot);
    if (isOther && card.term >= host.term) {
      this.lost.fire(anotherHost(card.term > host.term));
      return;
    }
    if (!tail.reconcile()) return;
    this.repairedAt = this.options.clock.monotonic();
    this.pauseMs = Math.min(this.pauseMs * 2, PAUSE_MS.longest);
    this.options.log.warn('the document was changed by others and put right');
  }
}
