// How a room is joined.
import type { Event } from '../../base/emitter.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Identity } from '../../crypto/identity.ts';
import type { InviteLink } from '../../protocol/link.ts';
import type { RoomMemory } from '../../session/roomMemory.ts';

/** What a device keeps of rooms across restarts. */
export interface RoomMemoryStore {
  load(room: string): RoomMemory | undefined;
  save(room: string, memory: RoomMemory): void;
}

/** Content secret of an epoch, base64url. */
export interface EpochSecret {
  readonly epoch: number;
  readonly secret: string;
}

/**
 * [P7] What may have ended a connection without a word: somebody looks again ('seen'), this device
 * slept ('woke'), or it has another network ('online').
 */
export type Wake = 'seen' | 'woke' | 'online';

/** How to join. */
export interface JoinOptions {
  readonly link: string | InviteLink;
  readonly identity: Identity;
  /** Name and device that the others see. */
  readonly name: string;
  readonly device: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: the runtime's own. */
  readonly webSocket?: typeof WebSocket;
  /** Random number in [0, 1), for pauses. Default: the runtime's own. */
  readonly random?: () => number;
  readonly memory?: RoomMemoryStore;
  readonly wakes?: Event<Wake>;
  /** Content secrets known from elsewhere (the owner's directory). */
  readonly epochs?: readonly EpochSecret[];
}
