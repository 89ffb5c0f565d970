// What is filled in so far in requests that wait, in the page's own state: a window that reloads loses nothing of it.
import { isRecord } from '../../src/base/isRecord.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import type { UiPort } from '../port.ts';

type Request = Pick<EntryOf<'request'>, 'requestId' | 'inputHash'>;
type Kept = Readonly<Record<string, Json>>;

/** Requests whose drafts are kept, and characters of one as JSON: the state is written at every stroke. */
const MAX_DRAFTS = 16;
const MAX_CHARS = 64 * 1024;

/** One per page. Nothing of it is posted. */
export class RequestDrafts {
  private readonly port: Pick<UiPort, 'getState' | 'setState'>;

  constructor(port: Pick<UiPort, 'getState' | 'setState'>) {
    this.port = port;
  }

  /** [U9] What was kept of exactly this request. */
  of({ requestId, inputHash }: Request): Json | undefined {
    const all = this.all();
    const kept = Object.hasOwn(all, requestId) ? all[requestId] : undefined;
    if (!isJsonRecord(kept) || kept['hash'] !== inputHash) return undefined;
    return kept['draft'];
  }

  /** Keeps it; the caller has left out what is nobody's business. */
  keep({ requestId, inputHash }: Request, draft: Json): void {
    const { [requestId]: _, ...others } = this.all();
    const isSmall = JSON.stringify(draft).length <= MAX_CHARS;
    const own = isSmall ? [[requestId, { hash: inputHash, draft }] as const] : [];
    this.write(Object.fromEntries([...Object.entries(others), ...own].slice(-MAX_DRAFTS)));
  }

  /** Forgets those of requests that wait no more. */
  retain(requestIds: readonly string[]): void {
    const all = Object.entries(this.all());
    const waiting = all.filter(([id]) => requestIds.includes(id));
    if (waiting.length < all.length) this.write(Object.fromEntries(waiting));
  }

  private all(): Kept {
    const state = this.port.getState();
    const drafts = isJsonRecord(state) ? state['requestDrafts'] : undefined;
    return isJsonRecord(drafts) ? drafts : {};
  }

  private write(requestDrafts: Kept): void {
    const state = this.port.getState();
    this.port.setState({ ...(isJsonRecord(state) ? state : {}), requestDrafts });
  }
}

function isJsonRecord(value: Json | undefined): value is Kept {
  return isRecord(value);
}
