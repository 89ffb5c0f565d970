// A tool asks to run: exactly what, why, and the three answers.
import { useEffect, useMemo } from 'preact/hooks';
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
import { isRecord } from '../../src/base/isRecord.ts';
import type { Json } from '../../src/protocol/json.ts';
import { useUi } from '../ui.ts';
import { KeyHint } from './KeyHint.tsx';
import { NoteField, noteOf, useReturnedNote } from './NoteField.tsx';
import { NOTHING, Remember, type Remembered, rememberedOf, rememberParts } from './Remember.tsx';
import { useKept } from './useKept.ts';
import { NO_KEYS, type RequestPlace, useRequestKeys } from './useRequestKeys.ts';
import { CutNote, useWhole } from './useWhole.tsx';

/** What every request gets; `block` says why it cannot be answered from here. */
export interface RequestProps extends RequestPlace {
  readonly request: EntryOf<'request'>;
  readonly index: number;
  readonly block: string | undefined;
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

interface Draft {
  readonly note: string;
  readonly remembered: Remembered;
}

function draftOf(kept: Json | undefined): Draft {
  if (!isRecord(kept)) return { note: '', remembered: NOTHING };
  const note = kept['note'];
  return {
    note: typeof note === 'string' ? note : '',
    remembered: rememberedOf(kept['remembered']),
  };
}

function jsonOf({ note, remembered: { at, place } }: Draft): Json {
  return { note, remembered: { at: [...at], place } };
}

/** The request with its answers. */
export function PermissionRequest({ request: given, index, block, ...place }: RequestProps) {
  const { store, t } = useUi();
  const whole = useWhole(given);
  const { request, isWhole } = whole;
  const [draft, setDraft] = useKept<Draft>(given, { read: draftOf, write: jsonOf });
  const { note, remembered } = draft;
  const returnNote = useReturnedNote();
  const head = describeTool(request, store.header.value?.session?.cwd, t);
  const isBlocked = block !== undefined;
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  const allow = (how: { isWhole: boolean } | { unseen: true }): void => {
    store.answer({ ...base, behavior: 'allow', ...how, ...rememberParts(remembered) });
    returnNote(note);
  };
  const allowSeen = (): void => (isWhole ? allow({ isWhole }) : whole.show());
  const deny = (): void => store.answer({ ...base, behavior: 'deny', ...noteOf(note) });
  const keys = useRequestKeys(place, isBlocked ? NO_KEYS : { y: allowSeen, n: deny });
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
        isBlocked={isBlocked}
        onAllowUnseen={() => allow({ unseen: true })}
      />
      <Remember
        request={request}
        value={remembered}
        isBlocked={isBlocked}
        onChange={(next) => setDraft({ note, remembered: next })}
      />
      {isBlocked && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <button
          type="button"
          class="button"
          disabled={isBlocked || !isWhole}
          onClick={() => allow({ isWhole })}
        >
          {t('Allow')} <KeyHint name="y" keys={keys} />
        </button>
        <NoteField
          label={t('Why not? (optional)')}
          value={note}
          isBlocked={isBlocked}
          onChange={(next) => setDraft({ note: next, remembered })}
          onSend={deny}
        />
        <button type="button" class="button-second button-deny" disabled={isBlocked} onClick={deny}>
          {t('Deny')} <KeyHint name="n" keys={keys} />
        </button>
      </div>
    </>
  );
}
