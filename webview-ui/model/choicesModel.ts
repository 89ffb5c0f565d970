// Lists that the composer offers: asked for when they are wanted, one question for files at a time.
import { signal } from '@preact/signals';
import type { Choice, ChoiceList } from '../../src/protocol/local/choices.ts';
import type { ToPanel } from '../../src/protocol/local/panel.ts';
import type { UiPort } from '../port.ts';

type Found = Extract<ToPanel, { readonly type: 'found' }>;

/** A list as it came. */
export type FoundList = Omit<Found, 'type' | 'list'>;

/** What is known of each list. */
export class ChoicesModel {
  readonly found = signal<Readonly<Partial<Record<ChoiceList, FoundList>>>>({});
  private readonly port: UiPort;
  /** What was asked last for, until it came. */
  private readonly asked = new Map<ChoiceList, string>();
  private nextQuery: string | undefined;

  constructor(port: UiPort) {
    this.port = port;
  }

  /** Asks, `wake`: of an agent that may have to be started; what is on its way is not asked for twice, and of what is typed only the newest. */
  lookUp(list: ChoiceList, query = '', wake = false): void {
    if (this.asked.has(list)) {
      this.nextQuery = list === 'files' && this.asked.get(list) !== query ? query : undefined;
      return;
    }
    this.asked.set(list, query);
    this.port.post({ type: 'look-up', list, query, ...(wake && { wake }) });
  }

  /** Asks once: what is known is not asked for again. */
  need(list: ChoiceList): void {
    if (this.items(list) === undefined) this.lookUp(list);
  }

  /** What was found, if anything was. */
  items(list: ChoiceList): readonly Choice[] | undefined {
    const found = this.found.value[list];
    return found?.error === undefined ? found?.items : undefined;
  }

  take({ list, query, items, more, error }: Found): void {
    this.asked.delete(list);
    const known = { query, items, ...(more && { more }), ...(error !== undefined && { error }) };
    this.found.value = { ...this.found.value, [list]: known };
    const next = this.nextQuery;
    this.nextQuery = undefined;
    if (list === 'files' && next !== undefined) this.lookUp('files', next);
  }

  /** The window is another one now: what was asked before may never come. */
  forgetAsked(): void {
    this.asked.clear();
    this.nextQuery = undefined;
  }
}
