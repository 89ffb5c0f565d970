// Bodies of tool cards: commands with their output, files, diffs, checklists, anything else as it is.
import { useMemo } from 'preact/hooks';
import type { Json } from '../../src/protocol/json.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import type { TranscriptRow } from '../model/transcriptRow.ts';
import { Ansi } from '../parts/Ansi.tsx';
import { DiffView } from '../parts/DiffView.tsx';
import { LongText } from '../parts/LongText.tsx';
import { inPlace } from '../../src/protocol/reading/changeTexts.ts';
import type { ChangePlace } from '../../src/protocol/reading/foundEntries.ts';
import { type Diff, diffOfPatch, diffOfTexts, joinDiffs, movedBy } from '../text/diffLines.ts';
import {
  changesOf,
  familyOf,
  textPart,
  valueAt,
  type ViewedCall,
} from '../../src/protocol/toolView.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';
import { Images } from '../parts/Images.tsx';
import { Checklist } from './foldedCards.tsx';
import { SearchBody } from './SearchBody.tsx';

/** Changes that a call makes to a file: as the agent reports them, else made of its input, in what stands around it. */
export function diffOfCall(
  call: ViewedCall,
  result?: EntryOf<'tool-result'>,
  places: readonly ChangePlace[] = [],
): Diff | undefined {
  const { patch, structured } = result ?? {};
  const reported =
    patch === undefined || structured === undefined
      ? undefined
      : diffOfPatch(valueAt(structured, patch));
  if (reported !== undefined) return reported;
  const content = textPart(call, 'content');
  if (content !== undefined) return diffOfTexts('', content, true);
  // Below a change that adds lines, the lines after it have other numbers than before.
  let grown = 0;
  const diffs = changesOf(call).map((change, at) => {
    const place = places.find((one) => one.change === at);
    const { before, after } = inPlace(change, place);
    const diff = diffOfTexts(before, after, place !== undefined);
    if (place === undefined) return diff;
    const numbered = movedBy(diff, place.line - 1, place.line - 1 + grown);
    grown += diff.added - diff.removed;
    return numbered;
  });
  return diffs.length === 0 ? undefined : joinDiffs(diffs);
}

/** Text of a result. */
export function ResultBody(props: {
  id: string;
  index: number;
  result: EntryOf<'tool-result'>;
  isTerminal: boolean;
  foldAfter: number;
}) {
  const { t } = useUi();
  const { id, index, result, isTerminal, foldAfter } = props;
  const isBad = result.outcome === 'error' || result.outcome === 'denied';
  return (
    <>
      {result.text === '' && result.cut === undefined ? (
        (result.images?.length ?? 0) === 0 && <p class="muted line">{t('No output')}</p>
      ) : (
        <LongText
          id={`${id}/result`}
          index={index}
          body={result}
          foldAfter={foldAfter}
          keep={isTerminal ? 'tail' : 'head'}
          render={(text) => (
            <pre class={isBad ? 'output output-bad' : 'output'} dir="ltr" tabIndex={0}>
              {isTerminal || text.includes('\u001b') ? <Ansi text={text} /> : showDeceptive(text)}
            </pre>
          )}
        />
      )}
      {result.images !== undefined && result.images.length > 0 && <Images images={result.images} />}
    </>
  );
}

/** The input of a call as names and values; for a person who decides, all of it. */
export function InputTable({ input }: { readonly input: Json }) {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    return <Value value={input} />;
  }
  const members = Object.entries(input);
  if (members.length === 0) return null;
  return (
    <dl class="args">
      {members.map(([name, value]) => (
        <div key={name} class="arg">
          <dt>{showDeceptive(name)}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { readonly value: Json }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return (
    <pre class="value" dir="auto" tabIndex={text.length > 400 ? 0 : -1}>
      {showDeceptive(text)}
    </pre>
  );
}

/** A shell command, whole. */
export function CommandText({ command }: { readonly command: string }) {
  return (
    <pre class="command" dir="ltr" tabIndex={0}>
      <span class="prompt-sign" aria-hidden="true">
        ${' '}
      </span>
      {showDeceptive(command)}
    </pre>
  );
}

/** Body of a tool card, by its family. */
export function ToolBody({
  row,
  call,
}: {
  readonly row: TranscriptRow;
  readonly call: EntryOf<'tool-call'>;
}) {
  const { t, post } = useUi();
  const result = row.result?.entry;
  const index = row.result?.index ?? row.index;
  const family = familyOf(call);
  const diff = useMemo(
    () => (family === 'edit' || family === 'write' ? diffOfCall(call, result) : undefined),
    [call, result],
  );
  const output = (isTerminal: boolean, foldAfter: number) =>
    result !== undefined && (
      <ResultBody
        id={row.key}
        index={index}
        result={result}
        isTerminal={isTerminal}
        foldAfter={foldAfter}
      />
    );
  const cut = call.inputCut !== undefined && (
    <p class="cut">
      <button
        type="button"
        class="link-button"
        onClick={() => post({ type: 'open-entry', index: row.index })}
      >
        {t('The input was cut. Open all of it in an editor')}
      </button>
    </p>
  );
  switch (family) {
    case 'shell':
      return (
        <>
          <CommandText command={textPart(call, 'command') ?? ''} />
          {cut}
          {output(true, 12)}
        </>
      );
    case 'edit':
    case 'write':
      return (
        <>
          {diff === undefined ? (
            <InputTable input={call.input} />
          ) : (
            <DiffView
              id={row.key}
              diff={diff}
              index={row.index}
              path={textPart(call, 'path') ?? ''}
            />
          )}
          {cut}
          {result !== undefined && result.outcome !== 'ok' && output(false, 12)}
        </>
      );
    case 'search':
      if (result?.outcome === 'ok')
        return <SearchBody id={row.key} index={index} result={result} />;
      return <>{output(false, 24) || <InputTable input={call.input} />}</>;
    case 'read':
      return <>{output(false, 24) || <InputTable input={call.input} />}</>;
    case 'todos':
      return <Checklist items={call.view?.todos ?? []} />;
    case 'agent':
      return (
        <>
          <pre class="value" dir="auto" tabIndex={0}>
            {showDeceptive(textPart(call, 'prompt') ?? '')}
          </pre>
          {cut}
          {output(false, 12)}
        </>
      );
    case 'web':
    case 'mcp':
    case 'question':
    case 'plan':
    case 'other':
      return (
        <>
          <InputTable input={call.input} />
          {cut}
          {output(false, 24)}
        </>
      );
  }
}
