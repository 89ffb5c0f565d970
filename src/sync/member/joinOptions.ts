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
  /** This device woke or is looked at again ('woke'), or has another network ('online'). */
  readonly wakes?: Event<'woke' | 'online'>;
  /** Content secrets known from elsewhere (the owner's directory). */
  readonly epochs?: readonly EpochSecret[];
}
