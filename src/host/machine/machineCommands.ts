// Commands to this computer: what its owner does with its sessions.
import { authorOf } from '../session/authorOf.ts';
import { modelsOf, modesOf } from '../session/offeredFacts.ts';
import type { Clock } from '../../base/clock.ts';
import { PRODUCT_VERSION } from '../../base/product.ts';
import type { CommandArgs, CommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { AcceptedCommand, CommandHandler } from '../../session/control/commandHandlers.ts';
import { unsupportedCommand } from '../../session/errors.ts';
import type { MachineCommands } from '../../sync/host/hostRoomOptions.ts';
import type { RelayChild } from '../serve/relayChild.ts';
import type { ServedRooms } from '../serve/servedRooms.ts';
import { nothingNewer, wouldBreak } from '../errors.ts';
import type { ReplacementWatch } from '../replacementWatch.ts';
import type { Closing } from '../session/sessionDriver.ts';
import { page } from './directory.ts';
import type { Sessions } from './sessions.ts';
import { shareSession, stopSharing } from './share.ts';
import { WorkQueue } from './workQueue.ts';

/** Until the host begins to end: its answer is out by then. */
const STOP_MS = 100;

/** What the commands work on. */
export interface MachineCommandsOptions {
  readonly sessions: Sessions;
  readonly rooms: ServedRooms;
  readonly relay: RelayChild;
  readonly policyFile: string;
  readonly clock: Clock;
  /** Ends the host. */
  readonly stop: (how: Closing) => void;
  readonly replacement: ReplacementWatch;
  /** Resolves when what has changed stands in the directory. */
  readonly published: () => Promise<void>;
}

/** What the machine room carries out besides what every room does. */
export function machineCommands(options: MachineCommandsOptions): MachineCommands {
  const { sessions, rooms, clock, stop, replacement, published } = options;
  const shares = new WorkQueue();
  /** [D3] Whoever is told that a command is done finds it so in the directory. */
  const listed =
    <K extends CommandKind>(handler: CommandHandler<K>): CommandHandler<K> =>
    async (command) => {
      const result = await handler(command);
      await published();
      return result;
    };
  return {
    // [A3] What a session can be started with; models are known once a session has told them.
    fetchFacts: async ({ what }) => {
      if (what === 'modes') return modesOf(sessions.rules);
      if (what !== 'models') throw unsupportedCommand();
      return modelsOf(sessions.all.map(({ recorder }) => recorder.agentFacts));
    },
    handlers: {
      start: listed((command) => start(command, sessions)),
      open: listed(async ({ args }) => ({ session: (await sessions.openFound(args.foundKey)).id })),
      continue: listed(async ({ args: { session, foundKey, env } }) => ({
        session: (await sessions.continue({ session, foundKey }, env)).id,
      })),
      end: listed(async ({ args, person }) => {
        await sessions.end(args.session, { by: authorOf(person), force: args.force === true });
      }),
      share: listed(async ({ args }) => {
        const session = sessions.get(args.session);
        const fetch = globalThis.fetch;
        // A stop waits for none of them.
        const work = () => shareSession(args, { ...options, session, fetch });
        return { ...(await shares.run(session.id, work)) };
      }),
      'stop-sharing': listed(async ({ args }) => {
        await stopSharing(sessions.get(args.session), rooms);
      }),
      archive: listed(async ({ args }) => {
        await sessions.list.archive(args.session, args.archived);
      }),
      pin: listed(async ({ args }) => {
        await sessions.list.pin(keyOf(args), args.pinned);
      }),
      unlist: listed(async ({ args }) => {
        await sessions.list.unlist(keyOf(args), args.unlisted);
      }),
      fork: listed(async ({ args }) => ({
        session: (await sessions.fork(keyOf(args), args.env)).id,
      })),
      // Its sender waits for the answer alone: the directory is about to go.
      'stop-host': ({ args, person }) => {
        refuseToBreak(sessions, args.force);
        clock.after(STOP_MS, () => stop({ now: args.now === true, by: authorOf(person) }));
      },
      'replace-host': async ({ args, person }) => {
        // The wish may have been left just now.
        replacement.look();
        const { version } = replacement.value ?? {};
        if (version === undefined) throw nothingNewer(PRODUCT_VERSION);
        if (args.wait === true) {
          replacement.wait();
          await published();
          return undefined;
        }
        refuseToBreak(sessions, args.force);
        clock.after(STOP_MS, () => stop({ by: authorOf(person), version }));
        return undefined;
      },
      'fetch-sessions': listed(({ args }) => {
        const rows = sessions.rows();
        // Rows are JSON by their schema, which their type does not say.
        return { total: rows.length, sessions: page(rows, args.offset) as unknown as Json };
      }),
    },
  };
}

function keyOf({ session, foundKey }: CommandArgs<'pin' | 'unlist' | 'fork'>): string {
  return session ?? foundKey ?? '';
}

/** [G3] Nothing that runs in the background ends unless it is said that this is meant. */
function refuseToBreak(sessions: Sessions, force: boolean | undefined): void {
  const tasks = sessions.all.flatMap(({ recorder }) => recorder.stored.tasks ?? []);
  if (tasks.length > 0 && force !== true) throw wouldBreak(tasks);
}

async function start(command: AcceptedCommand<'start'>, sessions: Sessions): Promise<Json> {
  const { cwd, title, model, mode, effort, env, prompt } = command.args;
  const first =
    prompt === undefined || prompt.trim() === ''
      ? {}
      : { prompt: { promptId: command.id, text: prompt, author: authorOf(command.person) } };
  const session = await sessions.start({ cwd, title, model, mode, effort, env, ...first });
  return { session: session.id };
}
