// `join --json`: the scripting interface over stdin and stdout.
import type * as z from 'zod/mini';
import { type AppError, isAppError } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import { cancelled } from '../../client/errors.ts';
import { ownOutputOf } from '../../client/rooms/sessionFacts.ts';
import { waitForView } from '../../client/waitForChange.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import {
  type ScriptInput,
  scriptInputSchema,
  type ScriptOutput,
} from '../../protocol/local/script.ts';
import { isSettled, type RoomView } from '../../session/view.ts';
import { badLine } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exitCode.ts';
import { readAttachment } from './attachFile.ts';
import { readLines } from './inputLines.ts';
import type { CliIo } from '../io.ts';
import { answerArgs, sendVerb } from './viewActions.ts';
import { ViewLines } from './viewLines.ts';

/** After `quit`, commands under way get this long to be answered. */
const FAREWELL_MS = 5_000;

/**
 * Prints a room as JSON lines and takes verbs on stdin until `quit`, a signal, or the end of the
 * room. The end of stdin ends nothing. Ends too if `admitted` rejects: nobody let us in. Resolves
 * to the exit code; the view is the caller's.
 */
export async function runScript(
  io: CliIo,
  view: RoomView,
  admitted: Promise<unknown>,
): Promise<number> {
  const lines = new ViewLines(view, io.clock);
  const print = (line: ScriptOutput): void => void io.stdout.write(`${JSON.stringify(line)}\n`);
  let isSending = false;
  const flush = (): void => {
    // Sending fires changes before the line's `ref` is known.
    if (isSending) return;
    for (const line of lines.next()) {
      print(line);
      const own = line.type === 'entry' ? ownOutputOf(line.entry, view) : undefined;
      if (own !== undefined) void fetchWhole(view, own, { print, shown, ref: undefined });
    }
    for (const item of view.outbox) if (isSettled(item)) view.forget(item.id);
  };
  const quit = new AbortController();
  /** Texts of the blobs that were printed whole, by their ids. */
  const shown = new Map<string, string>();
  let fetching: Promise<unknown> = Promise.resolve();
  const carryOut = async (line: Line): Promise<void> => {
    try {
      if (line.error) throw line.error;
      const {
        quit: wish,
        older: wantsOlder,
        fetch: blob,
        answer,
        ref,
        attach,
        ...input
      } = line.input;
      if (wish !== undefined) quit.abort(wish);
      else if (wantsOlder) void older(view, print, ref);
      else if (blob !== undefined)
        fetching = Promise.all([fetching, fetchWhole(view, blob, { print, shown, ref })]);
      else {
        // What was asked to be shown first counts as shown.
        if (answer !== undefined) await fetching;
        const args = answer && (await answerArgs(view, answer, shown));
        const files = await Promise.all((attach ?? []).map(readAttachment));
        isSending = true;
        const item = args ? view.send('answer', args) : sendVerb(view, input, files);
        if (item) lines.follow(item, ref);
      }
    } catch (error) {
      print({ type: 'error', ...refOf(line.ref), error: errorOf(error) });
    } finally {
      isSending = false;
    }
    flush();
  };
  // One after the other: an answer takes a moment to be made, and nothing may overtake it.
  let carrying = Promise.resolve();
  const take = (text: string): void => {
    if (text.trim() === '') return;
    const line = readLine(text);
    carrying = carrying.then(() => carryOut(line));
  };
  const input = readLines({ input: io.stdin, onLines: (texts) => texts.forEach(take) });
  const subscription = view.onDidChange(flush);
  const end = waitForView(view, () => undefined, {
    clock: io.clock,
    signal: AbortSignal.any([io.signal, quit.signal]),
  });
  try {
    flush();
    // Neither of the two ever resolves with a value: an end is always a rejection.
    await Promise.all([admitted, end]);
    return EXIT.ok;
  } catch (error) {
    return await finish(error);
  } finally {
    subscription.dispose();
    input.dispose();
    await end.catch(() => undefined);
  }

  async function finish(error: unknown): Promise<number> {
    if (quit.signal.aborted) {
      await settle(io, view);
      flush();
      print({ type: 'end', reason: 'quit' });
      if (quit.signal.reason === 'leave') await view.close({ leave: true });
      return EXIT.ok;
    }
    flush();
    if (io.signal.aborted) {
      print({ type: 'end', reason: 'signal' });
      return EXIT.ok;
    }
    quit.abort();
    const reason = view.truth.kind === 'over' ? 'over' : 'failed';
    print({ type: 'end', reason, error: errorOf(error) });
    return exitCodeOf(error);
  }
}

/** The only line of a script that could not begin. Returns the exit code. */
export function refuseScript(io: Pick<CliIo, 'stdout'>, error: unknown): number {
  const line: ScriptOutput = { type: 'end', reason: 'failed', error: errorOf(error) };
  io.stdout.write(`${JSON.stringify(line)}\n`);
  return exitCodeOf(error);
}

type Line =
  | { readonly input: ScriptInput; readonly error?: never; readonly ref?: Json | undefined }
  | { readonly error: AppError; readonly ref?: Json | undefined };

function readLine(text: string): Line {
  const json = parseJson(text);
  if (json === undefined) return { error: badLine('it is no JSON') };
  const ref = isRecord(json) ? json['ref'] : undefined;
  const parsed = scriptInputSchema.safeParse(json);
  if (parsed.success) return { input: parsed.data, ref };
  return { error: badLine(reasonOf(parsed.error.issues[0])), ref };
}

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `“${issue.keys.join('”, “')}” is unknown`;
  if (issue?.code === 'custom') return issue.message;
  const where = issue?.path.join('.') ?? '';
  return where === '' ? 'it is no object' : `“${where}” is not as expected`;
}

/** Prints a long text whole, or why it does not come; never rejects. */
async function fetchWhole(
  view: RoomView,
  blob: string,
  to: {
    readonly print: (line: ScriptOutput) => void;
    readonly shown: Map<string, string>;
    readonly ref: Json | undefined;
  },
): Promise<void> {
  const { print, shown, ref } = to;
  try {
    const text = new TextDecoder().decode(await view.fetchBlob(blob));
    print({ type: 'blob', ...refOf(ref), blob, text });
    shown.set(blob, text);
  } catch (error) {
    // The view is closed, and nothing comes after the last line.
    if (isAppError(error) && error.code === 'cancelled') return;
    print({ type: 'error', ...refOf(ref), error: errorOf(error) });
  }
}

async function older(
  view: RoomView,
  print: (line: ScriptOutput) => void,
  ref: Json | undefined,
): Promise<void> {
  try {
    await view.fetchOlder();
  } catch (error) {
    print({ type: 'error', ...refOf(ref), error: errorOf(error) });
  }
}

/** What is under way shall not be lost because the script is through. */
async function settle(io: CliIo, view: RoomView): Promise<void> {
  const allSettled = (): true | undefined => view.outbox.every(isSettled) || undefined;
  await waitForView(view, allSettled, {
    clock: io.clock,
    signal: io.signal,
    timeoutMs: FAREWELL_MS,
    onTimeout: cancelled,
  }).catch(() => undefined);
}

function refOf(ref: Json | undefined): { readonly ref?: Json } {
  return ref === undefined ? {} : { ref };
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  return { code: isAppError(error) ? error.code : 'internal', message: errorText(error) };
}
