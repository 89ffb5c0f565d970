// The text that streams in a room: what is live, and what goes with the entry that takes its place.
import type { AgentEvent } from '../../protocol/agent.ts';
import type { HostRoom } from '../../sync/host/hostRoom.ts';

type Delta = Extract<AgentEvent, { readonly kind: 'delta' }>;
type BlockName = Pick<Delta, 'messageId' | 'block'>;

/** One per session. */
export class LiveTexts {
  private readonly room: Pick<HostRoom, 'delta' | 'endLive'>;
  private readonly live = new Map<string, BlockName>();
  /** Blocks whose streamed text goes with the next entry. */
  private readonly ending: BlockName[] = [];

  constructor(room: Pick<HostRoom, 'delta' | 'endLive'>) {
    this.room = room;
  }

  add(event: Delta): void {
    const { kind: _, ...delta } = event;
    const { messageId, block } = delta;
    this.live.set(`${messageId} ${block}`, { messageId, block });
    this.room.delta(delta);
  }

  /** The entry that follows is reported in the same breath; without one the text just goes. */
  end({ messageId, block }: BlockName): void {
    this.live.delete(`${messageId} ${block}`);
    this.ending.push({ messageId, block });
    queueMicrotask(() => this.settle());
  }

  /** Blocks whose place the entries take that are appended now. */
  takeEnding(): readonly BlockName[] {
    return this.ending.splice(0);
  }

  /** What ended goes now: no entry takes its place. */
  settle(): void {
    for (const { messageId, block } of this.takeEnding()) this.room.endLive(messageId, block);
  }

  /** Streamed text that no entry will follow: removed, and whether there was any. */
  drop(): boolean {
    const had = this.live.size > 0;
    for (const { messageId, block } of this.live.values()) this.room.endLive(messageId, block);
    this.live.clear();
    return had;
  }
}
