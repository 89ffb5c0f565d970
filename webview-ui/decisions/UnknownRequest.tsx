// A request of a kind that this version does not know: all of it is shown, and it can only be denied.
import { useState } from 'preact/hooks';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { wholeRequest } from '../../src/protocol/openValues.ts';
import { InputTable } from '../cards/toolBodies.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { DenyForm } from './DenyForm.tsx';
import { KeyHint } from './KeyHint.tsx';
import type { RequestProps } from './PermissionRequest.tsx';
import { useRequestKeys } from './useRequestKeys.ts';

/** The request with the one answer that is safe. */
export function UnknownRequest({ request, index, isFirst, block }: RequestProps) {
  const { store, post, t } = useUi();
  const [isDenying, setDenying] = useState(false);
  const { requestId, inputHash } = request;
  const deny = (message: string): void =>
    store.answer({
      requestId,
      inputHash,
      behavior: 'deny',
      ...(message === '' ? {} : { message }),
    });
  const isAwake = useRequestKeys(isFirst, (key) => {
    if (block !== undefined || isDenying || key !== 'n') return false;
    setDenying(true);
    return true;
  });
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
