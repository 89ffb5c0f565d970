// Sessions, people, views and storages to test clients with.
import { Emitter } from '../../src/base/emitter.ts';
import { silentLogger } from '../../src/base/log.ts';
import { RoomPool, type RoomPoolOptions } from '../../src/client/rooms/roomPool.ts';
import type { KeyValueStorage, SecretStorage } from '../../src/client/storage.ts';
import type { CommandArgs, CommandKind } from '../../src/protocol/commandTable.ts';
import type { Json } from '../../src/protocol/json.ts';
import { formatLink } from '../../src/protocol/link.ts';
import type {
  DirectoryRow,
  MachineState,
  Person,
  RoomState,
  SessionState,
  SessionSummary,
} from '../../src/protocol/state.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import type { Outgoing } from '../../src/session/attached/parts.ts';
import type {
  Alarm,
  LiveBlock,
  OutboxItem,
  PlacedEntry,
  Truth,
  ViewPart,
} from '../../src/session/view.ts';
import type { EpochSecret } from '../../src/sync/member/joinOptions.ts';
import type { MovableView } from '../../src/client/rooms/joinTarget.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

/** A hosted, idle session. */
export function summary(changes: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id: 'session1',
    title: 'Fix the parser',
    source: 'hosted',
    status: 'idle',
    computer: "Ada's computer",
    cwd: '/home/ada/project',
    project: 'project',
    agent: 'Claude Code',
    startedAt: 0,
    lastActivityAt: 0,
    ...changes,
  };
}

/** A row of the directory. */
export function row(
  session: Partial<SessionSummary> = {},
  changes: Partial<DirectoryRow> = {},
): DirectoryRow {
  return { session: summary(session), link: 'link', guests: 0, pending: 0, ...changes };
}

/** A member of a room. */
export function member(id: string, changes: Partial<Person> = {}): Person {
  return {
    member: id,
    key: `key-${id}`,
    name: id,
    device: 'laptop',
    role: 'controller',
    scopes: ['prompt', 'interrupt'],
    since: 0,
    present: true,
    ...changes,
  };
}

/** State of a session room with an owner `ada` and a controller `bo`. */
export function sessionState(changes: Partial<SessionState> = {}): SessionState {
  return {
    kind: 'session',
    rev: 1,
    at: 0,
    asOf: { index: -1, hash: '' },
    first: 0,
    session: summary(),
    people: [member('ada', { role: 'owner', scopes: [] }), member('bo')],
    focus: { fence: 0, queue: [] },
    pending: [],
    queue: [],
    ...changes,
  };
}

/** State of a machine room of `ada`. */
export function machineState(changes: Partial<MachineState> = {}): MachineState {
  return {
    kind: 'machine',
    rev: 1,
    at: 0,
    asOf: { index: -1, hash: '' },
    first: 0,
    computer: { name: 'desk', platform: 'linux', version: '0.1.0', agent: 'Claude Code' },
    people: [member('ada', { role: 'owner', scopes: [] })],
    focus: { fence: 0, queue: [] },
    sessions: [],
    ...changes,
  };
}

/** Text entries with consecutive indexes from `first` to before `end`. */
export function entries(first: number, end: number): readonly PlacedEntry[] {
  return Array.from({ length: end - first }, (_, i) => ({
    index: first + i,
    entry: textEntry(`entry ${first + i}`),
  }));
}

function textEntry(text: string): Entry {
  return { kind: 'text', id: text, at: 0, messageId: text, text };
}

/** A view whose every part a test sets. */
export class FakeView implements MovableView {
  readonly room = 'room1';
  member = 'ada';
  window = 'window1';
  truth: Truth = { kind: 'live', lastBeatAt: 0 };
  hostNow: number | undefined;
  state: RoomState | undefined = sessionState();
  entries: readonly PlacedEntry[] = [];
  live: readonly LiveBlock[] = [];
  outbox: readonly OutboxItem[] = [];
  alarms: readonly Alarm[] = [];
  readonly sent: { readonly kind: string; readonly args: Json }[] = [];
  readonly presences: unknown[] = [];
  readonly relays: string[] = [];
  readonly epochs: EpochSecret[] = [];
  missingEpoch: number | undefined;
  readonly closes: ({ readonly leave?: boolean } | undefined)[] = [];
  olderPages = 0;
  private readonly changed = new Emitter<ReadonlySet<ViewPart>>();
  readonly onDidChange = this.changed.event;

