// What one panel has to be told so that it shows a room as it is now: as little as possible, and all of it at once.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { PanelHeader, ToPanel } from '../../protocol/local/panel.ts';
import type { Problem } from '../../protocol/state.ts';
import type { ViewPart } from '../../session/view.ts';
import { panelOutbox } from '../prompts/outboxItems.ts';
import type { Absence } from '../rooms/absence.ts';
import type { Translate } from '../translate.ts';
import type { SharedRoom } from '../rooms/sharedRoom.ts';
import { EntryFeed, LiveFeed } from './panelFeeds.ts';
import { panelHeader } from './panelModel.ts';
import type { RoundTrip } from './roundTrip.ts';
import { wayOf } from './way.ts';

/** Parts of a view that the header is made from. */
const HEADER_PARTS: readonly ViewPart[] = ['truth', 'state', 'alarms', 'presence'];

/** What a picture is made from. */
export interface PictureSource {
  readonly room: SharedRoom;
  /** What to show while there is no view. */
  readonly absence: () => Absence;
  /** What keeps the session from going on, beside what its room tells. */
  readonly problem: () => Problem | undefined;
  readonly roundTrip: Pick<RoundTrip, 'lastMs'>;
  /** Monotonic ms. */
  readonly now: () => number;
  readonly t: Translate;
}

/** Remembers what a panel has and what has changed since. */
export class PanelPicture {
  private readonly source: PictureSource;
  private readonly entries = new EntryFeed();
  private readonly live = new LiveFeed();
  private readonly changed = new Set<ViewPart>();

  constructor(source: PictureSource) {
    this.source = source;
  }

  /** The panel has nothing: the next picture is a whole one. */
  reset(): void {
    this.entries.reset();
    this.live.reset();
    for (const part of [...HEADER_PARTS, 'entries', 'live', 'outbox'] as const) {
      this.changed.add(part);
    }
  }

  /** These parts are not any more what the panel has. */
  mark(parts: Iterable<ViewPart>): void {
    for (const part of parts) this.changed.add(part);
  }

  /** Messages for everything that has changed; the panel has it from now on. */
  next(): readonly ToPanel[] {
    const { room, absence, problem, roundTrip, now, t } = this.source;
    const { view } = room;
    const has = (part: ViewPart): boolean => this.changed.has(part);
    const messages: ToPanel[] = [];
    if (has('entries')) messages.push(...this.entries.next(view?.entries ?? []));
    if (has('live')) messages.push(...this.live.next(view?.live ?? []));
    if (has('outbox'))
      messages.push({ type: 'outbox', items: room.outbox.flatMap((item) => panelOutbox(item, t)) });
    if (HEADER_PARTS.some(has)) {
      const header = panelHeader(view ?? absence(), now(), t);
      const way = wayOf(room.link, roundTrip.lastMs(view));
      const whole = { ...header, ...omitUndefined({ way }) };
      messages.push({ type: 'header', header: withProblem(whole, problem()) });
    }
    this.changed.clear();
    return messages;
  }
}

/** A host that does not run is the reason for everything else that is wrong. */
function withProblem(header: PanelHeader, problem: Problem | undefined): PanelHeader {
  if (!problem) return header;
  const { ageMs } = header.truth;
  const truth = { kind: 'host-offline' as const, ...(ageMs === undefined ? {} : { ageMs }) };
  return { ...header, truth, problem };
}
