// A path that opens the file, where it is here.
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';
import { Icon } from './Icon.tsx';

/** A button beside the head of a card. */
export function FileButton({
  path,
  line,
}: {
  readonly path: string;
  readonly line?: number | undefined;
}) {
  const { post, t } = useUi();
  const label = t('Open {0}', path);
  return (
    <button
      type="button"
      class="head-action"
      aria-label={label}
      title={label}
      onClick={() => post({ type: 'open-file', path, ...(line === undefined ? {} : { line }) })}
    >
      <Icon name="open" />
    </button>
  );
}

/** A place in a file, as it is written. */
export function FileLink(props: {
  readonly path: string;
  readonly line?: number | undefined;
  readonly text: string;
}) {
  const { post, t } = useUi();
  const { path, line, text } = props;
  return (
    <button
      type="button"
      class="file-link"
      title={t('Open {0}', path)}
      onClick={() => post({ type: 'open-file', path, ...(line === undefined ? {} : { line }) })}
    >
      {showDeceptive(text)}
    </button>
  );
}
