// Keeps cause before effect: what a turn says waits for the line that says why it began.
import type { AgentEvent } from '../../protocol/agent.ts';

/** What one line of the transcript gives, in the order of the file. */
export interface MirroredLine {
  /** Uuid of the line. */
  readonly uuid: string | undefined;
  readonly events: readonly AgentEvent[];
}

/** Far more than comes between two flushes of the mirror. */
const MAX_HELD = 500;

/** Whose cause is owed: a turn that nobody's prompt began, or news that go into the running one. */
type Owed = 'turn' | 'news';

/**
 * Live lines leave out what begins a turn or joins it without a person: a background task's end, a
 * timer, what another program says. The mirror brings it, up to 0.1 s later, when the answer may be
 * there. Until then what was said is held for the mirror to repeat it, and goes in the order of the
 * transcript. What the transcript does not have never waits alone. One per child process.
 */
export class CauseHold {
  private readonly owed = new Set<Owed>();
  private held: AgentEvent[] = [];
  private isTurnOpen = false;
  /** Calls that tell the agent of events as they come, without a live line. */
  private readonly watching = new Set<string>();
  /** A mirror that was asked for and has never come would never let go. */
  private hasMirror = false;
  /** The mirror was faster than the beginning of the turn. */
  private isKnown = false;

  /** A turn begins; `hasPrompt`: with somebody's prompt, which is there. */
  turnBegan(hasPrompt: boolean): void {
    this.isTurnOpen = true;
    if (!hasPrompt && !this.isKnown) this.owed.add('turn');
    this.watched();
  }

  /** From now on events of this call may join any turn. */
  watchBegan(callId: string): void {
    this.watching.add(callId);
    this.watched();
  }

  /** The last event of this call is on its way. */
  watchEnded(callId: string): void {
    this.watching.delete(callId);
  }

  /** Something ended in the background: the agent is told in this turn, or in one of its own. */
  newsCame(): void {
    if (this.isTurnOpen) this.owed.add('news');
  }

  /** The live line of a prompt is there: the turn needs no other cause. */
  caused(): void {
    this.owed.delete('turn');
  }

  /** The live line of a slash command is there: what it printed comes with the mirror. */
  commandCame(): void {
    this.owed.add('turn');
  }

  /** What of a live line's events can be told now. `isRepeated`: the main transcript has the line too. */
  pass(events: readonly AgentEvent[], isRepeated: boolean): AgentEvent[] {
    const isFull = this.held.length >= MAX_HELD;
    if (this.owed.size === 0 || !this.hasMirror || isFull) return [...this.release(), ...events];
    if (!isRepeated && this.held.length === 0) return [...events];
    this.held.push(...events.filter(isHeld));
    return events.filter((event) => !isHeld(event));
  }

  /** What can be told with a frame of the mirror: its lines, each with what was held of it. */
  mirrored(lines: readonly MirroredLine[]): AgentEvent[] {
    this.hasMirror = true;
    const out = lines.flatMap((line): AgentEvent[] => {
      const upTo = this.held.findLastIndex((event) => isOfLine(event, line));
      const before = this.held.splice(0, upTo + 1);
      for (const event of line.events) this.settle(event);
      return [...before, ...line.events];
    });
    // What follows them and is in no transcript, like a request: nothing would release it.
    const next = this.held.findIndex(isRepeatedEntry);
    const rest = this.owed.size === 0 || next === -1 ? this.held.length : next;
    return [...out, ...this.held.splice(0, rest)];
  }

  /** The turn or the process is over: nothing joins it any more. */
  end(): AgentEvent[] {
    this.owed.clear();
    this.isTurnOpen = false;
    this.isKnown = false;
    return this.release();
  }

  /** Whether the turn's cause is still to come. */
  get isOwed(): boolean {
    return this.owed.has('turn');
  }

  private settle(event: AgentEvent): void {
    if (event.kind !== 'entry') return;
    const { entry } = event;
    if (entry.kind !== 'prompt' && entry.kind !== 'command') return;
    this.owed.delete('turn');
    this.isKnown = !this.isTurnOpen;
    if (entry.kind !== 'prompt' || entry.origin === 'person') return;
    this.owed.delete('news');
    this.watched();
  }

  private watched(): void {
    if (this.isTurnOpen && this.watching.size > 0) this.owed.add('news');
  }

  private release(): AgentEvent[] {
    return this.held.splice(0);
  }
}

/** Streamed text goes on; what it becomes waits, and what belongs to a request that waits. */
function isHeld(event: AgentEvent): boolean {
  return event.kind === 'entry' || event.kind === 'delta-end' || event.kind === 'request-withdrawn';
}

const REPEATED: ReadonlySet<string> = new Set([
  'prompt',
  'text',
  'thinking',
  'tool-call',
  'tool-result',
]);

/** Whether the main transcript has it: a subagent's is in a file of its own. */
function isRepeatedEntry(event: AgentEvent): boolean {
  return (
    event.kind === 'entry' && event.entry.parent === undefined && REPEATED.has(event.entry.kind)
  );
}

function isOfLine(event: AgentEvent, { uuid, events }: MirroredLine): boolean {
  if (event.kind !== 'entry') return false;
  const { id } = event.entry;
  const isSame = uuid !== undefined && (id === uuid || id.startsWith(`${uuid}#`));
  return isSame || events.some((one) => one.kind === 'entry' && one.entry.id === id);
}
