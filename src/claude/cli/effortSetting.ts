// How much the model thinks: set for the session, and read back, because the CLI takes any word without a word.
import { errorText, type Logger } from '../../base/log.ts';
import type { AgentFacts } from '../../protocol/agent.ts';
import { badNameError, effortRefusedError } from '../errors.ts';
import type { ControlChannel } from './controlChannel.ts';
import { appliedFacts } from './initFacts.ts';
import { isPlainWord } from './startArguments.ts';

/** What it works with. */
export interface EffortSettingOptions {
  readonly control: Pick<ControlChannel, 'request'>;
  readonly tell: (facts: AgentFacts) => void;
  readonly log: Logger;
}

/** One per session. */
export class EffortSetting {
  private readonly options: EffortSettingOptions;

  constructor(options: EffortSettingOptions) {
    this.options = options;
  }

  /** Tells the effort that counts now, and with `model` the model too: a command may have changed either. */
  async read(what: 'effort' | 'model' = 'effort'): Promise<void> {
    const { tell, log } = this.options;
    try {
      const { model, effort } = await this.applied();
      tell({
        ...(effort === undefined ? {} : { effort }),
        ...(what === 'effort' || model === undefined ? {} : { model }),
      });
    } catch (error) {
      log.warn('the effort is not known', { error: errorText(error) });
    }
  }

  /** Undefined: as the model does by itself. Throws AppError invalid-input if it takes no such effort. */
  async set(effort: string | undefined): Promise<void> {
    if (effort !== undefined && !isPlainWord(effort)) throw badNameError('effort');
    await this.apply(effort);
    const applied = (await this.applied()).effort ?? '';
    if (effort !== undefined && applied !== effort) {
      // What it did not take now it would take with the next model.
      await this.apply(undefined);
      throw effortRefusedError(effort);
    }
    this.options.tell({ effort: applied });
  }

  private async apply(effort: string | undefined): Promise<void> {
    await this.options.control.request({
      subtype: 'apply_flag_settings',
      settings: { effortLevel: effort ?? null },
    });
  }

  private async applied(): Promise<Pick<AgentFacts, 'model' | 'effort'>> {
    const answer = await this.options.control.request({ subtype: 'get_settings' });
    return appliedFacts(answer.response);
  }
}