  get me(): Person | undefined {
    return this.state?.people.find((person) => person.member === this.member);
  }

  /** Fires a change. */
  change(...parts: ViewPart[]): void {
    this.changed.fire(new Set(parts));
  }

  readonly files: (readonly Outgoing[])[] = [];
  readonly cancelled: string[] = [];

  cancel(id: string): boolean {
    this.cancelled.push(id);
    return true;
  }

  send<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    files: readonly Outgoing[] = [],
  ): OutboxItem {
    this.files.push(files);
    // Arguments are JSON by their schema; the generic type does not say so.
    const json = args as Json;
    this.sent.push({ kind, args: json });
    const id = `command${this.sent.length}`;
    const item: OutboxItem = { id, kind, args: json, status: 'sending', at: 0 };
    this.outbox = [...this.outbox, item];
    this.change('outbox');
    return item;
  }

  /** Changes the last command of the outbox. */
  settle(changes: Partial<OutboxItem>): void {
    this.outbox = this.outbox.map((item, i) =>
      i === this.outbox.length - 1 ? { ...item, ...changes } : item,
    );
    this.change('outbox');
  }

  /** What the next request is answered with. */
  answer: Json | undefined;

  request<K extends CommandKind>(kind: K, args: CommandArgs<K>): Promise<Json | undefined> {
    // As above.
    this.sent.push({ kind, args: args as Json });
    return Promise.resolve(this.answer);
  }

  forget(id: string): void {
    this.outbox = this.outbox.filter((item) => item.id !== id);
    this.change('outbox');
  }

  fetchOlder(): Promise<boolean> {
    this.olderPages += 1;
    const first = this.entries[0]?.index ?? 0;
    const from = Math.max(0, first - 10);
    this.entries = [...entries(from, first), ...this.entries];
    this.change('entries');
    return Promise.resolve(from < first);
  }

  fetchBlob(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(new TextEncoder().encode('the whole text'));
  }

  setPresence(presence: unknown): void {
    this.presences.push(presence);
  }

  setRelay(url: string): void {
    this.relays.push(url);
  }

  addEpochs(epochs: readonly EpochSecret[]): void {
    this.epochs.push(...epochs);
  }

  close(options?: { readonly leave?: boolean }): Promise<void> {
    this.closes.push(options);
    return Promise.resolve();
  }
}

/** A storage that lasts as long as the test. */
export class MemoryStorage implements KeyValueStorage {
  readonly values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  get(key: string): unknown {
    return this.values.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
    return Promise.resolve();
  }
}

/** A secret storage that "windows" of one test share. */
export class MemorySecrets implements SecretStorage {
  readonly values = new Map<string, string>();
  private readonly changed = new Emitter<{ key: string }>();
  readonly onDidChange = this.changed.event;

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.values.get(key));
  }

  store(key: string, value: string): Promise<void> {
    this.values.set(key, value);
    this.changed.fire({ key });
    return Promise.resolve();
  }
}

/** An owner's link to the room that a letter stands for. */
export function linkToRoom(letter: string, secret = 0): string {
  return formatLink({
    room: letter.repeat(26),
    secret: new Uint8Array(32).fill(secret),
    relay: 'ws://127.0.0.1:1',
    role: 'owner',
  });
}

/** A pool whose every room is this view. */
export function poolOf(view: FakeView, more: Partial<RoomPoolOptions> = {}): RoomPool {
  return new RoomPool({
    links: { targetOf: () => ({ link: linkToRoom('a') }), onDidChange: new Emitter<void>().event },
    join: () => Promise.resolve(view),
    clock: createFakeClock(),
    random: () => 0,
    log: silentLogger,
    ...more,
  });
}
