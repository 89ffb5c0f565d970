// `join` for people: the running transcript, and a line to type on.
import { createInterface } from 'node:readline';
import { errorText } from '../base/log.ts';
import type { Person } from '../protocol/state.ts';
import type { EntryOf } from '../protocol/transcript.ts';
import { isSettled, type RoomView } from '../session/view.ts';
import { nothingPending, severalPending, usage } from './errors.ts';
import { createPaint } from './entryText.ts';
import { EXIT, exitCodeOf } from './exitCode.ts';
import { type CliIo, printable } from './io.ts';
import { TerminalView } from './terminalView.ts';
import { pendingRequests, type SendingInput, sendVerb } from './viewActions.ts';
import { cancelled, waitForView } from './viewWait.ts';

const HELP = `What you type is sent as a prompt. Commands:
  /request          ask for control        /release   let go of it
  /take             take control (owners)  /give WHO  give control to somebody
  /allow [N]        allow what waits       /deny [N] [TEXT]  deny it
  /answer TEXT      answer a question: an option's number, or text
  /admit WHO        let a guest control (owners)
  /stop             interrupt              /people    who is here
  /older            show earlier entries   /quit      leave this program
A prompt that begins with a slash is written with two: //compact`;

/** Runs until /quit, the end of stdin, a signal or the end of the room; resolves to the exit code. */
export async function runTerminal(io: CliIo, view: RoomView, me: Person): Promise<number> {
  const paint = createPaint(io.hasColours);
  const screen = new TerminalView(view, paint, (text) => void io.stdout.write(text));
  const quit = new AbortController();
  const input = createInterface({ input: io.stdin });
  input.on('close', () => quit.abort());
  input.on('line', (text) => {
    runLine(view, screen, text, () => quit.abort()).catch((error: unknown) =>
      screen.line(paint.red(`✗ ${errorText(error)}`)),
    );
  });
  const subscription = view.onDidChange(() => screen.update());
  try {
    screen.begin(me);
    await waitForView(view, () => undefined, {
      clock: io.clock,
      signal: AbortSignal.any([io.signal, quit.signal]),
    });
    return EXIT.ok;
  } catch (error) {
    if (view.truth.kind === 'over') return exitCodeOf(error);
    await waitForView(view, () => view.outbox.every(isSettled) || undefined, {
      clock: io.clock,
      signal: io.signal,
      timeoutMs: 5_000,
      onTimeout: cancelled,
    }).catch(() => undefined);
    screen.update();
    return EXIT.ok;
  } finally {
    subscription.dispose();
    input.close();
  }
}

async function runLine(
  view: RoomView,
  screen: TerminalView,
  text: string,
  quit: () => void,
): Promise<void> {
  if (text.trim() === '') return;
  if (!text.startsWith('/') || text.startsWith('//')) {
    sendVerb(view, { prompt: text.startsWith('//') ? text.slice(1) : text });
    return;
  }
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? [];
  switch (name) {
    case 'quit':
      return quit();
    case 'help':
      return screen.line(HELP);
    case 'people':
      return showPeople(view, screen);
    case 'older':
      if (screen.needsOlder) await view.fetchOlder();
      return screen.showOlder();
    default:
      sendVerb(view, verbOf(view, name, rest));
  }
}

function verbOf(view: RoomView, name: string, rest: string): SendingInput {
  switch (name) {
    case 'request':
    case 'release':
    case 'take':
      return { control: name };
    case 'stop':
      return { interrupt: true };
    case 'give':
      return { give: rest };
    case 'admit':
      return { allow: rest };
    case 'allow':
    case 'deny': {
      const [, number, message = ''] = /^(\d*)\s*(.*)$/s.exec(rest) ?? [];
      const { requestId } = chosen(view, number ?? '');
      const text = message === '' ? {} : { message };
      return { answer: { requestId, behavior: name, ...text } };
    }
    case 'answer':
      return answerOf(chosen(view, ''), rest);
    default:
      throw usage(`/${name} is no command here (/help lists them; //${name} sends it as a prompt)`);
  }
}

function chosen(view: RoomView, number: string): EntryOf<'request'> {
  const pending = pendingRequests(view);
  if (number === '' && pending.length > 1) throw severalPending();
  const found = pending[number === '' ? 0 : Number(number) - 1];
  if (found === undefined) throw nothingPending();
  return found;
}

function answerOf(request: EntryOf<'request'>, text: string): SendingInput {
  const { requestId } = request;
  const answers: Record<string, string> = {};
  for (const { question, options } of request.questions ?? []) {
    answers[question] = options[Number(text) - 1]?.label ?? text;
  }
  return { answer: { requestId, behavior: 'allow', answers } };
}

function showPeople(view: RoomView, screen: TerminalView): void {
  for (const person of view.state?.people ?? []) {
    const holder = view.state?.focus.holder?.member === person.member ? ', has control' : '';
    const asks = person.asksControl === true ? ', waits for Allow control' : '';
    const here = person.present ? '' : ', away';
    const text = `${person.name} (${person.device}) ${person.role}${holder}${asks}${here}`;
    screen.line(`  ${person.member.slice(0, 6)}  ${printable(text)}`);
  }
}
