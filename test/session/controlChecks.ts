// What must hold in every run of the control model, checked at the moment it happens.
import type { Ack } from '../../src/protocol/command.ts';
import type { Focus } from '../../src/protocol/state.ts';
import type { AcceptedCommand } from '../../src/session/control/commandHandlers.ts';
import type { Sent } from './controlGuests.ts';

/** What one run saw. */
export interface ModelResult {
  readonly violations: readonly string[];
  readonly executed: number;
  readonly refused: number;
  readonly unknown: number;
  readonly grants: number;
  readonly terms: number;
}

/** Ground truth of one run. */
export class ControlChecks {
  private readonly timeMs: () => number;
  private readonly violations: string[] = [];
  private readonly executions = new Map<string, number>();
  private readonly lastCseq = new Map<string, number>();
  private readonly finals = new Map<string, Ack>();
  private readonly grants: { readonly fence: number; readonly member: string }[] = [];

  constructor(timeMs: () => number) {
    this.timeMs = timeMs;
  }

  /** Notes a broken rule. */
  report(violation: string): void {
    this.violations.push(`${violation} (at ${this.timeMs()} ms)`);
  }

  /** Control was granted. */
  granted({ fence, holder }: Focus): void {
    if (holder) this.grants.push({ fence, member: holder.member });
  }

  /** A command takes effect on the session now, at this wall time of the host. */
  executed(sent: Sent | undefined, accepted: AcceptedCommand, control: Focus, nowMs: number): void {
    if (sent === undefined) return this.report('M2 ran what nobody sent');
    const count = (this.executions.get(accepted.id) ?? 0) + 1;
    this.executions.set(accepted.id, count);
    if (count > 1) this.report(`M2 ${accepted.kind} ran ${count} times`);
    const { cseq } = sent.command;
    const key = `${accepted.member} ${sent.window.boot}`;
    if (cseq !== undefined && sent.window.outbox.some((open) => open.command.id === accepted.id)) {
      if (cseq <= (this.lastCseq.get(key) ?? 0)) this.report(`M3 counter ${cseq} out of order`);
      this.lastCseq.set(key, cseq);
    }
    if (nowMs > sent.deadline) this.report('M5 ran after its time');
    if (accepted.person.role === 'viewer' && accepted.kind !== 'focus-release') {
      this.report(`M6 a viewer ran ${accepted.kind}`);
    }
    if (accepted.kind === 'prompt') this.promptRan(sent, accepted, control);
  }

  /** A final answer reached its sender. */
  answered(ack: Ack): void {
    const before = this.finals.get(ack.id);
    if (before && before.status !== ack.status) {
      this.report(`M7 answered ${before.status} and then ${ack.status}`);
    }
    this.finals.set(ack.id, ack);
  }

  /** The run is over: everything of `sent` must have been answered. */
  finish(sent: Iterable<Sent>, terms: number): ModelResult {
    for (const { command } of sent) {
      if (!this.finals.has(command.id)) this.report(`M8 unanswered ${command.kind}`);
    }
    const acks = [...this.finals.values()];
    for (const { id, status } of acks) {
      if (status === 'done' && !this.executions.has(id)) {
        this.report('M0 answered done and never ran');
      }
    }
    if (this.grants.some(({ member }) => member === 'vic')) this.report('M6 a viewer got control');
    return {
      violations: this.violations,
      executed: this.executions.size,
      refused: acks.filter(({ status }) => status === 'rejected').length,
      unknown: acks.filter(({ status }) => status === 'unknown').length,
      grants: this.grants.length,
      terms,
    };
  }

  private promptRan(sent: Sent, accepted: AcceptedCommand, { holder, fence }: Focus): void {
    if (holder?.member !== accepted.member || holder.window !== accepted.window) {
      this.report('M1 a prompt ran without control');
    }
    if (accepted.fence !== fence) this.report('M4 a prompt ran under another fence');
    const claimed = sent.command.fence;
    const wasOvertaken =
      claimed !== undefined &&
      this.grants.some((grant) => grant.fence > claimed && grant.member !== accepted.member);
    if (wasOvertaken) this.report('M4 a prompt ran whose fence was overtaken');
  }
}
