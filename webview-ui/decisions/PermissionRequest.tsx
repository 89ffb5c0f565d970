// A tool asks to run: exactly what, why, and the three answers.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { CommandText, diffOfCall, InputTable } from '../cards/toolBodies.tsx';
import { DiffTotals, DiffView } from '../parts/DiffView.tsx';
import { Icon } from '../parts/Icon.tsx';
import {
  changeParts,
  changesOf,
  familyOf,
  restOf,
  textPart,
  type ToolFamily,
  type ToolPart,
} from '../../src/protocol/toolView.ts';
import { describeTool } from '../text/toolHead.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';
import { DenyForm } from './DenyForm.tsx';
import { KeyHint } from './KeyHint.tsx';
import { useRequestKeys } from './useRequestKeys.ts';
import { CutNote, useWhole } from './useWhole.tsx';

/** What every request gets; `block` says why it cannot be answered from here. */
export interface RequestProps {
  readonly request: EntryOf<'request'>;
  readonly index: number;
  /** The one that keys are meant for. */
  readonly isFirst: boolean;
  readonly block: string | undefined;
}

/** What may be remembered, in the agent's words. */
function suggestionTexts(request: EntryOf<'request'>): readonly string[] {
  const { suggestions = [], suggestionTexts: texts = [] } = request;
  return suggestions.map((suggestion, at) => texts[at] ?? JSON.stringify(suggestion));
}

/** Families whose head names the path. */
const NAMES_PATH: ReadonlySet<ToolFamily> = new Set(['edit', 'write', 'read']);

/** What the head, the command or the diff shows. */
function shownParts(request: EntryOf<'request'>): readonly ToolPart[] {
  const path: readonly ToolPart[] = NAMES_PATH.has(familyOf(request)) ? ['path'] : [];
  return ['command', ...path, ...changeParts(request)];
}

/** What else the agent asks for, such as to replace all or to leave the sandbox. */
function Rest({ request }: { request: EntryOf<'request'> }) {
  const rest = Object.entries(restOf(request, shownParts(request))).filter(
    ([, value]) => value !== request.description,
  );
  return <InputTable input={Object.fromEntries(rest)} />;
}

function Body({ request, index }: { request: EntryOf<'request'>; index: number }) {
  const { input } = request;
  const command = textPart(request, 'command');
  const { reading } = useUi().store;
  const places = reading.contexts.value.get(index);
  // What stands around a change says more of it than the change alone.
  useEffect(() => {
    if (changesOf(request).length > 0) reading.askContext(index);
  }, [index]);
  const diff = useMemo(() => diffOfCall(request, undefined, places), [input, places]);
  if (command === undefined && diff === undefined) return <InputTable input={input} />;
  return (
    <>
      {command !== undefined && <CommandText command={command} />}
      {diff !== undefined && <DiffTotals diff={diff} />}
      {diff !== undefined && (
        <DiffView
          id={`request/${request.requestId}`}
          diff={diff}
          index={index}
          path={textPart(request, 'path') ?? ''}
        />
      )}
      <Rest request={request} />
    </>
  );
}

/** The request with its answers. */
export function PermissionRequest({ request: given, index, isFirst, block }: RequestProps) {
  const { store, t } = useUi();
  const whole = useWhole(given);
  const { request, isWhole } = whole;
  const [isDenying, setDenying] = useState(false);
  const denyButton = useRef<HTMLButtonElement>(null);
  const wasDenying = useRef(false);
  // Who comes back from the words finds the focus where it was.
  useLayoutEffect(() => {
    if (wasDenying.current && !isDenying) denyButton.current?.focus();
    wasDenying.current = isDenying;
  }, [isDenying]);
  const head = describeTool(request, store.header.value?.session?.cwd, t);
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  const suggestions = suggestionTexts(request);
  const allow = (remember?: readonly number[]): void => {
    if (!isWhole) return whole.show();
    store.answer({
      ...base,
      behavior: 'allow',
      isWhole,
      ...(remember === undefined ? {} : { remember: [...remember] }),
    });
  };
  const deny = (message: string): void =>
    store.answer({ ...base, behavior: 'deny', ...(message === '' ? {} : { message }) });
  const isAwake = useRequestKeys(isFirst, (key) => {
    if (block !== undefined || isDenying) return false;
    if (key === 'y') allow();
    else if (key === 'n') setDenying(true);
    else return false;
    return true;
  });
  const all = suggestions.map((_, at) => at);
  return (
    <>
      <h2 class="pending-title">
        <Icon name={head.icon} />
        <span dir="auto">
          {t('Allow {0}?', head.title)}{' '}
          {head.isCode && familyOf(request) !== 'shell' && (
            <span class="mono">{head.subtitle}</span>
          )}
        </span>
      </h2>
      {request.description !== undefined && (
        <p class="muted" dir="auto">
          {showDeceptive(request.description)}
        </p>
      )}
      {request.reason !== undefined && (
        <p class="line" dir="auto">
          <Icon name="info" />
          {showDeceptive(request.reason)}
        </p>
      )}
      <div class="pending-body">
        <Body request={request} index={index} />
      </div>
      <CutNote
        whole={whole}
        index={index}
        isBlocked={block !== undefined}
        onAllowUnseen={() => store.answer({ ...base, behavior: 'allow', unseen: true })}
      />
      {isDenying ? (
        <DenyForm
          label={t('What should be done instead? (optional)')}
          submit={t('Deny')}
          isBlocked={block !== undefined}
          onSubmit={deny}
          onCancel={() => setDenying(false)}
        />
      ) : (
        <div class="answers">
          <button
            type="button"
            class="button"
            disabled={block !== undefined || !isWhole}
            onClick={() => allow()}
          >
            {t('Allow')} <KeyHint name="y" isAwake={isAwake} />
          </button>
          {suggestions.length > 0 && (
            <button
              type="button"
              class="button-second"
              disabled={block !== undefined || !isWhole}
              onClick={() => allow(all)}
              title={suggestions.join('\n')}
            >
              {t('Allow for this session:')}{' '}
              <code dir="ltr">{showDeceptive(suggestions.join('; '))}</code>
            </button>
          )}
          <button
            ref={denyButton}
            type="button"
            class="button-second button-deny"
            disabled={block !== undefined}
            onClick={() => setDenying(true)}
          >
            {t('Deny …')} <KeyHint name="n" isAwake={isAwake} />
          </button>
        </div>
      )}
      {block !== undefined && <p class="muted block-reason">{block}</p>}
    </>
  );
}
