// One line above the transcript that must not be missed.
import { Icon, type IconName } from '../parts/Icon.tsx';
import type { ComponentChildren } from 'preact';

/** A banner; what is bad is said at once by a screen reader. */
export function Banner(props: {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly icon: IconName;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`banner banner-${props.tone}`} role={props.tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={props.icon} />
      <div class="banner-text" dir="auto">
        {props.children}
      </div>
    </div>
  );
}
