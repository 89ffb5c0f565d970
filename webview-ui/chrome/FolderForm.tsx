// Where a session whose folder is gone goes on: a path of its computer, typed.
import { useState } from 'preact/hooks';
import { useUi } from '../ui.ts';

/** The host checks the path, and says what is wrong with it. */
export function FolderForm({ cwd }: { readonly cwd: string }) {
  const { post, store, t } = useUi();
  const [path, setPath] = useState(cwd);
  const isLive = store.header.value?.truth.kind === 'live' && store.connection.isConnected.value;
  return (
    <form
      class="banner-choices"
      onSubmit={(event) => {
        event.preventDefault();
        post({ type: 'set-folder', path: path.trim() });
      }}
    >
      <input
        class="banner-path"
        aria-label={t('Folder of the session')}
        spellcheck={false}
        value={path}
        onInput={(event) => setPath(event.currentTarget.value)}
      />
      <button class="button-second" type="submit" disabled={!isLive || path.trim() === ''}>
        {t('Go on in this folder')}
      </button>
    </form>
  );
}
