// Control as one window of a member has it: the fence that it holds, and the one that it held last.
import type { RoomState } from '../../protocol/state.ts';

/** What it follows. */
export interface MemberControlOptions {
  readonly member: string;
  /** Id of this window now: each term of the host begins a new one. */
  readonly window: () => string;
  readonly state: () => RoomState | undefined;
}

/** Reads this window's part of the room's control. */
export class MemberControl {
  private readonly options: MemberControlOptions;
  private last: number | undefined;

  constructor(options: MemberControlOptions) {
    this.options = options;
  }

  /** Fence under which this window has control; undefined while it has not. */
  get heldFence(): number | undefined {
    const { member, window, state } = this.options;
    const control = state()?.focus;
    const holder = control?.holder;
    const isMine = holder?.member === member && holder.window === window();
    return isMine ? control?.fence : undefined;
  }

  /** Fence that this window holds or held last, as long as it has seen no newer one. */
  get lastFence(): number | undefined {
    return this.last;
  }

  /** Takes in a state: who has seen a newer fence knows that control moved on, and asks anew. */
  follow(): void {
    const isNewest = this.options.state()?.focus.fence === this.last;
    this.last = this.heldFence ?? (isNewest ? this.last : undefined);
  }
}
