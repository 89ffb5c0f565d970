// Joins rooms as this device: one identity, one name, one memory for all of them.
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import type { Logger } from '../../base/log.ts';
import type { Identity } from '../../crypto/identity.ts';
import { parseLink } from '../../protocol/link.ts';
import { Attachment } from '../../sync/member/attachment.ts';
import type { EpochSecret, RoomMemoryStore, Wake } from '../../sync/member/joinOptions.ts';
import type { RoomView } from '../../session/view.ts';

/** Where a room is, and what its members may read. */
export interface RoomTarget {
  readonly link: string;
  /** Content secrets from the owner's directory, base64url. */
  readonly epochs?: readonly EpochSecret[] | undefined;
  /**
   * False: an older picture than the last one is taken. So for this computer's machine room: its
   * relay is a child of its host, and an older picture there is a journal that was restored.
   */
  readonly remembers?: boolean;
}

/** A joined view that can follow its relay and its epochs in place. */
export interface MovableView extends RoomView {
  /** Epoch that the host writes under and whose secret is not here; undefined if none is missing. */
  readonly missingEpoch: number | undefined;
  setRelay(url: string): void;
  addEpochs(epochs: readonly EpochSecret[]): void;
}

/** Joins a room; throws AppError link-* if the link can never work. */
export type JoinTarget = (target: RoomTarget) => Promise<MovableView>;

/** Who joins. */
export interface Joiner {
  readonly identity: () => Promise<Identity>;
  /** Name that the others see, asked for at each join. */
  readonly name: () => string;
  /** Device that the others see. */
  readonly device: string;
  readonly memory: RoomMemoryStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** [P7] What may have ended its connections without a word. */
  readonly wakes?: Event<Wake>;
}

/** How this device joins rooms. */
export function joinAs(joiner: Joiner): JoinTarget {
  const { identity, name, device, memory, clock, log, wakes } = joiner;
  return async ({ link, epochs, remembers = true }) =>
    Attachment.join({
      // A link that can never work is refused before anything is made.
      link: parseLink(link),
      identity: await identity(),
      name: name(),
      device,
      clock,
      log,
      ...(remembers && { memory }),
      ...(epochs && { epochs }),
      ...(wakes && { wakes }),
    });
}
