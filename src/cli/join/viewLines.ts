// What changed in a joined room since the last look, as lines of the scripting interface.
import { joinParts, spokenParts } from '../../base/errors.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Clock } from '../../base/clock.ts';
import { viewStanding } from '../../client/panel/panelModel.ts';
import { isOver } from '../../client/standing/standing.ts';
import { activityText, connectionText, controlText } from '../../client/standing/standingWords.ts';
import { waitText } from '../../client/standing/waitWords.ts';
import { untranslated } from '../../client/translate.ts';
import { parseJson } from '../../protocol/json.ts';
import type { ScriptOutput } from '../../protocol/local/script.ts';
import type { Wait } from '../../protocol/wait.ts';
import type { LiveBlock, OutboxItem, RoomView, Truth } from '../../session/view.ts';
import { LOCKED } from './terminalStatus.ts';

/** Remembers what was printed of one view. */
export class ViewLines {
  private readonly view: RoomView;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly refs = new Map<string, unknown>();
  private readonly acks = new Map<string, string>();
  private readonly live = new Map<string, LiveBlock>();
  private truth = '';
  private standing = '';
  private rev = -1;
  private first: number | undefined;
  private last = -1;
  private alarms: ReadonlySet<string> = new Set();
  private window: string | undefined;

  constructor(view: RoomView, clock: Pick<Clock, 'monotonic'>) {
    this.view = view;
    this.clock = clock;
  }

  /** A command that an input line sent: its acks carry the line's `ref`. */
  follow(item: OutboxItem, ref: unknown): void {
    if (ref !== undefined) this.refs.set(item.id, ref);
  }

  /** Lines for everything new, in the order in which a reader needs them. */
  next(): readonly ScriptOutput[] {
    const { me } = this.view;
    const lines: ScriptOutput[] = this.truthLines();
    const { room, member, window } = this.view;
    // A restarted host gets a new window id: then it is said again.
    if (me && window !== this.window) {
      this.window = window;
      lines.push({ type: 'joined', room, member, window, role: me.role });
    }
    // What cannot be read may be the reason why we are not in.
    if (this.window === undefined) return [...lines, ...this.alarmLines()];
    return [
      ...lines,
      ...this.entryLines(),
      ...this.liveLines(),
      ...this.stateLines(),
      ...this.standingLines(),
      ...this.ackLines(),
      ...this.alarmLines(),
    ];
  }

  private truthLines(): ScriptOutput[] {
    const { truth } = this.view;
    const reason = reasonOf(truth);
    const missing = 'missing' in truth ? truth.missing : undefined;
    const lateMs = 'lateMs' in truth ? truth.lateMs : undefined;
    const key = `${truth.kind} ${reason ?? ''} ${missing ?? ''}`;
    if (key === this.truth) return [];
    this.truth = key;
    const beatAt = 'lastBeatAt' in truth ? truth.lastBeatAt : undefined;
    const lastBeatMs = beatAt === undefined ? undefined : this.clock.monotonic() - beatAt;
    return [
      {
        type: 'truth',
        truth: truth.kind,
        ...(reason !== undefined && { reason }),
        ...(lastBeatMs !== undefined && { lastBeatMs: Math.round(lastBeatMs) }),
        ...omitUndefined({ missing, lateMs }),
      },
    ];
  }

  private entryLines(): ScriptOutput[] {
    const isNew = ({ index }: { readonly index: number }): boolean =>
      index > this.last || (this.first !== undefined && index < this.first);
    const fresh = this.view.entries.filter(isNew);
    this.first = this.view.entries[0]?.index ?? this.first;
    this.last = Math.max(this.last, this.view.entries.at(-1)?.index ?? -1);
    return fresh.map(({ index, entry }) => ({ type: 'entry', index, entry }));
  }

