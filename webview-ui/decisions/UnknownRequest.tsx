// A request of a kind that this version does not know: all of it is shown, and it can only be denied.
import { showDeceptive } from '../../src/base/visibleText.ts';
import { wholeRequest } from '../../src/protocol/openValues.ts';
import { InputTable } from '../cards/toolBodies.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { KeyHint } from './KeyHint.tsx';
import { NoteField, noteOf, useNote } from './NoteField.tsx';
import type { RequestProps } from './PermissionRequest.tsx';
import { NO_KEYS, useRequestKeys } from './useRequestKeys.ts';

/** The request with the one answer that is safe. */
export function UnknownRequest({ request, index, block, ...place }: RequestProps) {
  const { store, post, t } = useUi();
  const [note, setNote] = useNote(request);
  const { requestId, inputHash } = request;
  const deny = (): void =>
    store.answer({ requestId, inputHash, behavior: 'deny', ...noteOf(note) });
  const keys = useRequestKeys(place, block === undefined ? { n: deny } : NO_KEYS);
  const name = `${request.displayName ?? request.tool} (${request.request})`;
  return (
    <>
      <h2 class="pending-title">
        <Icon name="question" />
        <span dir="auto">
          {t('A request that this version does not know waits: {0}', showDeceptive(name))}
        </span>
      </h2>
      <p class="line warn">
        <Icon name="warning" />
        {t('What it would allow is not known here. Update to allow it; you can deny it.')}
      </p>
      <div class="pending-body">
        <InputTable input={wholeRequest(request)} />
      </div>
      {request.inputCut !== undefined && (
        <p class="line warn">
          <Icon name="warning" />
          {t('Only a part is shown here.')}
          <button
            type="button"
            class="link-button"
            onClick={() => post({ type: 'open-entry', index })}
          >
            {t('Open all of it before you answer')}
          </button>
        </p>
      )}
      {block !== undefined && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <NoteField
          label={t('Why not? (optional)')}
          value={note}
          isBlocked={block !== undefined}
          onChange={setNote}
          onSend={deny}
        />
        <button
          type="button"
          class="button-second button-deny"
          disabled={block !== undefined}
          onClick={deny}
        >
          {t('Deny')} <KeyHint name="n" keys={keys} />
        </button>
      </div>
    </>
  );
}
