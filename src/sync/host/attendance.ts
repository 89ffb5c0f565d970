// Who is here, as the host sees it: verified presence of every window, and renewed leases.
import type { Awareness } from 'y-protocols/awareness';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { fromBase64Url, toBase32, toBase64Url, utf8Text } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { importVerifyKey } from '../../crypto/keys.ts';
import { readHeader, type RecordOpener } from '../../crypto/record.ts';
import { parseJson } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { presenceSchema, PRESENCE_FIELD, RECORD_TYPE } from '../../protocol/room.ts';
import type { WindowRef } from '../../protocol/state.ts';

/** Windows whose newest presence is remembered, also after they went. */
const MAX_REMEMBERED = 1_024;

/** What attendance needs. */
export interface AttendanceOptions {
  readonly opener: RecordOpener;
  /** Ed25519 key of a member, base64url; undefined if it is none. */
  readonly keyOf: (member: string) => string | undefined;
  readonly renew: (window: WindowRef, fence: number) => void;
  readonly clock: Clock;
}

interface Window extends WindowRef {
  /** The awareness text that was verified: the same one again is no news. */
  readonly text: string;
  readonly nonce: string;
  readonly sent: number;
}

/** What a window that is here says of itself. */
export interface Voice extends WindowRef {
  readonly nonce: string;
  /** Commands that it has put into its member's channel. */
  readonly sent: number;
}

/** Follows the awareness of a room over any number of relays. */
export class Attendance implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: AttendanceOptions;
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly sources = new Map<Awareness, Map<number, Window>>();
  /** Newest presence of each window: an older one, played back, is not its voice. */
  private readonly newest = new Map<string, { readonly seq: bigint; readonly text: string }>();
  /** When the last window of a member that had one went, in monotonic time. */
  private readonly leftAt = new Map<string, number>();
  private readonly startedAt: number;
  private chain: Promise<void> = Promise.resolve();

  /** Somebody came or went. */
  readonly onDidChange = this.changed.event;

  constructor(options: AttendanceOptions) {
    this.options = options;
    this.startedAt = options.clock.monotonic();
  }

  /** Windows that are here, each once. */
  get windows(): readonly WindowRef[] {
    const all = new Map<string, WindowRef>();
    for (const windows of this.sources.values()) {
      for (const { member, window } of windows.values()) all.set(window, { member, window });
    }
    return [...all.values()];
  }

  /** What every window that is here says of itself, on all relays. */
  get voices(): readonly Voice[] {
    return [...this.sources.values()].flatMap((windows) => [...windows.values()]);
  }

  /** The awareness of each relay that is followed. */
  get awarenesses(): readonly Awareness[] {
    return [...this.sources.keys()];
  }

  isPresent(member: string): boolean {
    return this.windows.some((window) => window.member === member);
  }

  /** For how long no window of a member was here, as far as this process knows, ms; 0: one is. */
  goneMs(member: string): number {
    if (this.isPresent(member)) return 0;
    return this.options.clock.monotonic() - (this.leftAt.get(member) ?? this.startedAt);
  }

  /** Follows another relay's awareness until it is destroyed. */
  follow(awareness: Awareness): void {
    this.sources.set(awareness, new Map());
    const onChange = (): void => this.later(() => this.read(awareness));
    awareness.on('change', onChange);
    // Renewed presence has the same fields only if nothing changed; 'update' also tells renewals.
    awareness.on('update', onChange);
    const following = this.disposables.defer(() => {
      awareness.off('change', onChange);
      awareness.off('update', onChange);
      awareness.off('destroy', onDestroy);
      const windows = [...(this.sources.get(awareness)?.values() ?? [])];
      this.sources.delete(awareness);
      for (const { member } of windows) this.left(member);
      if (windows.length > 0) this.changed.fire();
    });
    const onDestroy = (): void => this.disposables.delete(following);
    awareness.on('destroy', onDestroy);
    onChange();
  }

  /** Reads everybody again: the roster changed. */
  refresh(): void {
    for (const awareness of this.sources.keys()) this.later(() => this.read(awareness));
  }

  /** Resolves when everything that was said so far has been read. */
  settled(): Promise<void> {
    return this.chain;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async read(awareness: Awareness): Promise<void> {
    const windows = this.sources.get(awareness);
    if (!windows) return;
    const states = [...awareness.getStates()].slice(0, LIMITS.awarenessClients);
    let isNews = false;
    for (const [client, { member }] of windows) {
      if (states.some(([id]) => id === client)) continue;
      windows.delete(client);
      this.left(member);
      isNews = true;
    }
    for (const [client, state] of states) {
      const text: unknown = state[PRESENCE_FIELD];
      if (typeof text !== 'string' || text.length > LIMITS.awarenessBytes) continue;
      const before = windows.get(client);
      if (before?.text === text) continue;
      const window = await this.verify(text);
      if (!window) continue;
      windows.set(client, window);
      if (before?.nonce !== window.nonce || before.window !== window.window) isNews = true;
    }
    if (isNews) this.changed.fire();
  }

  private async verify(text: string): Promise<Window | undefined> {
    const record = fromBase64Url(text);
    const header = record && readHeader(record);
    if (!record || !header || record.length > LIMITS.presenceBytes) return undefined;
    const member = toBase32(header.sender);
    const keyText = this.options.keyOf(member);
    const keyBytes = keyText === undefined ? undefined : fromBase64Url(keyText);
    const key = keyBytes && (await importVerifyKey(keyBytes));
    if (!key) return undefined;
    const expected = { type: RECORD_TYPE.presence, place: 'presence' } as const;
    const opened = await this.options.opener.open(record, expected, () => key);
    const parsed = opened.ok
      ? presenceSchema.safeParse(parseJson(utf8Text(opened.plaintext)))
      : undefined;
    if (!parsed?.success) return undefined;
    const window = toBase64Url(header.boot);
    const { nonce, holds, sent = 0 } = parsed.data;
    const known = this.newest.get(window);
    // The same again is what a relay sends after a reconnect.
    if (known?.text !== text) {
      if (known && header.seq <= known.seq) return undefined;
      if (holds !== undefined) this.options.renew({ member, window }, holds);
    }
    this.remember(window, { seq: header.seq, text });
    return { member, window, text, nonce, sent };
  }

  private left(member: string): void {
    if (this.isPresent(member)) return;
    this.leftAt.delete(member);
    this.leftAt.set(member, this.options.clock.monotonic());
    const oldest = this.leftAt.keys().next();
    if (this.leftAt.size > MAX_REMEMBERED && !oldest.done) this.leftAt.delete(oldest.value);
  }

  private remember(window: string, newest: { readonly seq: bigint; readonly text: string }): void {
    this.newest.delete(window);
    this.newest.set(window, newest);
    const oldest = this.newest.keys().next();
    if (this.newest.size > MAX_REMEMBERED && !oldest.done) this.newest.delete(oldest.value);
  }

  private later(work: () => Promise<void>): void {
    this.chain = this.chain.then(async () => {
      if (!this.disposables.isDisposed) await work().catch(() => undefined);
    });
  }
}
