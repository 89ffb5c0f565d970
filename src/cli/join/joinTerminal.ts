// `join` for people: the running transcript, and a line to type on.
import { errorText } from '../../base/log.ts';
import { cancelled } from '../../client/errors.ts';
import { waitForView } from '../../client/waitForChange.ts';
import { parseJson } from '../../protocol/json.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Person } from '../../protocol/state.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { isSettled, type RoomView } from '../../session/view.ts';
import { createPaint, requestText } from '../text/entryText.ts';
import { lineCutByTerminal } from './errors.ts';
import { EXIT, exitCodeOf } from '../exitCode.ts';
import { readAttachment } from './attachFile.ts';
import { choosing } from './choosing.ts';
import { FormDrafts } from './formDrafts.ts';
import { readLines } from './inputLines.ts';
import { type CliIo, oneLine } from '../io.ts';
import { viewStanding } from '../../client/panel/panelModel.ts';
import { promptArgs } from '../../client/prompts/promptArgs.ts';
import { fullLinksText } from '../../client/standing/peopleWords.ts';
import { untranslated } from '../../client/translate.ts';
import { personText, queueLines } from './terminalStatus.ts';
import { chosen, verbOf } from './terminalVerbs.ts';
import { TerminalView } from './terminalView.ts';
import { answerArgs, sendVerb } from './viewActions.ts';

export const HELP = `What you type is sent as a prompt. Commands:
  /request          ask for control        /release   let go of it
  /take             take control (owners)  /give WHO  give control to somebody
  /allow [N]        allow what waits       /deny [N] [TEXT]  deny it
  /allow [N] --keep 1,2 [--in PLACE]   and do not ask again (owners): what and
                    where is said with the request; --mode MODE: how a plan goes on
  /view [N]         show all of what waits: what is cut is not allowed before
  /allow-unseen [N] allow it all the same (owners)
  /answer TEXT      answer a question: an option's number, or text; several
                    questions at once: answers with semicolons between them
  /field N VALUE    fill in a field of a form, which /allow sends; /answer
                    with a JSON object does both at once
  /open [N]         open the address that is asked for on the session's computer
  /admit WHO        let a guest control (owners)
  /stop             interrupt              /people    who is here
  /stop-task [N]    end background work
  /queue            prompts that wait      /cancel [N]  take one back
  /now [N]          into the running turn  /unhold [N]  let a held one run
  /edit [N] TEXT    another text for it    /move N [M]  before M, or behind all
  /go               let what Stop has held go on
  /clear            take back all of them that are yours
  /attach PATH      a picture or file goes with the next prompt
  /detach           none of them does
  /mode [NAME]      permission mode        /model [NAME]  model (owners)
  /effort [LEVEL]   how much the model thinks (owners); without a word each of
                    the three says what there is
  /folder PATH      go on in this folder, if its own is gone (owners)
  /take-in          what others wrote comes in (owners, as the next two)
  /fork             go on apart from them  /wait      until they leave
                    with --force behind it also if background work ends
  /older            show earlier entries   /quit      leave this program
A prompt that begins with a slash is written with two: //compact
Several pasted lines become one prompt, which an empty line sends.`;

/** What Linux passes on of one line that is typed or pasted; the rest of it is dropped. */
const TERMINAL_LINE_BYTES = 4095;
/** After /quit or the end of stdin, commands under way get this long to be answered. */
const FAREWELL_MS = 5_000;

/** Runs until /quit, the end of stdin, a signal or the end of the room; resolves to the exit code. */
export async function runTerminal(io: CliIo, view: RoomView, me: Person): Promise<number> {
  const paint = createPaint(io.hasColours);
  const screen = new TerminalView(view, paint, (text) => void io.stdout.write(text), io.clock);
  const quit = new AbortController();
  const complain = (error: unknown): void =>
    screen.line(paint.red(`✗ ${oneLine(errorText(error))}`));
  const say = (text: string): void => screen.line(paint.dim(`— ${text} —`));
  const run = (line: string): void => {
    runLine(view, screen, line, kept, () => quit.abort()).catch(complain);
  };
  const kept: Kept = { shown: new Map(), drafts: new FormDrafts(), attached: [] };
  /** Pasted lines that wait to be sent as one prompt. */
  let pasted: string[] = [];
  const paste = (lines: readonly string[]): void => {
    const only = lines.length === 1 ? lines[0] : undefined;
    if (only !== '' && only !== '/drop') {
      pasted.push(...lines);
      return say(`${pasted.length} lines: an empty line sends them, /drop throws them away`);
    }
    const prompt = pasted.join('\n');
    pasted = [];
    if (only === '/drop') return say('thrown away');
    if (prompt.trim() !== '') sendPrompt(view, prompt, kept);
  };
  const take = (lines: readonly string[]): void => {
    const isCut = lines.some((line) => Buffer.byteLength(line) >= TERMINAL_LINE_BYTES);
    if (isCut && io.hasKeyboard) throw lineCutByTerminal(TERMINAL_LINE_BYTES);
    if (io.hasKeyboard && (lines.length > 1 || pasted.length > 0)) paste(lines);
    else for (const line of lines) run(line);
  };
  const subscription = view.onDidChange(() => screen.update());
  screen.begin(me);
  const input = readLines({
    input: io.stdin,
    onLines: (lines) => {
      try {
        take(lines);
      } catch (error) {
        complain(error);
      }
    },
    onEnd: () => quit.abort(),
    ...(io.hasKeyboard && { clock: io.clock }),
  });
  try {
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
      timeoutMs: FAREWELL_MS,
      onTimeout: cancelled,
    }).catch(() => undefined);
    screen.update();
    return EXIT.ok;
  } finally {
    if (pasted.length > 0) say(`${pasted.length} lines were not sent`);
    subscription.dispose();
    input.dispose();
  }
}

