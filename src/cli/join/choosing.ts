// `/mode`, `/model` and `/effort` of a terminal: without a word they say what there is, with one they choose it.
import { choicesOf, fetchArgsOf } from '../../client/prompts/readChoices.ts';
import { untranslated } from '../../client/translate.ts';
import type { Choice } from '../../protocol/local/choices.ts';
import type { RoomView } from '../../session/view.ts';
import { noSuchChoice, wantsSure } from './errors.ts';
import { oneLine } from '../io.ts';
import type { SendingInput } from './viewActions.ts';

/** What can be chosen. */
export type Chosen = 'mode' | 'model' | 'effort';

/**
 * Lines to show, or the verb to send. Names of modes and models count as well as their ids; an effort
 * `auto` is the model's own. Throws AppError 'usage' if there is no such thing, or it was not meant surely.
 */
export async function choosing(
  view: RoomView,
  what: Chosen,
  rest: string,
): Promise<{ readonly lines: readonly string[] } | { readonly verb: SendingInput }> {
  const isSure = rest.trimEnd().endsWith('!');
  const wanted = (isSure ? rest.trimEnd().slice(0, -1) : rest).trim();
  const { items, current } = await offered(view, what);
  if (wanted === '') return { lines: items.map((item) => lineOf(item, current)) };
  const found = items.find((item) => isMeant(item, wanted));
  // A list of models is no list of all that an agent takes.
  if (found === undefined && what !== 'model') throw noSuchChoice(what, wanted);
  if (found?.isUnattended === true && !isSure) throw wantsSure(found.id);
  const id = found?.id ?? wanted;
  return { verb: { [what]: what === 'effort' && id === 'auto' ? '' : id } };
}

async function offered(
  view: RoomView,
  what: Chosen,
): Promise<{ readonly items: readonly Choice[]; readonly current: string | undefined }> {
  const session = view.state?.kind === 'session' ? view.state.session : undefined;
  const list = what === 'mode' ? 'modes' : 'models';
  const answer = await view.request('fetch', fetchArgsOf(list, '', true));
  const items = choicesOf(list, answer, untranslated);
  if (what === 'mode') {
    const asking = items.find(({ isAsking }) => isAsking === true);
    return { items, current: session?.mode ?? asking?.id };
  }
  const model = items.findLast(({ id, resolved }) => [id, resolved].includes(session?.model));
  if (what === 'model') return { items, current: model?.id };
  const own = { id: 'auto', name: 'auto', explanation: 'as the model does by itself' };
  const efforts = (model?.efforts ?? []).map((id) => ({ id, name: id }));
  return { items: [own, ...efforts], current: session?.effort };
}

function isMeant({ id, name }: Choice, wanted: string): boolean {
  return [id, name].some((one) => one.toLowerCase() === wanted.toLowerCase());
}

function lineOf({ id, name, explanation }: Choice, current: string | undefined): string {
  const mark = id === current ? '*' : ' ';
  const called = name === id ? '' : ` (${oneLine(name)})`;
  return `${mark} ${oneLine(id)}${called}${explanation === undefined ? '' : `: ${oneLine(explanation)}`}`;
}
