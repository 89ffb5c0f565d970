// A card that opens and closes by its head; what was opened stays so while the panel lives.
import type { ComponentChildren } from 'preact';
import { useUi } from '../ui.ts';
import { Icon, type IconName } from './Icon.tsx';

/** Head and body of a foldable card. */
export interface FoldProps {
  readonly id: string;
  readonly class?: string;
  readonly icon?: IconName;
  readonly title: ComponentChildren;
  readonly subtitle?: ComponentChildren;
  /** At the end of the head: state, totals. */
  readonly status?: ComponentChildren;
  /** Whether it is open before anybody touched it. */
  readonly isOpenAtFirst?: boolean;
  /** A button beside the head. */
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The card. */
export function Fold(props: FoldProps) {
  const { store } = useUi();
  const isOpen = store.opened.value.get(props.id) ?? props.isOpenAtFirst ?? false;
  return (
    <section class={`card ${props.class ?? ''}`}>
      <div class="card-row">
        <button
          type="button"
          class="card-head"
          aria-expanded={isOpen}
          onClick={() => store.setOpened(props.id, !isOpen)}
        >
          <span class={isOpen ? 'twist twist-open' : 'twist'}>
            <Icon name="chevron" />
          </span>
          {props.icon !== undefined && <Icon name={props.icon} />}
          <span class="card-title">{props.title}</span>
          <span class="card-subtitle">{props.subtitle}</span>
          {props.status !== undefined && <span class="card-status">{props.status}</span>}
        </button>
        {props.action}
      </div>
      {isOpen && <div class="card-body">{props.children}</div>}
    </section>
  );
}
