// Everything that a session gives its room, and what of it was untrue at that moment.
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { Entry, EntryKind, EntryOf } from '../../src/protocol/transcript.ts';

/** Hears what goes into the room of one session, from now on. */
export class RoomWatch {
  /** What was not so, in words. */
  readonly untrue: string[] = [];
  readonly statuses: string[] = [];
  private readonly entries: Entry[] = [];
  private readonly shown = new Map<
    string,
    { readonly messageId: string; readonly parent: string }
  >();
  private readonly session: OpenSession;

  constructor(session: OpenSession) {
    this.session = session;
    const { room } = session;
    const { append, delta, endLive, setState } = room;
    room.setState = (app) => {
      setState.call(room, app);
      this.checkState();
    };
    room.delta = (piece) => {
      delta.call(room, piece);
      const { messageId, block, parent = '' } = piece;
      this.shown.set(`${messageId} ${block}`, { messageId, parent });
    };
    room.endLive = (messageId, block) => {
      endLive.call(room, messageId, block);
      this.shown.delete(`${messageId} ${block}`);
    };
    room.append = (entries, ending) => {
      const placed = append.call(room, entries, ending);
      for (const { messageId, block } of ending ?? []) this.shown.delete(`${messageId} ${block}`);
      for (const { entry } of placed) {
        this.entries.push(entry);
        this.checkLive(entry);
      }
      return placed;
    };
  }

  /** Blocks that are shown as being written. */
  get live(): readonly string[] {
    return [...this.shown.keys()];
  }

  ofKind<K extends EntryKind>(kind: K): EntryOf<K>[] {
    // The filter narrows by a value that the type system does not follow.
    return this.entries.filter((entry) => entry.kind === kind) as EntryOf<K>[];
  }

  private checkState(): void {
    const { recorder } = this.session;
    const { status, wait } = recorder.summary();
    const { prompts } = recorder;
    if (this.statuses.at(-1) !== status) this.statuses.push(status);
    const asked = recorder.openRequests.length;
    if ((status === 'waiting') !== asked > 0) this.say(`${status} beside ${asked} requests`);
    if (wait?.attempt !== undefined) {
      if (status !== 'working') this.say(`tries again while it is ${status}`);
      if (this.shown.size > 0) this.say(`tries again beside ${this.live.join()}`);
    }
    const handed = prompts.handedOver() ?? prompts.running()[0];
    if (status === 'idle' && handed) this.say(`idle while “${handed.text}” is ${handed.state}`);
  }

  /** What an entry says of what streams beside it. */
  private checkLive(entry: Entry): void {
    const { parent = '' } = entry;
    const isOver = entry.kind === 'retry' || entry.kind === 'turn';
    const isAnswer =
      entry.kind === 'text' || entry.kind === 'thinking' || entry.kind === 'tool-call';
    for (const [key, block] of this.shown) {
      const isOther = isAnswer && block.parent === parent && block.messageId !== entry.messageId;
      if (isOver || isOther) this.say(`${key} is live beside ${entry.kind}`);
    }
  }

  private say(text: string): void {
    const last = this.entries.at(-1)?.kind ?? 'nothing';
    this.untrue.push(`${text}, after ${last}`);
  }
}
