// Replace now: a newer version gets the place of this computer's host, or the question is put off.
import { isAppError } from '../../base/errors.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import { tooOldToReplace } from '../errors.ts';
import type { MachineRequest } from './machineAnswers.ts';

/** [G7] Sends the choice; `version` is the host's own. Throws AppError, also where the host is too old for it. */
export async function replaceHost(
  request: MachineRequest,
  args: CommandArgs<'replace-host'>,
  version: string,
): Promise<void> {
  try {
    await request('replace-host', args);
  } catch (error) {
    const isUnknown = isAppError(error) && error.rejection === 'unsupported';
    throw isUnknown ? tooOldToReplace(version) : error;
  }
}
