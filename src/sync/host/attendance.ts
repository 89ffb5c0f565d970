// Who is here, as the host sees it: verified presence of every window, renewed leases, and the beat it answers with.
import type { Awareness } from 'y-protocols/awareness';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { fromBase64Url, toBase32, toBase64Url, utf8Bytes, utf8Text } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { importVerifyKey } from '../../crypto/keys.ts';
import { readHeader, type RecordOpener, type RecordSealer } from '../../crypto/record.ts';
import { parseJson } from '../../protocol/json.ts';
import { LIMITS, TIMES } from '../../protocol/limits.ts';
import {
  type Beat,
  presenceSchema,
  RECORD_TYPE,
  BEAT_FIELD,
  PRESENCE_FIELD,
} from '../../protocol/room.ts';
import type { WindowRef } from '../../protocol/state.ts';

/** A new face is answered by a beat after this pause, so that many at once get one. */
const ANSWER_MS = 100;
/** Windows whose newest presence is remembered, also after they went. */
const MAX_REMEMBERED = 1_024;

/** What attendance needs. */
export interface AttendanceOptions {
  readonly opener: RecordOpener;
  readonly sealer: () => RecordSealer;
  readonly epoch: () => number;
  /** Ed25519 key of a member, base64url; undefined if it is none. */
  readonly keyOf: (member: string) => string | undefined;
  /** The beat of now; `seen` is filled in here. */
  readonly beat: () => Beat;
  readonly renew: (window: WindowRef, fence: number) => void;
  readonly clock: Clock;
}

interface Window extends WindowRef {
  /** The awareness text that was verified: the same one again is no news. */
  readonly text: string;
  readonly nonce: string;
}

/** Follows the awareness of a room over any number of relays. */
export class Attendance implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: AttendanceOptions;
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly sources = new Map<Awareness, Map<number, Window>>();
  /** Newest presence of each window: an older one, played back, is not its voice. */
  private readonly newest = new Map<string, { readonly seq: bigint; readonly text: string }>();
  private chain: Promise<void> = Promise.resolve();
  private soon: Disposable | undefined;

  /** Somebody came or went. */
  readonly onDidChange = this.changed.event;

  constructor(options: AttendanceOptions) {
    this.options = options;
    this.disposables.add(options.clock.every(TIMES.beatMs, () => this.sendBeat()));
    this.disposables.defer(() => this.soon?.dispose());
  }

  /** Windows that are here, each once. */
  get windows(): readonly WindowRef[] {
    const all = new Map<string, WindowRef>();
    for (const windows of this.sources.values()) {
      for (const { member, window } of windows.values()) all.set(window, { member, window });
    }
    return [...all.values()];
  }

  isPresent(member: string): boolean {
    return this.windows.some((window) => window.member === member);
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
      const hadWindows = (this.sources.get(awareness)?.size ?? 0) > 0;
      this.sources.delete(awareness);
      if (hadWindows) this.changed.fire();
    });
    const onDestroy = (): void => this.disposables.delete(following);
    awareness.on('destroy', onDestroy);
    onChange();
    this.sendBeat();
  }

  /** Reads everybody again (the roster changed), and beats. */
  refresh(): void {
    for (const awareness of this.sources.keys()) this.later(() => this.read(awareness));
    this.sendBeat();
  }

  sendBeat(): void {
    this.later(async () => {
      const seen = [...this.sources.values()].flatMap((windows) =>
        [...windows.values()].map(({ nonce }) => nonce),
      );
      const beat: Beat = { ...this.options.beat(), seen: seen.slice(0, LIMITS.members * 2) };
      const record = await this.options.sealer().seal({
        type: RECORD_TYPE.beat,
        place: 'beat',
        epoch: this.options.epoch(),
        plaintext: utf8Bytes(JSON.stringify(beat)),
      });
      for (const awareness of this.sources.keys()) {
        awareness.setLocalState({ [BEAT_FIELD]: toBase64Url(record) });
      }
    });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async read(awareness: Awareness): Promise<void> {
    const windows = this.sources.get(awareness);
    if (!windows) return;
    const states = [...awareness.getStates()].slice(0, LIMITS.awarenessClients);
    let isNews = false;
    for (const [client] of windows) {
      if (states.some(([id]) => id === client)) continue;
      windows.delete(client);
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
    if (!isNews) return;
    this.changed.fire();
    this.soon?.dispose();
    this.soon = this.options.clock.after(ANSWER_MS, () => this.sendBeat());
  }

  private async verify(text: string): Promise<Window | undefined> {
    const record = fromBase64Url(text);
    const header = record && readHeader(record);
    if (!record || !header) return undefined;
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
    const { nonce, holds } = parsed.data;
    const known = this.newest.get(window);
    // The same again is what a relay sends after a reconnect.
    if (known?.text !== text) {
      if (known && header.seq <= known.seq) return undefined;
      if (holds !== undefined) this.options.renew({ member, window }, holds);
    }
    this.remember(window, { seq: header.seq, text });
    return { member, window, text, nonce };
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
