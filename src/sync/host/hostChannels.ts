// The channels of all members of a room: opened when they come, closed when they have long gone.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import type { Ack } from '../../protocol/command.ts';
import { channelDocument } from '../../protocol/documentNames.ts';
import { HostChannel, type HostChannelOptions } from './hostChannel.ts';
import type { RoomRelays } from './roomRelays.ts';

/** A channel is closed this long after its member's last window went. */
const IDLE_MS = 10 * 60_000;

/** What the channels need. */
export interface HostChannelsOptions extends Omit<HostChannelOptions, 'member' | 'key'> {
  readonly room: string;
  readonly relays: RoomRelays;
  /** Ed25519 key of a member, base64url; undefined if it is none. */
  readonly keyOf: (member: string) => string | undefined;
  readonly isPresent: (member: string) => boolean;
  readonly clock: Clock;
}

/** Opens, serves and closes channels. */
export class HostChannels implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostChannelsOptions;
  private readonly channels = new Map<string, HostChannel>();
  private readonly lastSeen = new Map<string, number>();

  constructor(options: HostChannelsOptions) {
    this.options = options;
    this.disposables.add(options.clock.every(60_000, () => this.closeIdle()));
  }

  open(member: string): void {
    const key = this.options.keyOf(member);
    if (key === undefined) return;
    this.lastSeen.set(member, this.options.clock.monotonic());
    if (this.channels.has(member)) return;
    const channel = new HostChannel({ ...this.options, member, key });
    this.channels.set(member, channel);
    this.options.relays.open(channelDocument(this.options.room, member), channel.doc);
  }

  close(member: string): void {
    this.options.relays.close(channelDocument(this.options.room, member));
    this.channels.get(member)?.dispose();
    this.channels.delete(member);
    this.lastSeen.delete(member);
  }

  acknowledge(member: string, ack: Ack): void {
    this.channels.get(member)?.acknowledge(ack);
  }

  /** Resolves when every answer is in its document. */
  async settled(): Promise<void> {
    await Promise.all([...this.channels.values()].map((channel) => channel.settled()));
  }

  dispose(): void {
    this.disposables.dispose();
    for (const channel of this.channels.values()) channel.dispose();
    this.channels.clear();
  }

  private closeIdle(): void {
    const now = this.options.clock.monotonic();
    for (const [member, seenAt] of this.lastSeen) {
      if (this.options.isPresent(member)) this.lastSeen.set(member, now);
      else if (now - seenAt > IDLE_MS) this.close(member);
    }
  }
}
