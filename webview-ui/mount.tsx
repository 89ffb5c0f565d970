// Puts the panel into a page, over any port.
import { render } from 'preact';
import type { Clock } from '../src/base/clock.ts';
import type { Disposable } from '../src/base/disposable.ts';
import { App } from './App.tsx';
import { PanelStore } from './model/panelStore.ts';
import type { UiPort } from './port.ts';
import { type Ui, UiContext } from './ui.ts';

/** What mounting needs. */
export interface MountOptions {
  readonly element: Element;
  readonly port: UiPort;
  readonly clock: Clock;
}

/** Before the next frame; in a hidden page, where there are no frames, soon. */
function beforeNextFrame(callback: () => void): void {
  let isDone = false;
  const run = (): void => {
    if (isDone) return;
    isDone = true;
    callback();
  };
  requestAnimationFrame(run);
  setTimeout(run, 100);
}

/** Starts the panel; dispose to end it. */
export function mountPanel({ element, port, clock }: MountOptions): Disposable {
  const store = new PanelStore({
    ...{ port, clock, schedule: beforeNextFrame },
    loadSyntax: () => import('./lazy/syntax.ts'),
    isVisible: () => document.visibilityState !== 'hidden',
  });
  const ui: Ui = { store, post: (message) => port.post(message), t: store.t };
  render(
    <UiContext.Provider value={ui}>
      <App />
    </UiContext.Provider>,
    element,
  );
  return {
    dispose() {
      render(null, element);
      store.dispose();
    },
  };
}