  private liveLines(): ScriptOutput[] {
    const lines: ScriptOutput[] = [];
    const now = new Map(this.view.live.map((block) => [keyOf(block), block]));
    for (const [key, { messageId, block, brokenAt }] of this.live) {
      const isBroken = now.get(key)?.brokenAt !== undefined;
      // What was broken off has ended already.
      if (brokenAt !== undefined || (now.has(key) && !isBroken)) continue;
      lines.push({
        type: 'delta-end',
        messageId,
        block,
        ...(isBroken && { broken: true as const }),
      });
    }
    for (const [key, block] of now) {
      if (block.brokenAt !== undefined) continue;
      const before = this.live.get(key)?.text ?? '';
      if (block.text === before) continue;
      const isLonger = block.text.startsWith(before);
      const { messageId, tool, parent } = block;
      lines.push({
        type: 'delta',
        messageId,
        block: block.block,
        kind: block.type,
        text: isLonger ? block.text.slice(before.length) : block.text,
        ...(isLonger ? {} : { reset: true as const }),
        ...omitUndefined({ tool, parent }),
      });
    }
    this.live.clear();
    for (const [key, block] of now) this.live.set(key, block);
    return lines;
  }

  private stateLines(): ScriptOutput[] {
    const { state } = this.view;
    if (state === undefined || state.rev === this.rev) return [];
    this.rev = state.rev;
    return [{ type: 'state', state }];
  }

  /** The same as all places say, whenever it is another. */
  private standingLines(): ScriptOutput[] {
    const stands = viewStanding(this.view, this.clock.monotonic(), untranslated);
    const { activity, control, role } = stands;
    const wait = stands.wait && this.wait;
    const texts = [activityText, waitText, connectionText, controlText].map((say) =>
      say(stands, untranslated),
    );
    const line: ScriptOutput = {
      type: 'standing',
      connection: this.view.truth.kind,
      ...(activity && { status: activity.unknown ?? activity.status }),
      asOf: activity?.asOf ?? stands.controlAsOf,
      control: isOver(stands) ? 'none' : control.kind,
      ...omitUndefined({ wait, role, holder: control.kind === 'other' ? control.name : undefined }),
      text: texts.filter(Boolean).join(' · '),
    };
    // Ages alone are no news.
    const { text: _, ...facts } = line;
    const key = JSON.stringify([facts, control, stands.missing]);
    if (key === this.standing) return [];
    this.standing = key;
    return [line];
  }

  private get wait(): Wait | undefined {
    const { state } = this.view;
    return state?.kind === 'session' ? state.session.wait : undefined;
  }

  private ackLines(): ScriptOutput[] {
    const lines: ScriptOutput[] = [];
    for (const item of this.view.outbox) {
      const { id, kind, status, code, message, result } = item;
      const key = `${status} ${code ?? ''} ${message ?? ''}`;
      if (this.acks.get(id) === key) continue;
      this.acks.set(id, key);
      const ref = parseJson(JSON.stringify(this.refs.get(id) ?? null));
      lines.push({
        type: 'ack',
        id,
        ...(this.refs.has(id) && ref !== undefined && { ref }),
        kind,
        status,
        ...omitUndefined({ code, message, result }),
      });
    }
    return lines;
  }

  private alarmLines(): ScriptOutput[] {
    const fresh = this.view.alarms.filter(({ kind }) => !this.alarms.has(kind));
    // One that is over is said again when it comes again.
    this.alarms = new Set(this.view.alarms.map(({ kind }) => kind));
    return fresh.map(({ kind, words }) => ({
      type: 'alarm',
      kind,
      text: joinParts(spokenParts(words)),
    }));
  }
}

function keyOf(block: LiveBlock): string {
  return `${block.messageId} ${block.block}`;
}

function reasonOf(truth: Truth): string | undefined {
  if (truth.kind === 'relay-offline') return truth.reason;
  if (truth.kind === 'unconfirmed' && truth.locked === true) return LOCKED;
  return truth.kind === 'over' ? truth.error.message : undefined;
}
