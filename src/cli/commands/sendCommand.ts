// `twinhelm send`: one prompt to a session, from a script or a terminal.
import { parseArgs } from 'node:util';
import type { AppError } from '../../base/errors.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { cancelled, hostSilent } from '../../client/errors.ts';
import { waitForView } from '../../client/waitForChange.ts';
import { isSettled, type RoomView } from '../../session/view.ts';
import { commandFailed } from '../../sync/errors.ts';
import { asUsage, isLink } from '../arguments.ts';
import { turnFailed, usage } from '../errors.ts';
import { EXIT } from '../exitCode.ts';
import { type CliCommand, type CliIo, printable, printJson, printText } from '../io.ts';
import { readAttachment } from '../join/attachFile.ts';
import { joinByLink } from '../join/joinByLink.ts';
import { waitForAdmission } from '../join/joinRoom.ts';
import { withHostClient } from '../hostClient.ts';
import { type Blocker, blockerText } from '../join/blocked.ts';
import { releaseControl } from '../join/viewActions.ts';
import { type Answer, blockerJson, sayBlockers, waitForAnswer } from './sendWait.ts';

/** The subcommand `send`. */
export const sendCommand: CliCommand = {
  summary: 'send one prompt to a session',
  help: `Usage: twinhelm send ID|LINK TEXT... [options]

Sends one prompt to a session of this computer, or to one that a link leads to.
TEXT - reads the prompt from stdin. Whoever has control keeps it: then the
prompt is refused, unless --take takes it (owners).

  --wait               wait until the turn has ended, and print the answer.
                       What it waits for beside that is said on stderr: an
                       answer of yours, a problem, a connection
  --exit-when-blocked  with --wait: end as soon as nothing goes on without a
                       person: exit code 6 for a permission, a plan, a
                       question or a held prompt, 7 for a problem. The prompt
                       stays in the session
  --now                into a turn that runs, or before what waits
  --take               take control first
  --attach FILE        a picture or file goes with it; may be given several times
  --json               one line of JSON: {"promptId"}, "held" if the queue is
                       held; with --wait also "outcome" and "text", or
                       "request" or "problem"
  --help               print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('send', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          wait: { type: 'boolean' },
          'exit-when-blocked': { type: 'boolean' },
          now: { type: 'boolean' },
          take: { type: 'boolean' },
          attach: { type: 'string', multiple: true },
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
    const files = await Promise.all((values.attach ?? []).map(readAttachment));
    if (prompt.trim() === '' && files.length === 0) throw usage('the text is missing', 'send');
    const exitWhenBlocked = values['exit-when-blocked'] ?? false;
    if (exitWhenBlocked && !values.wait)
      throw usage('--exit-when-blocked goes with --wait', 'send');
    // A link is a secret: it is not printed again.
    const shown = isLink(target) ? 'LINK' : target;
    return withSession(io, target, async (view) => {
      if (values.take) await view.request('focus-take', {}, { signal: io.signal });
      const args = { text: prompt, ...(values.now ? { now: true } : {}) };
      const { id } = view.send('prompt', args, files);
      const saying = values.wait
        ? sayBlockers(io, view, { promptId: id, exitWhenBlocked, target: shown })
        : undefined;
      try {
        await accepted(io, view, id);
        view.forget(id);
        if (!values.wait) {
          return printSent(io, view, {
            id,
            isNow: values.now === true,
            shown,
            isJson: values.json,
          });
        }
        const waited = await waitForAnswer(io, view, { promptId: id, exitWhenBlocked });
        return waited.kind === 'answered'
          ? printAnswer(io, id, waited.answer, values.json ?? false)
          : printBlocker(io, view, { id, blocker: waited.blocker, shown, isJson: values.json });
      } finally {
        saying?.dispose();
      }
    });
  },
};

/** [Q5] [Q7] What was sent to a queue that is held waits for somebody: whoever sent it is told. */
function printSent(
  io: CliIo,
  view: RoomView,
  what: {
    readonly id: string;
    readonly isNow: boolean;
    readonly shown: string;
    readonly isJson: boolean | undefined;
  },
): number {
  const { state } = view;
  const hold = state?.kind === 'session' && !what.isNow ? state.session.queueHold : undefined;
  const blocker = hold && ({ kind: 'stopped', hold } as const);
  if (what.isJson) printJson(io, { promptId: what.id, ...(blocker && blockerJson(blocker)) });
  else printText(io, 'Sent.');
  if (blocker) io.stderr.write(`${PRODUCT_ID}: ${blockerText(blocker, view, what.shown)}\n`);
  return EXIT.ok;
}

function printAnswer(io: CliIo, id: string, { turn, texts }: Answer, isJson: boolean): number {
  const text = texts.join('\n\n');
  if (isJson) printJson(io, { promptId: id, outcome: turn.outcome, text });
  else if (text !== '') printText(io, printable(text));
  if (turn.outcome !== 'completed' && !isJson) {
    throw turnFailed(turn.error ?? turn.outcome);
  }
  return turn.outcome === 'completed' ? EXIT.ok : EXIT.failed;
}

/** Nothing goes on by itself: what has to be done, and the exit code for it. */
function printBlocker(
  io: CliIo,
  view: RoomView,
  what: {
    readonly id: string;
    readonly blocker: Blocker;
    readonly shown: string;
    readonly isJson: boolean | undefined;
  },
): number {
  const { id, blocker, shown, isJson } = what;
  const isProblem = blocker.kind === 'problem';
  io.stderr.write(`${PRODUCT_ID}: ${blockerText(blocker, view, shown)}\n`);
  const outcome = isProblem ? 'problem' : 'waiting';
  if (isJson) printJson(io, { promptId: id, outcome, ...blockerJson(blocker) });
  return isProblem ? EXIT.problem : EXIT.waiting;
}

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
