// The answer that every form and address has.
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { useUi } from '../ui.ts';

/** Declines a request. */
export function DeclineButton(props: {
  readonly request: Pick<EntryOf<'request'>, 'requestId' | 'inputHash'>;
  readonly isBlocked: boolean;
}) {
  const { store, t } = useUi();
  const { requestId, inputHash } = props.request;
  return (
    <button
      type="button"
      class="button-second"
      disabled={props.isBlocked}
      onClick={() => store.answer({ requestId, inputHash, behavior: 'deny' })}
    >
      {t('Decline')}
    </button>
  );
}
