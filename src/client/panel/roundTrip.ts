// [H2] How long it takes from here to the session's computer and back: measured by a question that asks for nothing.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { RoomView } from '../../session/view.ts';

/** A question that is not answered by then measures nothing. */
const ANSWERED_MS = 20_000;

/** Measures when it is asked to, one question at a time. */
export class RoundTrip implements Disposable {
  private readonly options: {
    readonly clock: Pick<Clock, 'monotonic' | 'after'>;
    readonly onDidMeasure: () => void;
  };
  private readonly closing = new AbortController();
  private last: { readonly room: string; readonly ms: number } | undefined;
  private isAsking = false;

  constructor(options: RoundTrip['options']) {
    this.options = options;
  }

  /** Ms, of this room; undefined where nothing was measured, or nothing is heard now. */
  lastMs(view: Pick<RoomView, 'room' | 'truth'> | undefined): number | undefined {
    const isNow = view?.truth.kind === 'live' && view.room === this.last?.room;
    return isNow ? this.last?.ms : undefined;
  }

  /** Asks the host for no entries at all: the answer is sealed, sent and opened like any other. */
  measure(view: RoomView | undefined): void {
    if (this.isAsking || !view?.me || view.truth.kind !== 'live') return;
    const { clock, onDidMeasure } = this.options;
    const late = new AbortController();
    const timer = clock.after(ANSWERED_MS, () => late.abort());
    const signal = AbortSignal.any([late.signal, this.closing.signal]);
    const { room } = view;
    const begin = clock.monotonic();
    this.isAsking = true;
    view
      .request('fetch', { what: 'log', from: 0, to: 0 }, { signal })
      .then(
        () => ({ room, ms: Math.round(clock.monotonic() - begin) }),
        () => undefined,
      )
      .then((last) => {
        timer.dispose();
        this.isAsking = false;
        if (this.closing.signal.aborted) return;
        this.last = last;
        onDidMeasure();
      })
      .catch(() => undefined);
  }

  dispose(): void {
    this.closing.abort();
  }
}
