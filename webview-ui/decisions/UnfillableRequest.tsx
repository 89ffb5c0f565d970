// A form that cannot be filled in: all of it is shown as it came, and it can only be declined.
import { showDeceptive } from '../../src/base/visibleText.ts';
import { formProblemOf } from '../../src/protocol/forms/form.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { InputTable } from '../cards/toolBodies.tsx';
import { Icon } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';
import { DeclineButton } from './DeclineButton.tsx';
import { FormHead } from './FormHead.tsx';
import type { RequestProps } from './PermissionRequest.tsx';

function reasonOf({ form }: EntryOf<'request'>, t: Translate): string {
  switch (form === undefined ? 'too-large' : formProblemOf(form)) {
    case 'too-large':
      return t('This form is too large to be filled in here. It can only be declined.');
    case 'bad-address':
      return t('This address is none that a browser may open. It can only be declined.');
    default:
      return t('This form can’t be read. It can only be declined.');
  }
}

/** The request with the one answer that there is. */
export function UnfillableRequest({ request, block }: RequestProps) {
  const { t } = useUi();
  return (
    <>
      <FormHead title={t('“{0}” asks you', showDeceptive(request.tool))} />
      <p class="line warn">
        <Icon name="warning" />
        <span class="line-text">{reasonOf(request, t)}</span>
      </p>
      <div class="pending-body" tabIndex={0}>
        <InputTable input={request.input} />
      </div>
      {block !== undefined && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <DeclineButton request={request} isBlocked={block !== undefined} />
      </div>
    </>
  );
}
