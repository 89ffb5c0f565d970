// While a session runs without asking, guests are in control of nothing: also if it came to that after sharing.
import { say } from '../../base/say.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { type AgentRules, isUnattendedMode } from '../../protocol/agentRules.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { HostRoom } from '../../sync/host/hostRoom.ts';
import type { PromptBook } from '../queue/promptBook.ts';
import type { SessionRecorder } from './sessionRecorder.ts';

/** What is watched. */
export interface ControlSuspensionOptions {
  readonly room: Pick<HostRoom, 'people' | 'dropControl'>;
  readonly recorder: Pick<SessionRecorder, 'stored' | 'notice' | 'onDidChange' | 'prompts'>;
  readonly rules: AgentRules;
  /** Somebody besides the owner may control, or may be let in to do so. */
  readonly hasControllers: () => boolean;
}

/** [R17] Takes control from guests when the mode begins to skip questions, and says so; and when it does no more. */
export class ControlSuspension implements Disposable {
  private readonly options: ControlSuspensionOptions;
  private readonly disposables = new DisposableStore();
  private wasSaid = false;

  constructor(options: ControlSuspensionOptions) {
    this.options = options;
    this.disposables.add(options.recorder.onDidChange(() => this.look()));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private look(): void {
    const { room, recorder, rules, hasControllers } = this.options;
    const isOn = isUnattendedMode(rules, recorder.stored.mode) && hasControllers();
    if (isOn === this.wasSaid) return;
    this.wasSaid = isOn;
    if (isOn) {
      const guests = room.people.filter(({ role }) => roleOf(role) === 'controller');
      for (const { member } of guests) room.dropControl(member);
      const held = holdGuests(recorder.prompts);
      const what = held
        ? say` Their waiting prompts are held: release or cancel them in the queue.`
        : '';
      const words = say`Guests cannot control this session while it runs in the mode “${recorder.stored.mode ?? ''}”, which skips questions. They go on watching.${what}`;
      recorder.notice({ level: 'warning', code: 'control-suspended', words });
    } else if (hasControllers()) {
      const words = say`Guests may control this session again: it asks for permissions.`;
      recorder.notice({ level: 'info', code: 'control-resumed', words });
    }
  }
}

/** Guests' prompts that wait here do not run by themselves any more; false if there were none. */
function holdGuests(prompts: PromptBook): boolean {
  const waiting = prompts
    .waiting()
    .filter(({ guest, state }) => guest === true && state === 'accepted');
  for (const { promptId } of waiting) prompts.mark(promptId, 'held');
  return waiting.length > 0;
}
