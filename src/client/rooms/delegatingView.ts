// A view that others stand behind: the picture of one, and the commands and the truth of another.
import type { Event } from '../../base/emitter.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { Person, RoomState } from '../../protocol/state.ts';
import type { Outgoing } from '../../session/attached/parts.ts';
import type {
  Alarm,
  LiveBlock,
  OutboxItem,
  PlacedEntry,
  RoomView,
  Truth,
  ViewPart,
} from '../../session/view.ts';

/** Which views they are, asked at each look. */
export interface DelegatingViewOptions {
  /** Commands go here. */
  readonly commands: () => RoomView;
  /** State, entries and streamed text are shown from here. */
  readonly picture: () => Pick<RoomView, 'state' | 'hostNow' | 'me' | 'entries' | 'live'>;
  readonly truth: () => Truth;
  readonly outbox?: () => readonly OutboxItem[];
  readonly forget?: (id: string) => void;
  readonly close?: RoomView['close'];
  readonly onDidChange: Event<ReadonlySet<ViewPart>>;
}

/** A RoomView over others; owns none of them. */
export class DelegatingView implements RoomView {
  private readonly options: DelegatingViewOptions;
  readonly onDidChange: Event<ReadonlySet<ViewPart>>;

  constructor(options: DelegatingViewOptions) {
    this.options = options;
    this.onDidChange = options.onDidChange;
  }

  get room(): string {
    return this.commands.room;
  }

  get member(): string {
    return this.commands.member;
  }

  get window(): string {
    return this.commands.window;
  }

  get truth(): Truth {
    return this.options.truth();
  }

  get hostNow(): number | undefined {
    return this.options.picture().hostNow;
  }

  get state(): RoomState | undefined {
    return this.options.picture().state;
  }

  get me(): Person | undefined {
    return this.options.picture().me;
  }

  get entries(): readonly PlacedEntry[] {
    return this.options.picture().entries;
  }

  get live(): readonly LiveBlock[] {
    return this.options.picture().live;
  }

  get outbox(): readonly OutboxItem[] {
    return this.options.outbox?.() ?? this.commands.outbox;
  }

  get alarms(): readonly Alarm[] {
    return this.commands.alarms;
  }

  send<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    files?: readonly Outgoing[],
  ): OutboxItem {
    return this.commands.send(kind, args, files);
  }

  cancel(id: string): boolean {
    return this.commands.cancel(id);
  }

  request<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Json | undefined> {
    return this.commands.request(kind, args, options);
  }

  forget(id: string): void {
    if (this.options.forget) this.options.forget(id);
    else this.commands.forget(id);
  }

  fetchOlder(): Promise<boolean> {
    return this.commands.fetchOlder();
  }

  fetchBlob(blob: string): Promise<Bytes> {
    return this.commands.fetchBlob(blob);
  }

  setPresence(presence: { readonly looksAt?: string; readonly typing?: boolean }): void {
    this.commands.setPresence(presence);
  }

  close(options?: { readonly leave?: boolean }): Promise<void> {
    return this.options.close ? this.options.close(options) : this.commands.close(options);
  }

  private get commands(): RoomView {
    return this.options.commands();
  }
}
