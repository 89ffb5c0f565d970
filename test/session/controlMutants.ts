// The defects that are planted in the host of the control model.
import { ControlLease, type ControlLeaseOptions } from '../../src/session/control/controlLease.ts';

/** A defect that is planted by replacing one part of the host; the model must notice each. */
export type Mutation =
  'no-fence' | 'no-dedupe' | 'no-journal' | 'ack-first' | 'requeue' | 'local-clock';

/** The lease of a host, with the defect if it is one of the lease. */
export function createLease(
  options: ControlLeaseOptions,
  mutation: Mutation | undefined,
): ControlLease {
  if (mutation === 'no-fence') return new FencelessLease(options);
  return mutation === 'requeue' ? new RequeueLease(options) : new ControlLease(options);
}

/** Mutation: any fence will do. */
class FencelessLease extends ControlLease {
  override admitPrompt(): ReturnType<ControlLease['admitPrompt']> {
    return { ok: true, fence: this.state.fence };
  }
}

/** Mutation: asking again goes to the end of the queue. */
class RequeueLease extends ControlLease {
  override request(
    window: Parameters<ControlLease['request']>[0],
  ): ReturnType<ControlLease['request']> {
    if (this.state.holder?.window !== window.window) this.drop(window);
    return super.request(window);
  }
}
