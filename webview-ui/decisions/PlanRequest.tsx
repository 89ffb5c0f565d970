// A plan waits: read it, approve it, or have it worked on.
import { useState } from 'preact/hooks';
import { PlanBody } from '../cards/RequestCard.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { textPart } from '../../src/protocol/toolView.ts';
import { DenyForm } from './DenyForm.tsx';
import type { RequestProps } from './PermissionRequest.tsx';
import { KeyHint } from './KeyHint.tsx';
import { useRequestKeys } from './useRequestKeys.ts';
import { CutNote, useWhole } from './useWhole.tsx';

/** The plan with its answers. */
export function PlanRequest({ request: given, index, isFirst, block }: RequestProps) {
  const { store, post, t } = useUi();
  const whole = useWhole(given);
  const { request, isWhole } = whole;
  const [isRefining, setRefining] = useState(false);
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  const approve = (): void =>
    isWhole ? store.answer({ ...base, behavior: 'allow', isWhole }) : whole.show();
  const isAwake = useRequestKeys(isFirst, (key) => {
    if (block !== undefined || isRefining) return false;
    if (key === 'y') approve();
    else if (key === 'n') setRefining(true);
    else return false;
    return true;
  });
  return (
    <>
      <h2 class="pending-title">
        <Icon name="list" />
        {t('Approve this plan?')}
      </h2>
      <div class="pending-body">
        <PlanBody plan={request.plan ?? textPart(request, 'plan') ?? ''} />
      </div>
      <CutNote
        whole={whole}
        index={index}
        isBlocked={block !== undefined}
        onAllowUnseen={() => store.answer({ ...base, behavior: 'allow', unseen: true })}
      />
      {isRefining ? (
        <DenyForm
          label={t('What should change? (optional)')}
          submit={t('Keep planning')}
          isBlocked={block !== undefined}
          onSubmit={(message) =>
            store.answer({ ...base, behavior: 'deny', ...(message === '' ? {} : { message }) })
          }
          onCancel={() => setRefining(false)}
        />
      ) : (
        <div class="answers">
          <button
            type="button"
            class="button"
            disabled={block !== undefined || !isWhole}
            onClick={approve}
          >
            {t('Approve')} <KeyHint name="y" isAwake={isAwake} />
          </button>
          <button
            type="button"
            class="button-second"
            disabled={block !== undefined}
            onClick={() => setRefining(true)}
          >
            {t('Keep planning …')} <KeyHint name="n" isAwake={isAwake} />
          </button>
          <button
            type="button"
            class="link-button"
            onClick={() => post({ type: 'open-entry', index })}
          >
            {t('Open in editor')}
          </button>
        </div>
      )}
      {block !== undefined && <p class="muted block-reason">{block}</p>}
    </>
  );
}
