// The options of sharing, as `share` and `start --share` take them.
import { readFileSync } from 'node:fs';
import { linkOfAnswer } from '../../client/rooms/machineAnswers.ts';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { oneOf, timeSpan } from '../arguments.ts';
import { accessKeyUnreadable, usage } from '../errors.ts';
import type { HostClient } from '../hostClient.ts';

/** Options for node:util's parseArgs. */
export const SHARE_OPTIONS = {
  'allow-control': { type: 'boolean' },
  'allow-approve': { type: 'boolean' },
  'command-output': { type: 'boolean' },
  where: { type: 'string' },
  relay: { type: 'string' },
  'access-key-file': { type: 'string' },
  expires: { type: 'string' },
  places: { type: 'string' },
} as const;

/** What parseArgs made of them. */
export interface ShareValues {
  readonly 'allow-control'?: boolean | undefined;
  readonly 'allow-approve'?: boolean | undefined;
  readonly 'command-output'?: boolean | undefined;
  readonly where?: string | undefined;
  readonly relay?: string | undefined;
  readonly 'access-key-file'?: string | undefined;
  readonly expires?: string | undefined;
  readonly places?: string | undefined;
}

/** Lines of help for them. */
export const SHARE_HELP = `  --allow-control    controllers may control without your click (for scripts)
  --allow-approve    controllers may also allow tools and plans
  --command-output   others also read what commands such as /context print from
                     now on; without it the owner alone does
  --where WHERE      loopback (default): the link works on this computer only;
                     or an address that leads to this computer's relay
                     (https://…), checked before the link is given out
  --relay URL        a relay server instead, with --access-key-file if it has one
  --access-key-file FILE
  --expires TIME     how long the link works: 30m, 8h, 7d (default 24h)
  --places N         how many people may be in by the link (1 to 64, default 8)
`;

/** Arguments of the command `share`. Throws AppError 'usage'. */
export function shareArguments(
  command: string,
  session: string,
  role: string,
  values: ShareValues,
): CommandArgs<'share'> {
  const option = command === 'start' ? '--share' : '--role';
  const chosen = oneOf(command, option, role, ['viewer', 'controller']);
  const wantsControl = values['allow-control'] || values['allow-approve'];
  if (wantsControl && chosen === 'viewer') {
    throw usage('--allow-control and --allow-approve need the role controller', command);
  }
  const lifetime = values.expires;
  return {
    session,
    role: chosen,
    ...(values['allow-approve'] && { scopes: ['prompt', 'interrupt', 'approve'] as const }),
    ...(values['allow-control'] && { allowControl: true }),
    ...(values['command-output'] && { commandOutput: true }),
    ...(lifetime !== undefined && { lifetimeMs: timeSpan(command, '--expires', lifetime) }),
    ...(values.places !== undefined && { places: placesOf(command, values.places) }),
    where: whereOf(command, values),
  };
}

function placesOf(command: string, text: string): number {
  const places = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (places >= 1 && places <= LIMITS.members) return places;
  throw usage(`--places must be a number from 1 to ${LIMITS.members}`, command);
}

/** Shares and returns the link. */
export async function requestShare(
  machine: HostClient,
  args: CommandArgs<'share'>,
): Promise<string> {
  return linkOfAnswer(await machine.request('share', args)).link;
}

function whereOf(command: string, values: ShareValues): CommandArgs<'share'>['where'] {
  const { where = 'loopback', relay } = values;
  const keyFile = values['access-key-file'];
  if (relay !== undefined) {
    if (values.where !== undefined) throw usage('--where and --relay exclude each other', command);
    const accessKey = keyFile === undefined ? undefined : readKey(keyFile);
    return { kind: 'relay', url: relay, ...(accessKey !== undefined && { accessKey }) };
  }
  if (keyFile !== undefined) throw usage('--access-key-file goes with --relay', command);
  if (where === 'loopback') return { kind: 'loopback' };
  const isAddress = URL.canParse(where) && /^(https?|wss?):$/.test(new URL(where).protocol);
  if (!isAddress) throw usage('--where must be loopback or an address (https://…)', command);
  return { kind: 'address', url: where };
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw accessKeyUnreadable(file, error);
  }
}
