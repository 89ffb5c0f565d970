// `twinhelm join`: watch and control a session from a terminal or a script.
import { parseArgs } from 'node:util';
import { asUsage, isLink, onePositional } from '../arguments.ts';
import { textBytes } from '../../base/jsonText.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { RoomView } from '../../session/view.ts';
import { usage } from '../errors.ts';
import type { CliCommand, CliIo } from '../io.ts';
import { joinByLink } from '../join/joinByLink.ts';
import { waitForAdmission } from '../join/joinRoom.ts';
import { refuseScript, runScript } from '../join/joinScript.ts';
import { runTerminal } from '../join/joinTerminal.ts';
import { withHostClient } from '../hostClient.ts';
import { releaseControl } from '../join/viewActions.ts';

const NAME_TOO_LONG = `--name takes at most ${LIMITS.nameBytes} bytes`;

/** The subcommand `join`. */
export const joinCommand: CliCommand = {
  summary: 'watch a session by its link, and control it if you may',
  help: `Usage: twinhelm join LINK|ID [options]

Joins a session, by a link or one of this computer by its id, and shows it as
it goes on. What you type is sent as a prompt; /help lists the commands. A
controller link asks for control: you watch until the owner allows it.

  --name NAME  name that the others see (default: your user name)
  --json       the scripting interface: entries, streamed text, state and
               answers as lines of JSON on stdout, prompts and commands as
               lines of JSON on stdin (docs/cli.md)
  --help       print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('join', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { name: { type: 'string' }, json: { type: 'boolean' } },
      }),
    );
    const target = onePositional('join', positionals, 'the link or the id');
    try {
      const name = values.name?.trim() ?? '';
      if (textBytes(name) > LIMITS.nameBytes) throw usage(NAME_TOO_LONG, 'join');
      return await join(io, target, name, values.json ?? false);
    } catch (error) {
      if (values.json) return refuseScript(io, error);
      throw error;
    }
  },
};

async function join(io: CliIo, target: string, name: string, isScript: boolean): Promise<number> {
  const known = name === '' ? undefined : name;
  if (isLink(target)) return watch(io, target, await joinByLink(io, target, known), isScript);
  return withHostClient(io, { mayStart: true }, async (machine) => {
    const row = await machine.openSession(target);
    return watch(io, row.link ?? '', await machine.joinSession(row, known), isScript);
  });
}

async function watch(io: CliIo, link: string, view: RoomView, isScript: boolean): Promise<number> {
  try {
    // A script wants to see how joining goes; a host that stays silent ends it all the same.
    const admitted = waitForAdmission(io, view, { link });
    return isScript
      ? await runScript(io, view, admitted)
      : await runTerminal(io, view, await admitted);
  } finally {
    await releaseControl(view);
    await view.close();
  }
}
