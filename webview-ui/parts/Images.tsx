// Pictures of prompts and results: loaded when they come into view, and to be saved.
import { useEffect, useRef } from 'preact/hooks';
import type { EntryImage } from '../../src/protocol/entryParts.ts';
import { formatBytes } from '../text/format.ts';
import { useUi } from '../ui.ts';
import { Icon, Spinner } from './Icon.tsx';

const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

/** A picture; where it is not there, or not to be had, what it is. */
function Picture({ image }: { readonly image: EntryImage }) {
  const { store, t } = useUi();
  const { blob, mediaType } = image;
  const name = t('Picture {0}, {1}', mediaType, formatBytes(image.totalBytes));
  const state = blob === undefined ? undefined : store.blobs.value.get(blob);
  const kind = SHOWN.exec(mediaType)?.[1];
  const isWanted = blob !== undefined && kind !== undefined && state === undefined;
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!isWanted || element === null) return undefined;
    const observer = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      store.fetchBlob(blob, mediaType);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isWanted, blob]);
  if (state?.kind === 'loaded' && state.text.startsWith('data:image/')) {
    return (
      <figure class="picture-frame">
        <img class="picture" src={state.text} alt={name} />
        <figcaption>
          <a class="link-button" href={state.text} download={`picture.${kind ?? 'png'}`}>
            {t('Save picture')}
          </a>
        </figcaption>
      </figure>
    );
  }
  return (
    <button
      ref={ref}
      type="button"
      class="chip"
      disabled={blob === undefined || kind === undefined || state?.kind === 'loading'}
      onClick={() => blob !== undefined && store.fetchBlob(blob, mediaType)}
    >
      {state?.kind === 'loading' ? <Spinner /> : <Icon name="file" />}
      {name}
      {state?.kind === 'failed' && <span class="bad">{state.error}</span>}
    </button>
  );
}

/** Pictures of a prompt or result. */
export function Images({ images }: { readonly images: readonly EntryImage[] }) {
  return (
    <div class="chips">
      {images.map((image, at) => (
        <Picture key={at} image={image} />
      ))}
    </div>
  );
}
