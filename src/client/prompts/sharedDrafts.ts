// Drafts as files, one per session and window: windows of a computer see each other's, and none overwrites another's.
import * as z from 'zod/mini';
import { errorText, type Logger } from '../../base/log.ts';
import { parseJson } from '../../protocol/json.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';
import type { TextFiles } from '../storage.ts';

/** Of what this version writes; a newer one may mean something else by the same words. */
const VERSION = 1;
const MAX_AGE_MS = 30 * 24 * 3_600_000;
/** Files of all sessions and windows together. */
const MAX_FILES = 300;

/** A draft of a window that this one goes on with: up to that time it is no draft of its own any more. */
const takenSchema = z.object({
  window: z.string(),
  at: z.number(),
  /** It was only copied: that window lives, and goes on with its own. */
  isCopy: z.optional(z.boolean()),
});
const recordSchema = z.object({
  v: z.number(),
  session: z.string(),
  window: z.string(),
  /** Workspace of the window: after a reload the same one has another `window`. */
  place: z.string(),
  /** Process of the window, where there is one. */
  pid: z.optional(z.number()),
  text: z.string(),
  at: z.number(),
  taken: z.optional(z.array(takenSchema)),
});
const versionSchema = z.looseObject({ v: z.number() });

type DraftRecord = z.infer<typeof recordSchema>;

/** A draft of another window. */
export interface OtherDraft {
  readonly id: string;
  readonly text: string;
  /** Wall time of its last change, ms. */
  readonly at: number;
}

/** What is kept of a session's drafts. */
export interface FoundDrafts {
  /** What this window, or the one that it was before its reload, had typed; undefined: nothing is known. */
  readonly own?: { readonly text: string; readonly at: number };
  readonly other?: OtherDraft;
  /** A newer version has kept one that cannot be read here. */
  readonly isNewer: boolean;
}

/** What they work with. */
export interface SharedDraftsOptions {
  readonly files: TextFiles;
  /** Id of this window until it is reloaded. */
  readonly window: string;
  readonly place: string;
  /** Absent where windows are no processes. */
  readonly processes?:
    { readonly pid: number; readonly isAlive: (pid: number) => boolean } | undefined;
  readonly now: () => number;
  readonly log: Logger;
}

/** The drafts of this window, beside those of the others. */
export class SharedDrafts {
  private readonly options: SharedDraftsOptions;
  private readonly own = new Map<string, DraftRecord>();
  /** Per session: the newest is written, one after the other. */
  private readonly writing = new Map<string, Promise<void>>();

  constructor(options: SharedDraftsOptions) {
    this.options = options;
  }

  /** Keeps what was typed; an empty text is kept too: it says that the one before was sent. */
  set(ref: SessionRef, text: string): void {
    const session = refKey(ref);
    const before = this.own.get(session);
    if (before?.text === text || (before === undefined && text === '')) return;
    this.write(session, text, before?.taken);
  }

  /** The draft of another window goes on here. */
  takeOver(ref: SessionRef, id: string): void {
    const session = refKey(ref);
    const before = this.own.get(session);
    const at = this.options.now();
    this.write(session, before?.text ?? '', [...(before?.taken ?? []), { window: id, at }]);
  }

  /** Looks what is there; the window that was reloaded is found again by its workspace. */
  async find(ref: SessionRef): Promise<FoundDrafts> {
    const session = refKey(ref);
    const { records, isNewer } = await this.read(session);
    const mine = this.own.get(session);
    const others = records.filter(({ window }) => window !== this.options.window);
    const known = [...others, ...(mine ? [mine] : [])].flatMap((record) => record.taken ?? []);
    const open = others.filter((record) => !isIn(record, known.filter(isMoved)));
    // What was copied once is no newer than its copy.
    const before =
      mine ??
      this.adopt(
        session,
        open.filter((record) => !isIn(record, known)),
      );
    const taken = before?.taken?.filter(isMoved) ?? [];
    const other = open
      .filter(({ text }) => text !== '' && before?.text.startsWith(text) !== true)
      .filter((record) => !isIn(record, taken))
      .toSorted((a, b) => b.at - a.at)[0];
    return {
      ...(before && { own: { text: before.text, at: before.at } }),
      ...(other && { other: { id: other.window, text: other.text, at: other.at } }),
      isNewer,
    };
  }

