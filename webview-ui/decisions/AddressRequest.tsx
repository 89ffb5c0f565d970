// A tool's server wants an address to be opened: where it leads is said first, and only a click opens it.
import { showDeceptive } from '../../src/base/visibleText.ts';
import { type Form, type FormTrap, placeOf } from '../../src/protocol/forms/form.ts';
import { Icon } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';
import { DeclineButton } from './DeclineButton.tsx';
import { FormHead, FormMessage, tabIndexOf } from './FormHead.tsx';
import type { RequestProps } from './PermissionRequest.tsx';
import { CutNote, useWhole } from './useWhole.tsx';

function trapText(trap: FormTrap, t: Translate): string {
  switch (trap) {
    case 'user':
      return t('What stands before the @ is no part of where it leads.');
    case 'letters':
      return t('The name has letters of other alphabets, which can look like usual ones.');
    case 'plain':
      return t('It is not encrypted on the way.');
  }
}

/** The request with its host name. No key opens it. */
export function AddressRequest(
  props: RequestProps & { readonly form: Form; readonly url: string },
) {
  const { request, form, index, block, url } = props;
  const { store, post, t } = useUi();
  const whole = useWhole(request);
  const { isWhole } = whole;
  const place = placeOf(url);
  const host = place?.host ?? '';
  const isLoopback = place?.isLoopback === true;
  const isBlocked = block !== undefined;
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  const computer = store.header.value?.session?.computer ?? '';
  const open = (): void => {
    if (isLoopback) return store.answer({ ...base, behavior: 'allow', isWhole, open: true });
    post({ type: 'open-link', url });
    store.answer({ ...base, behavior: 'allow', isWhole });
  };
  return (
    <>
      <FormHead
        title={t('“{0}” wants to open {1}', showDeceptive(request.tool), showDeceptive(host))}
      />
      <div class="pending-body form-body" tabIndex={tabIndexOf(form, false)}>
        {(place?.traps ?? []).map((trap) => (
          <p key={trap} class="line warn">
            <Icon name="warning" />
            <span class="line-text">{trapText(trap, t)}</span>
          </p>
        ))}
        <pre class="value address" dir="ltr">
          {showDeceptive(url)}
        </pre>
        {isLoopback && (
          <p class="line">
            <Icon name="info" />
            <span class="line-text">
              {t(
                'This address leads to the session’s own computer. It is opened there: {0}',
                computer,
              )}
            </span>
          </p>
        )}
        <FormMessage {...request} />
      </div>
      <CutNote
        whole={whole}
        index={index}
        isBlocked={isBlocked}
        onAllowUnseen={() => store.answer({ ...base, behavior: 'allow', unseen: true })}
      />
      {isBlocked && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <button type="button" class="button" disabled={isBlocked || !isWhole} onClick={open}>
          {isLoopback ? t('Open on {0}', computer) : t('Open {0}', showDeceptive(host))}
        </button>
        <button
          type="button"
          class="button-second"
          onClick={() => post({ type: 'copy', text: url })}
        >
          {t('Copy address')}
        </button>
        <DeclineButton request={request} isBlocked={isBlocked} />
      </div>
    </>
  );
}
