// What every component gets without being handed it: the store, the way out, and the words.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { FromPanel } from '../src/protocol/local/fromPanel.ts';
import type { PanelStore } from './model/panelStore.ts';
import type { Translate } from './strings.ts';

/** The surroundings of a component. */
export interface Ui {
  readonly store: PanelStore;
  readonly post: (message: FromPanel) => void;
  readonly t: Translate;
}

/** Provided by the entry. */
export const UiContext = createContext<Ui | undefined>(undefined);

/** The surroundings; only below UiContext.Provider. */
export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (ui === undefined) throw new Error('invariant: no UiContext');
  return ui;
}
