// `twinhelm send`: one prompt to a session, from a script or a terminal.
import { parseArgs } from 'node:util';
import type { AppError } from '../../base/errors.ts';
import { cancelled, hostSilent } from '../../client/errors.ts';
import { waitForView } from '../../client/waitForChange.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { isSettled, type RoomView } from '../../session/view.ts';
import { commandFailed } from '../../sync/errors.ts';
import { asUsage, isLink } from '../arguments.ts';
import { whole } from '../text/entryText.ts';
import { turnFailed, usage } from '../errors.ts';
import { EXIT } from '../exitCode.ts';
import { type CliCommand, type CliIo, printable, printJson, printText } from '../io.ts';
import { joinByLink } from '../join/joinByLink.ts';
import { waitForAdmission } from '../join/joinRoom.ts';
import { withHostClient } from '../hostClient.ts';
import { releaseControl } from '../join/viewActions.ts';

/** The subcommand `send`. */
export const sendCommand: CliCommand = {
  summary: 'send one prompt to a session',
  help: `Usage: twinhelm send ID|LINK TEXT... [options]

Sends one prompt to a session of this computer, or to one that a link leads to.
TEXT - reads the prompt from stdin. Whoever has control keeps it: then the
prompt is refused, unless --take takes it (owners).

  --wait  wait until the turn has ended, and print the answer
  --take  take control first
  --json  one line of JSON: {"promptId"}, with --wait also "outcome" and "text"
  --help  print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('send', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          wait: { type: 'boolean' },
          take: { type: 'boolean' },
          json: { type: 'boolean' },
        },
      }),
    );
    const [target, ...words] = positionals;
    if (target === undefined || target.trim() === '') {
      throw usage('the session is missing', 'send');
    }
    const joined = words.join(' ');
    const prompt = joined === '-' ? (await readAll(io)).trimEnd() : joined;
    if (prompt.trim() === '') throw usage('the text is missing', 'send');
    return withSession(io, target, async (view) => {
      if (values.take) await view.request('focus-take', {}, { signal: io.signal });
      const { id } = view.send('prompt', { text: prompt });
      await accepted(io, view, id);
      view.forget(id);
      if (!values.wait) {
        if (values.json) printJson(io, { promptId: id });
        else printText(io, 'Sent.');
        return EXIT.ok;
      }
      const { turn, texts } = await answerTo(io, view, id);
      const text = texts.join('\n\n');
      if (values.json) printJson(io, { promptId: id, outcome: turn.outcome, text });
      else if (text !== '') printText(io, printable(text));
      if (turn.outcome !== 'completed' && !values.json) {
        throw turnFailed(turn.error ?? turn.outcome);
      }
      return turn.outcome === 'completed' ? EXIT.ok : EXIT.failed;
    });
  },
};

/** All of stdin, unless the person gives up. */
async function readAll(io: CliIo): Promise<string> {
  if (io.hasKeyboard) io.stderr.write('Type the prompt; Ctrl+D on a line of its own sends it.\n');
  let text = '';
  await new Promise<void>((resolve, reject) => {
    io.signal.addEventListener('abort', () => reject(cancelled()), { once: true });
    io.stdin.setEncoding('utf8');
    io.stdin.on('data', (piece) => (text += String(piece)));
    io.stdin.on('end', resolve);
    io.stdin.on('error', resolve);
  });
  return text;
}

async function withSession(
  io: CliIo,
  target: string,
  work: (view: RoomView) => Promise<number>,
): Promise<number> {
  const run = async (view: RoomView, link: string, onSilence?: () => AppError): Promise<number> => {
    try {
      await waitForAdmission(io, view, { link, ...(onSilence && { onSilence }) });
      return await work(view);
    } finally {
      await releaseControl(view);
      await view.close();
    }
  };
  if (isLink(target)) return run(await joinByLink(io, target), target);
  return withHostClient(io, { mayStart: true }, async (machine) => {
    const row = await machine.openSession(target);
    return run(await machine.joinSession(row), row.link ?? '', hostSilent);
  });
}

/** Waits until the host has taken the prompt; throws AppError if it was not. */
async function accepted(io: CliIo, view: RoomView, id: string): Promise<void> {
  const item = await waitForView(
    view,
    () => view.outbox.find((one) => one.id === id && isSettled(one)),
    { clock: io.clock, signal: io.signal },
  );
  if (item.status !== 'done') throw commandFailed(item);
}

interface Answer {
  readonly turn: EntryOf<'turn'>;
  readonly texts: readonly string[];
}

/** The turn that the prompt belongs to, and what was said in it. */
async function answerTo(io: CliIo, view: RoomView, id: string): Promise<Answer> {
  return waitForView(
    view,
    () => {
      const begin = view.entries.findIndex(
        ({ entry }) => entry.kind === 'prompt' && (entry.promptId === id || entry.id === id),
      );
      if (begin < 0) return undefined;
      const texts: string[] = [];
      for (const { entry } of view.entries.slice(begin)) {
        if (entry.kind === 'text' && entry.parent === undefined) texts.push(whole(entry));
        if (entry.kind === 'turn') return { turn: entry, texts };
      }
      return undefined;
    },
    { clock: io.clock, signal: io.signal },
  );
}
