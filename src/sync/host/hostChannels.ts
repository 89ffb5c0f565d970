// The channels of all members of a room: opened when they come, closed when they have long gone.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText } from '../../base/log.ts';
import type { Ack, Command } from '../../protocol/command.ts';
import { channelDocument } from '../../protocol/documentNames.ts';
import type { CommandSource } from '../../session/control/commandCheck.ts';
import { HostChannel, type HostChannelOptions } from './hostChannel.ts';
import type { RoomRelays } from './roomRelays.ts';

/** A channel is closed this long after its member's last window went. */
const IDLE_MS = 10 * 60_000;

/** What the channels need. */
export interface HostChannelsOptions extends Omit<
  HostChannelOptions,
  'member' | 'key' | 'receive'
> {
  readonly room: string;
  readonly relays: Pick<RoomRelays, 'open' | 'close'>;
  /** Ed25519 key of a member, base64url; undefined if it is none. */
  readonly keyOf: (member: string) => string | undefined;
  readonly isPresent: (member: string) => boolean;
  readonly clock: Clock;
}

/** A command from a verified record, and who sent it. */
export interface ReceivedCommand {
  readonly from: CommandSource;
  readonly command: Command;
}

/** Opens, serves and closes channels. */
export class HostChannels implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostChannelsOptions;
  private readonly channels = new Map<string, HostChannel>();
  private readonly lastSeen = new Map<string, number>();
  private readonly received: Emitter<ReceivedCommand>;

  /** Fires for every command that is read; the same one may come again. */
  get onDidReceive() {
    return this.received.event;
  }

  constructor(options: HostChannelsOptions) {
    this.options = options;
    this.received = this.disposables.add(
      new Emitter((error) => options.log.error('command failed', { error: errorText(error) })),
    );
    this.disposables.add(options.clock.every(60_000, () => this.closeIdle()));
  }

  open(member: string): void {
    const key = this.options.keyOf(member);
    if (key === undefined) return;
    this.lastSeen.set(member, this.options.clock.monotonic());
    if (this.channels.has(member)) return;
    const channel = new HostChannel({
      ...this.options,
      member,
      key,
      receive: (from, command) => this.received.fire({ from, command }),
    });
    this.channels.set(member, channel);
    this.options.relays.open(channelDocument(this.options.room, member), channel.doc);
  }

  /** Begins anew with another document: what the one before has taken in for good may be wrong. */
  renew(member: string): void {
    if (!this.channels.has(member)) return;
    this.close(member);
    this.open(member);
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