/** What a terminal keeps between two lines. */
interface Kept {
  /** Inputs that were shown whole, by their blobs. */
  readonly shown: Map<string, string>;
  readonly drafts: FormDrafts;
  /** What goes with the next prompt. */
  readonly attached: NamedFile[];
}

type NamedFile = Awaited<ReturnType<typeof readAttachment>>;

/** Sends a prompt with all that is attached; that is kept if nothing is sent. */
function sendPrompt(view: RoomView, text: string, { attached }: Kept): void {
  view.send('prompt', promptArgs(view, text), attached);
  attached.length = 0;
}

/** Takes a file for the next prompt; what is attached then. */
async function attach(path: string, { attached }: Kept): Promise<string> {
  if (path !== '') attached.push(await readAttachment(path));
  if (attached.length === 0) return '  nothing is attached; /attach PATH attaches a file';
  const names = attached.map(({ name, bytes }) => `${name} (${Math.ceil(bytes.length / 1024)} KB)`);
  return `  goes with the next prompt: ${oneLine(names.join(', '))}`;
}

async function runLine(
  view: RoomView,
  screen: TerminalView,
  text: string,
  kept: Kept,
  quit: () => void,
): Promise<void> {
  const { shown, drafts } = kept;
  if (text.trim() === '') return;
  if (!text.startsWith('/') || text.startsWith('//')) {
    return sendPrompt(view, text.startsWith('//') ? text.slice(1) : text, kept);
  }
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? [];
  switch (name) {
    case 'quit':
      return quit();
    case 'help':
      return screen.line(HELP);
    case 'people': {
      const stands = viewStanding(view, 0, untranslated);
      for (const person of view.state?.people ?? []) {
        if (!view.state) continue;
        screen.line(
          `  ${person.member.slice(0, 6)}  ${personText(view.state, person, view.member, stands)}`,
        );
      }
      const isOwner = view.me !== undefined && roleOf(view.me.role) === 'owner';
      const full = fullLinksText(isOwner ? view.state?.fullLinks?.length : undefined, untranslated);
      if (full !== undefined) screen.line(`  ${full}`);
      return;
    }
    case 'attach':
      return screen.line(await attach(rest.trim(), kept));
    case 'detach':
      kept.attached.length = 0;
      return screen.line('  nothing is attached');
    case 'queue':
      for (const line of queueLines(view.state)) screen.line(line);
      return;
    case 'older':
      if (screen.needsOlder) await view.fetchOlder();
      return screen.showOlder();
    case 'view':
      return screen.line(await viewWhole(view, chosen(view, rest.trim() || undefined), shown));
    case 'field':
      return screen.line(drafts.fill(view, rest));
    case 'mode':
    case 'model':
    case 'effort': {
      const done = await choosing(view, name, rest);
      if ('verb' in done) return void sendVerb(view, done.verb);
      for (const line of done.lines) screen.line(line);
      return;
    }
    default: {
      const { answer, ...verb } = verbOf(view, name, rest, drafts);
      if (answer === undefined) sendVerb(view, verb);
      else view.send('answer', await answerArgs(view, answer, shown));
    }
  }
}

/** All that a request asks for; from then on it may be allowed. */
async function viewWhole(
  view: RoomView,
  request: EntryOf<'request'>,
  shown: Map<string, string>,
): Promise<string> {
  const { blob } = request.inputCut ?? {};
  if (blob === undefined) return requestText(request);
  const text = new TextDecoder().decode(await view.fetchBlob(blob));
  shown.set(blob, text);
  const { inputCut: _, plan: _plan, questions: _questions, form: _form, ...rest } = request;
  return requestText({ ...rest, input: parseJson(text) ?? text });
}
