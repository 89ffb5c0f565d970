// "Typing": told to the others, and the way by which control follows a person from window to window.
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { RoomView } from '../../session/view.ts';
import { panelControl } from './panelModel.ts';

/** "Typing" ends this long after the last key. */
const TYPING_MS = 3_000;

/** Tells a room that this window types, until it stops. */
export class TypingPresence implements Disposable {
  private readonly clock: Clock;
  private end: Disposable | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A key was pressed in the composer. */
  typed(view: RoomView | undefined): void {
    if (!view) return;
    if (!this.end) {
      view.setPresence({ looksAt: 'session', typing: true });
      // Between windows of one person control follows typing; a refusal shows in the control bar.
      if (panelControl(view).kind === 'mine-elsewhere') {
        view.request('focus-request', {}).catch(() => undefined);
      }
    }
    this.end?.dispose();
    this.end = this.clock.after(TYPING_MS, () => {
      this.end = undefined;
      view.setPresence({ looksAt: 'session', typing: false });
    });
  }

  /** Says no more: the page is hidden or gone. */
  stop(): void {
    this.end?.dispose();
    this.end = undefined;
  }

  dispose(): void {
    this.stop();
  }
}
