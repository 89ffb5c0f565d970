// For whose prompts a call was made: what a subagent asks later, it asks for those.
import type { EntryOf } from '../../protocol/transcript.ts';

/** The prompts that a request serves. */
export type Causes = NonNullable<EntryOf<'request'>['causes']>;

/** Calls that are remembered: more than a subagent ever waits behind. */
const MAX_CALLS = 2000;

/** Of one session. A subagent may ask when the turn that started it is long over. */
export class CallCauses {
  private readonly byCall = new Map<string, Causes>();

  /** A call was made; `running`: the prompts of the running turn. A subagent's are those of its own call. */
  called(
    { callId, parent }: Pick<EntryOf<'tool-call'>, 'callId' | 'parent'>,
    running: Causes,
  ): void {
    this.byCall.set(callId, this.of({ parent }) ?? running);
    if (this.byCall.size <= MAX_CALLS) return;
    const oldest = this.byCall.keys().next();
    if (oldest.done !== true) this.byCall.delete(oldest.value);
  }

  /** Prompts that an entry of a subagent serves; undefined for one of the agent itself, and if nothing is known. */
  of({ parent }: { readonly parent?: string | undefined }): Causes | undefined {
    return parent === undefined ? undefined : this.byCall.get(parent);
  }
}
