// A request that was cut, made whole: nobody allows what is not on the screen.
import { type Json, parseJson } from '../../src/protocol/json.ts';
import { isRecord } from '../../src/base/isRecord.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { Icon } from '../parts/Icon.tsx';
import { formatBytes } from '../text/format.ts';
import { useUi } from '../ui.ts';

type Request = EntryOf<'request'>;

/** The request as far as it is here. */
export interface Whole {
  /** As it came, or with all of its input once that was loaded. */
  readonly request: Request;
  readonly isWhole: boolean;
  readonly isLoading: boolean;
  /** Why it cannot be loaded. */
  readonly error: string | undefined;
  /** Loads it. */
  readonly show: () => void;
}

/** What there is of a request, and how the rest comes. */
export function useWhole(request: Request): Whole {
  const { store, t } = useUi();
  const { inputCut } = request;
  const blob = inputCut?.blob;
  const state = blob === undefined ? undefined : store.blobs.value.get(blob);
  const input: Json | undefined = state?.kind === 'loaded' ? parseJson(state.text) : undefined;
  return {
    request: input === undefined ? request : { ...request, input, ...planOf(request, input) },
    isWhole: inputCut === undefined || input !== undefined,
    isLoading: state?.kind === 'loading',
    error:
      state?.kind === 'failed'
        ? state.error
        : inputCut !== undefined && blob === undefined
          ? t('The rest was not kept.')
          : undefined,
    show: () => blob !== undefined && store.fetchBlob(blob),
  };
}

/** The plan stands beside the whole input [R13]. */
function planOf(request: Request, input: Json): { readonly plan?: string } {
  const plan = isRecord(input) ? input['plan'] : undefined;
  return request.plan === undefined || typeof plan !== 'string' ? {} : { plan };
}

/** Says that a part is missing and shows it; an owner may allow it all the same. */
export function CutNote(props: {
  readonly whole: Whole;
  readonly index: number;
  readonly isBlocked: boolean;
  readonly onAllowUnseen: () => void;
}) {
  const { store, post, t } = useUi();
  const { request, isWhole, isLoading, error, show } = props.whole;
  if (isWhole || request.inputCut === undefined) return null;
  const isOwner = store.header.value?.me?.role === 'owner';
  const size = formatBytes(request.inputCut.totalBytes);
  return (
    <div class="line warn cut-note" role="note">
      <Icon name="warning" />
      <span>{t('Only a part is shown here.')}</span>
      {error === undefined ? (
        <button type="button" class="button" disabled={isLoading} onClick={show}>
          {isLoading ? t('Loading {0} …', size) : t('Show all ({0})', size)}
        </button>
      ) : (
        <span class="bad">{error}</span>
      )}
      <button
        type="button"
        class="link-button"
        onClick={() => post({ type: 'open-entry', index: props.index })}
      >
        {t('Open in editor')}
      </button>
      {isOwner && (
        <button
          type="button"
          class="link-button"
          disabled={props.isBlocked}
          onClick={props.onAllowUnseen}
        >
          {t('Allow without seeing all of it')}
        </button>
      )}
    </div>
  );
}
