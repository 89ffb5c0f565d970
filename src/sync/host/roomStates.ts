// The states of a room: what it is about, its people and who has control, under a revision that rises.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { AsOf, Focus, Person, RoomState } from '../../protocol/state.ts';
import { boundedState } from '../../session/state/boundedState.ts';
import type { AppState } from './hostRoomOptions.ts';

/** What states are made of. */
export interface RoomStatesOptions {
  /** Revision that they go on from: not below any that was published. */
  readonly firstRev: number;
  /** Keeps the revision for the next start. */
  readonly saveRev?: (rev: number) => void;
  readonly people: () => readonly Person[];
  /** [J7] Who finds no place, and who gave one up. */
  readonly places: () => Pick<RoomState, 'fullLinks' | 'gaveWay'>;
  readonly control: () => Focus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Makes the state record of now. */
export class RoomStates {
  private readonly options: RoomStatesOptions;
  private rev: number;
  private leftOut: string | undefined;

  /** What the room is about; until it is set there is no state. */
  app: AppState | undefined;

  constructor(options: RoomStatesOptions) {
    this.options = options;
    this.rev = options.firstRev;
  }

  /** Highest revision so far. */
  get revision(): number {
    return this.rev;
  }

  /** The next state, as of a log entry, within its bound. */
  build(asOf: AsOf, first: number): RoomState | undefined {
    const { app } = this;
    if (!app) return undefined;
    this.rev += 1;
    this.options.saveRev?.(this.rev);
    const common = {
      rev: this.rev,
      at: this.options.clock.now(),
      asOf,
      first,
      people: [...this.options.people()],
      ...this.options.places(),
      focus: this.options.control(),
    };
    const whole: RoomState = app.kind === 'session' ? { ...app, ...common } : { ...app, ...common };
    const { state, leftOut } = boundedState(whole);
    if (leftOut !== undefined && leftOut !== this.leftOut) {
      this.options.log.error('the state is too large', { leftOut });
    }
    this.leftOut = leftOut;
    return state;
  }
}
