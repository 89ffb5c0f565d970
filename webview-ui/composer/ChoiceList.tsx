// The list of a menu or a picker: one option is active, and who leads the list says which.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { showDeceptive } from '../../src/base/visibleText.ts';
import type { Choice } from '../../src/protocol/local/choices.ts';
import { Icon } from '../parts/Icon.tsx';

/** Id of an option, for `aria-activedescendant`. */
export function optionId(listId: string, at: number): string {
  return `${listId}-${at}`;
}

/** A name on one line, with what could deceive in it spelled out. */
export function shownName(name: string): string {
  return showDeceptive(name).replaceAll('\n', '⟨U+000A⟩').replaceAll('\t', '⟨U+0009⟩');
}

interface ChoiceListProps {
  readonly id: string;
  readonly label: string;
  readonly items: readonly Choice[];
  readonly active: number;
  /** The one that counts now. */
  readonly current?: string | undefined;
  /** Before each name, e.g. a slash. */
  readonly sign?: string;
  readonly choose: (at: number) => void;
  /** Given: the list itself has the keyboard. */
  readonly keyboard?: {
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onLeave: () => void;
  };
}

/** The options; without `keyboard` that stays where it is. */
export function ChoiceList(props: ChoiceListProps) {
  const { id, label, items, active, current, sign = '', choose, keyboard } = props;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active, items]);
  useLayoutEffect(() => {
    if (keyboard !== undefined) list.current?.focus();
  }, []);
  return (
    <ul
      ref={list}
      id={id}
      class="choices"
      role="listbox"
      aria-label={label}
      {...(keyboard && {
        tabIndex: 0,
        'aria-activedescendant': items.length > 0 ? optionId(id, active) : undefined,
        onKeyDown: keyboard.onKeyDown,
        onBlur: keyboard.onLeave,
      })}
    >
      {items.map((item, at) => (
        <li
          key={item.id}
          id={optionId(id, at)}
          class="choice"
          role="option"
          aria-selected={at === active}
          aria-current={item.id === current ? 'true' : undefined}
          // The press must not take the keyboard from where it is.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => choose(at)}
        >
          {current !== undefined && (
            <span class="choice-mark">{item.id === current && <Icon name="check" />}</span>
          )}
          <span class="choice-name">
            <bdi>{sign + shownName(item.name)}</bdi>
            {item.hint !== undefined && <span class="muted"> {shownName(item.hint)}</span>}
          </span>
          {item.explanation !== undefined && (
            <span class="choice-about muted" dir="auto">
              {shownName(item.explanation)}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
