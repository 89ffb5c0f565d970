// The requests of one session that wait for a person, and who settled the newest of them.
import { parseJson } from '../../protocol/json.ts';
import { logSchema } from '../../protocol/room.ts';
import type { Form } from '../../protocol/forms/form.ts';
import type { Pending } from '../../protocol/state.ts';
import { type EntryOf, parseEntry } from '../../protocol/transcript.ts';
import type { RoomTables } from '../journal/roomTables.ts';

/** Settled requests whose answerer is remembered. */
const KEPT_ANSWERS = 200;

/** A request that waits, with the hash that an answer must name. */
export interface OpenRequest extends Pending {
  readonly inputHash: string;
  /** A guest's prompt that it serves. */
  readonly cause?: { readonly name: string; readonly text: string };
  /** A subagent asks. */
  readonly isOfSubagent: boolean;
  /** What an answer has to fit. */
  readonly form?: Form;
  /** What an answer may choose besides. */
  readonly places: NonNullable<EntryOf<'request'>['places']>;
  readonly approvals: NonNullable<EntryOf<'request'>['approvals']>;
  readonly suggestionTexts: readonly string[];
}

/** Requests by id. */
export class RequestBook {
  private readonly waiting = new Map<string, OpenRequest>();
  private readonly answers = new Map<string, string>();

  /** Those that wait, oldest first. */
  get open(): readonly OpenRequest[] {
    return [...this.waiting.values()];
  }

  find(requestId: string): OpenRequest | undefined {
    return this.waiting.get(requestId);
  }

  /** Remembers a request that stands in the log at this index. */
  add(index: number, entry: EntryOf<'request'>): void {
    const { requestId, request, tool, at, inputHash } = entry;
    const { places = [], approvals = [], suggestionTexts = [] } = entry;
    const guest = entry.causes?.find((cause) => cause.guest === true);
    this.waiting.set(requestId, {
      ...{ requestId, index, request, tool, since: at, inputHash },
      ...{ places, approvals, suggestionTexts },
      ...(guest === undefined ? {} : { cause: { name: guest.author.name, text: guest.text } }),
      isOfSubagent: entry.agent !== undefined,
      ...(entry.form === undefined ? {} : { form: entry.form }),
    });
  }

  /** It waits no more; false if it did not. */
  settle(requestId: string, by: string): boolean {
    if (!this.waiting.delete(requestId)) return false;
    this.answers.set(requestId, by);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= KEPT_ANSWERS) break;
      this.answers.delete(oldest);
    }
    return true;
  }

  /** Name of who settled this request; undefined if it is not known here. */
  answeredBy(requestId: string): string | undefined {
    return this.answers.get(requestId);
  }

  /** What everybody sees of those that wait. */
  pending(): Pending[] {
    return this.open.map(({ requestId, index, request, tool, since }) => ({
      requestId,
      index,
      request,
      tool,
      since,
    }));
  }
}

/** Requests that an earlier host left open in the log. */
export function openRequestsIn(
  tables: Pick<RoomTables, 'openRequests'>,
): readonly { readonly index: number; readonly entry: EntryOf<'request'> }[] {
  return tables.openRequests().flatMap(({ index, text }) => {
    const parsed = logSchema.safeParse(parseJson(text));
    const entry = parsed.success ? parseEntry(parsed.data.entry) : undefined;
    return entry?.kind === 'request' ? [{ index, entry }] : [];
  });
}
