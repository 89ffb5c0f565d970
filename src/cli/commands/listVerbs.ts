// `twinhelm rename`, `pin`, `archive`, `remove`, `continue` and `fork`: what the owner does with sessions of the list.
import { parseArgs } from 'node:util';
import { textBytes } from '../../base/jsonText.ts';
import { shortId } from '../../base/ids.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { sessionOfAnswer } from '../../client/rooms/machineAnswers.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import { asUsage, onePositional } from '../arguments.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exitCode.ts';
import { type HostClient, withHostClient } from '../hostClient.ts';
import { type CliCommand, type CliIo, printJson, printText } from '../io.ts';
import { sessionEnvironment } from './sessionEnvironment.ts';

const ID = 'the id of the session';

/** How the host names a session of the list: one that was only found by its key. */
function named({ session, foundKey }: DirectoryRow): { session: string } | { foundKey: string } {
  return foundKey === undefined ? { session: session.id } : { foundKey };
}

function told(io: CliIo, isJson: boolean | undefined, sessionId: string, text: string): number {
  if (isJson) printJson(io, { sessionId });
  else printText(io, text);
  return EXIT.ok;
}

/** A verb with `--undo`: it is done, or taken back. */
function reversible(options: {
  readonly name: string;
  readonly summary: string;
  readonly about: string;
  readonly undo: string;
  readonly done: (id: string) => string;
  readonly undone: (id: string) => string;
  readonly run: (machine: HostClient, prefix: string, isUndo: boolean) => Promise<string>;
}): CliCommand {
  const { name, summary, about, undo, done, undone, run } = options;
  return {
    summary,
    help: `Usage: ${PRODUCT_ID} ${name} ID [--undo] [--json]

${about}

  --undo  ${undo}
  --json  one line of JSON: {"sessionId"}
  --help  print this
`,
    async run(args, io) {
      const { values, positionals } = asUsage(name, () =>
        parseArgs({
          args: [...args],
          allowPositionals: true,
          options: { undo: { type: 'boolean' }, json: { type: 'boolean' } },
        }),
      );
      const prefix = onePositional(name, positionals, ID);
      const isUndo = values.undo === true;
      return withHostClient(io, { mayStart: true }, async (machine) => {
        const id = await run(machine, prefix, isUndo);
        return told(io, values.json, id, isUndo ? undone(shortId(id)) : done(id));
      });
    },
  };
}

/** The subcommand `pin`. */
export const pinCommand = reversible({
  name: 'pin',
  summary: 'put a session above all others',
  about: `Puts a session above all others in every list of this computer's owner.`,
  undo: 'not any more',
  done: (id) => `Session ${shortId(id)} is pinned.`,
  undone: (id) => `Session ${id} is not pinned any more.`,
  run: async (machine, prefix, isUndo) => {
    const row = await machine.session(prefix);
    await machine.request('pin', { ...named(row), pinned: !isUndo });
    return row.session.id;
  },
});

/** The subcommand `archive`. */
export const archiveCommand = reversible({
  name: 'archive',
  summary: 'put a session away',
  about: `Puts a session away: lists show it only when they are asked to (--all).`,
  undo: 'out of the archive again',
  done: (id) => `Session ${shortId(id)} is archived.`,
  undone: (id) => `Session ${id} is out of the archive.`,
  run: async (machine, prefix, isUndo) => {
    const { id } = (await machine.session(prefix)).session;
    await machine.request('archive', { session: id, archived: !isUndo });
    return id;
  },
});

/** The subcommand `remove`. */
export const removeCommand = reversible({
  name: 'remove',
  summary: 'take a session out of the list',
  about: `Takes a session that has ended out of the list. Nothing is deleted: what was
recorded of it and Claude Code's own files stay. It is refused while the
session runs or is shared.`,
  undo: 'back into the list; wants the whole id, as it was printed',
  done: (id) => `Removed from the list. “${PRODUCT_ID} remove ${id} --undo” brings it back.`,
  undone: (id) => `Session ${id} is in the list again.`,
  run: async (machine, prefix, isUndo) => {
    if (isUndo) {
      // What is in no list has no beginning that could be told apart.
      const id = prefix.trim().toLowerCase();
      await machine.request('unlist', { session: id, unlisted: false });
      return id;
    }
    const row = await machine.session(prefix);
    await machine.request('unlist', { ...named(row), unlisted: true });
    return row.session.id;
  },
});

/** A verb that begins a session from another one. */
function beginning(options: {
  readonly name: 'continue' | 'fork';
  readonly summary: string;
  readonly about: string;
  readonly done: string;
}): CliCommand {
  const { name, summary, about, done } = options;
  return {
    summary,
    help: `Usage: ${PRODUCT_ID} ${name} ID [--json]

${about}

  --json  one line of JSON: {"sessionId"}
  --help  print this
`,
    async run(args, io) {
      const { values, positionals } = asUsage(name, () =>
        parseArgs({
          args: [...args],
          allowPositionals: true,
          options: { json: { type: 'boolean' } },
        }),
      );
      const prefix = onePositional(name, positionals, ID);
      return withHostClient(io, { mayStart: true }, async (machine) => {
        const row = await machine.session(prefix);
        const env = sessionEnvironment(io.env, io.agentRules);
        const id = sessionOfAnswer(await machine.request(name, { ...named(row), env }));
        return told(io, values.json, id, `${done} ${shortId(id)}.`);
      });
    },
  };
}

/** The subcommand `continue`. */
export const continueCommand = beginning({
  name: 'continue',
  summary: 'go on with a session that has ended',
  about: `Goes on with a conversation that has ended, under the session host.`,
  done: 'It goes on as session',
});

/** The subcommand `fork`. */
export const forkCommand = beginning({
  name: 'fork',
  summary: 'go on with a copy of a conversation',
  about: `Starts a session that goes on with a copy of a conversation. The first one
stays as it is, and can be gone on with too. It is refused while a turn runs.`,
  done: 'The copy is session',
});

/** The subcommand `rename`. */
export const renameCommand: CliCommand = {
  summary: 'give a session another title',
  help: `Usage: ${PRODUCT_ID} rename ID TITLE… [--json]

Gives a session of the session host another title.

  --json  one line of JSON: {"sessionId"}
  --help  print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('rename', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: 'boolean' } },
      }),
    );
    const [prefix, ...words] = positionals;
    const title = words.join(' ').trim();
    if (prefix === undefined || title === '')
      throw usage(`rename wants ${ID} and a title`, 'rename');
    if (textBytes(title) > LIMITS.titleBytes) {
      throw usage('the title is too long: 200 characters at the most', 'rename');
    }
    return withHostClient(io, { mayStart: true }, async (machine) => {
      const row = await machine.session(prefix);
      const view = await machine.joinSession(row);
      try {
        await view.request('rename', { title }, { signal: io.signal });
      } finally {
        await view.close();
      }
      const { id } = row.session;
      return told(io, values.json, id, `Session ${shortId(id)} is called “${title}”.`);
    });
  },
};