  /** Takes files away that nobody will ask for any more. */
  async tidy(): Promise<void> {
    const { files, now } = this.options;
    try {
      const oldest = now() - MAX_AGE_MS;
      const kept: { readonly name: string; readonly at: number }[] = [];
      for (const name of await files.list()) {
        // oxlint-disable-next-line no-await-in-loop -- nobody waits for it
        const at = recordSchema.safeParse(parseJson((await files.read(name)) ?? '')).data?.at;
        // What cannot be read is somebody else's.
        if (at !== undefined) kept.push({ name, at });
      }
      const old = kept.toSorted((a, b) => b.at - a.at);
      for (const { name, at } of old.filter(
        (one, place) => one.at < oldest || place >= MAX_FILES,
      )) {
        // oxlint-disable-next-line no-await-in-loop -- the same
        if (at < now()) await files.remove(name);
      }
    } catch (error) {
      this.options.log.warn('old drafts were not taken away', { error: errorText(error) });
    }
  }

  /** Resolves when everything stands in its file. */
  async settled(): Promise<void> {
    await Promise.all(this.writing.values());
  }

  /** What the same workspace had typed before its window was reloaded: of windows that are gone, else of one that is not. */
  private adopt(session: string, open: readonly DraftRecord[]): DraftRecord | undefined {
    const { place } = this.options;
    const [best] = open
      .filter((record) => record.place === place)
      .toSorted((a, b) => Number(this.isAlive(a)) - Number(this.isAlive(b)) || b.at - a.at);
    if (best === undefined) return undefined;
    const { window, at } = best;
    const copied = { window, at, ...(this.isAlive(best) && { isCopy: true }) };
    const taken = [...(best.taken ?? []), copied];
    return this.write(session, best.text, taken, at);
  }

  private isAlive({ pid }: DraftRecord): boolean {
    return pid !== undefined && this.options.processes?.isAlive(pid) === true;
  }

  private write(
    session: string,
    text: string,
    taken: DraftRecord['taken'],
    at = this.options.now(),
  ): DraftRecord {
    const { window, place, processes } = this.options;
    const fresh = taken?.filter((one) => at - one.at < MAX_AGE_MS).slice(-MAX_FILES);
    const record = {
      ...{ v: VERSION, session, window, place, text, at },
      ...(processes && { pid: processes.pid }),
      ...(fresh && fresh.length > 0 && { taken: fresh }),
    };
    this.own.set(session, record);
    const before = this.writing.get(session) ?? Promise.resolve();
    this.writing.set(
      session,
      before.then(() => this.save(session, record)),
    );
    return record;
  }

  private async save(session: string, record: DraftRecord): Promise<void> {
    // A newer one waits behind it.
    if (this.own.get(session) !== record) return;
    const { files, log } = this.options;
    await files
      .write(this.nameOf(session), JSON.stringify(record))
      .then(undefined, (error: unknown) => {
        log.warn('a draft was not kept', { error: errorText(error) });
      });
  }

  private async read(
    session: string,
  ): Promise<{ readonly records: readonly DraftRecord[]; readonly isNewer: boolean }> {
    const { files, log } = this.options;
    const records: DraftRecord[] = [];
    let isNewer = false;
    try {
      const names = (await files.list()).filter((name) => name.startsWith(beginOf(session)));
      for (const text of await Promise.all(names.map((name) => files.read(name)))) {
        const json = parseJson(text ?? '');
        const { data } = recordSchema.safeParse(json);
        if (data?.v === VERSION && data.session === session) records.push(data);
        else if ((versionSchema.safeParse(json).data?.v ?? 0) > VERSION) isNewer = true;
      }
    } catch (error) {
      log.warn('drafts were not read', { error: errorText(error) });
    }
    return { records, isNewer };
  }

  private nameOf(session: string): string {
    return `${beginOf(session)}${this.options.window}.json`;
  }
}

type Taken = z.infer<typeof takenSchema>;

function isMoved({ isCopy }: Taken): boolean {
  return isCopy !== true;
}

function isIn({ window, at }: DraftRecord, taken: readonly Taken[]): boolean {
  return taken.some((one) => one.window === window && one.at >= at);
}

function beginOf(session: string): string {
  return `${session.replaceAll(/[^\w-]/g, '-')}.`;
}
