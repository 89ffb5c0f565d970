// Streaming text: which blocks are live, and when the finished entry or an abort supersedes them.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent } from '../../protocol/agent.ts';
import type { LiveText } from '../../protocol/entryParts.ts';
import type { MessageLine } from '../wire/messageLine.ts';
import type { StreamEventLine } from '../wire/streamJson.ts';

interface LiveBlock extends Omit<LiveText, 'text'> {
  /** All of it, for one that is taken back and then goes on. */
  text: string;
  /** Somebody sees it. */
  isShown: boolean;
  /** Wall time of its beginning, ms. */
  readonly since: number;
}

const ENTRY_TYPE: ReadonlyMap<string, LiveBlock['type']> = new Map([
  ['text', 'text'],
  ['thinking', 'thinking'],
  ['tool_use', 'tool-input'],
  ['server_tool_use', 'tool-input'],
]);

/** Follows the SSE events of the main conversation and of its subagents. */
export class LiveBlocks {
  private readonly now: () => number;
  /** Message that streams, by subagent call ('' = main conversation). */
  private readonly message = new Map<string, string>();
  private live: LiveBlock[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  /** Deltas of one stream event. */
  events(line: StreamEventLine): AgentEvent[] {
    const parent = line.parent_tool_use_id ?? undefined;
    const { event } = line;
    switch (event.type) {
      case 'message_start': {
        const gone = this.end((block) => block.parent === parent);
        if (event.message) this.message.set(parent ?? '', event.message.id);
        return gone;
      }
      case 'content_block_start': {
        const messageId = this.message.get(parent ?? '');
        const type = ENTRY_TYPE.get(event.content_block?.type ?? '');
        if (messageId === undefined || type === undefined || event.index === undefined) return [];
        const tool = event.content_block?.name;
        const names = { messageId, block: event.index, parent, type, tool };
        this.live.push({ ...names, text: '', isShown: false, since: this.now() });
        return [];
      }
      case 'content_block_delta':
        return this.delta(line, parent);
      case 'message_stop': {
        // The rest of the message was broken off: it is asked for anew.
        const from = line.abandoned_blocks && (line.abandoned_blocks.from_block_index ?? 0);
        const messageId = this.message.get(parent ?? '');
        if (from === undefined) return [];
        return this.end((block) => block.messageId === messageId && block.block >= from);
      }
      default:
        return [];
    }
  }

  /** How long the block of a finished line has streamed, ms; 0 where that was not seen. To be asked before `finished`. */
  tookMs(line: MessageLine): number {
    const block = this.blockOf(line);
    return block === undefined ? 0 : Math.max(0, Math.round(this.now() - block.since));
  }

  /** The finished line has come: its block is no longer live. Lines come in the order of their blocks. */
  finished(line: MessageLine): AgentEvent[] {
    const { id } = line.message;
    const parent = line.parent_tool_use_id ?? undefined;
    const found = this.blockOf(line);
    return [
      // Another message: what streamed before it was broken off, and this one came in its place.
      ...this.takeBack((block) => block.parent === parent && block.messageId !== id),
      ...(found === undefined ? [] : this.end((block) => block === found)),
    ];
  }

  /**
   * A request failed and is made again: what streamed of its answer is worth nothing. Whose request it
   * was is not said; what goes on streaming all the same comes back whole.
   */
  retried(): AgentEvent[] {
    return this.takeBack(() => true);
  }

  /** Nothing is live any more. */
  endAll(): AgentEvent[] {
    this.message.clear();
    return this.end(() => true);
  }

  private blockOf({ message: { id, content } }: MessageLine): LiveBlock | undefined {
    const first = typeof content === 'string' ? 'text' : content[0]?.type;
    const type = ENTRY_TYPE.get(first ?? '');
    return this.live.find((block) => block.messageId === id && block.type === type);
  }

  private delta(line: StreamEventLine, parent: string | undefined): AgentEvent[] {
    const messageId = this.message.get(parent ?? '');
    const block = this.live.find(
      (item) => item.messageId === messageId && item.block === line.event.index,
    );
    const delta = line.event.delta;
    const text = delta?.text ?? delta?.thinking ?? delta?.partial_json;
    if (block === undefined || text === undefined || text === '') return [];
    const { isShown, tool, since: _, ...rest } = block;
    block.text += text;
    block.isShown = true;
    const shown = { ...rest, text: isShown ? text : block.text };
    return [{ kind: 'delta', ...shown, ...omitUndefined({ tool, parent }) }];
  }

  /** No longer shown; its next piece brings all of it back. */
  private takeBack(which: (block: LiveBlock) => boolean): AgentEvent[] {
    const gone = this.live.filter((block) => block.isShown && which(block));
    for (const block of gone) block.isShown = false;
    return gone.map(({ messageId, block }) => ({ kind: 'delta-end', messageId, block }));
  }

  private end(which: (block: LiveBlock) => boolean): AgentEvent[] {
    const gone = this.live.filter(which);
    this.live = this.live.filter((block) => !which(block));
    return gone
      .filter((block) => block.isShown)
      .map((block) => ({ kind: 'delta-end', messageId: block.messageId, block: block.block }));
  }
}
