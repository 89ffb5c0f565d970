// A plan waits: read it, approve it, or have it worked on.
import { showDeceptive } from '../../src/base/visibleText.ts';
import { textPart } from '../../src/protocol/toolView.ts';
import { PlanBody } from '../cards/RequestCard.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { KeyHint } from './KeyHint.tsx';
import { NoteField, noteOf, useNote, useReturnedNote } from './NoteField.tsx';
import type { RequestProps } from './PermissionRequest.tsx';
import { NO_KEYS, type RequestKeys, useRequestKeys } from './useRequestKeys.ts';
import { CutNote, useWhole } from './useWhole.tsx';

/** The plan with its answers. */
export function PlanRequest({ request: given, index, block, ...place }: RequestProps) {
  const { store, post, t } = useUi();
  const whole = useWhole(given);
  const { request, isWhole } = whole;
  const [note, setNote] = useNote(given);
  const returnNote = useReturnedNote();
  const isBlocked = block !== undefined;
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  // [R21] A mode is for who may set it.
  const me = store.header.value?.me;
  const maySetMode = me?.role === 'owner' || me?.scopes.includes('mode') === true;
  const approvals = maySetMode ? (request.approvals ?? []) : [];
  const approve = (mode?: string): void => {
    if (!isWhole) return whole.show();
    store.answer({ ...base, behavior: 'allow', isWhole, ...(mode === undefined ? {} : { mode }) });
    returnNote(note);
  };
  const keepPlanning = (): void => store.answer({ ...base, behavior: 'deny', ...noteOf(note) });
  const [first] = approvals;
  const known: RequestKeys = {
    y: () => approve(),
    n: keepPlanning,
    ...(first === undefined ? {} : { a: () => approve(first.mode) }),
  };
  const keys = useRequestKeys(place, isBlocked ? NO_KEYS : known);
  return (
    <>
      <h2 class="pending-title">
        <Icon name="list" />
        {t('Approve this plan?')}
        <button
          type="button"
          class="link-button pending-open"
          onClick={() => post({ type: 'open-entry', index })}
        >
          {t('Open in editor')}
        </button>
      </h2>
      <div class="pending-body">
        <PlanBody plan={request.plan ?? textPart(request, 'plan') ?? ''} />
      </div>
      <CutNote
        whole={whole}
        index={index}
        isBlocked={isBlocked}
        onAllowUnseen={() => store.answer({ ...base, behavior: 'allow', unseen: true })}
      />
      {isBlocked && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <button
          type="button"
          class="button"
          disabled={isBlocked || !isWhole}
          onClick={() => approve()}
        >
          {t('Approve')} <KeyHint name="y" keys={keys} />
        </button>
        {approvals.map(({ mode, text, said }) => (
          <button
            key={mode}
            type="button"
            class="button-second"
            disabled={isBlocked || !isWhole}
            onClick={() => approve(mode)}
          >
            {showDeceptive(store.heard(text, said))}{' '}
            {mode === first?.mode && <KeyHint name="a" keys={keys} />}
          </button>
        ))}
        <NoteField
          label={t('What should change? (optional)')}
          value={note}
          isBlocked={isBlocked}
          onChange={setNote}
          onSend={keepPlanning}
        />
        <button
          type="button"
          class="button-second button-deny"
          disabled={isBlocked}
          onClick={keepPlanning}
        >
          {t('Keep planning')} <KeyHint name="n" keys={keys} />
        </button>
      </div>
    </>
  );
}
