// What the pickers below the composer show and offer, by what is known and who looks.
import type { Standing } from '../../src/client/standing/standing.ts';
import { isOver } from '../../src/client/standing/standing.ts';
import type { Choice } from '../../src/protocol/local/choices.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import type { IconName } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import type { PanelStore } from './panelStore.ts';

/** Which picker. */
export type PickerKind = 'mode' | 'model' | 'effort';

/** One of them. */
export interface Picker {
  readonly kind: PickerKind;
  readonly icon: IconName;
  readonly label: string;
  /** What counts now. */
  readonly text: string;
  /** What it means, or why it cannot be changed. */
  readonly title: string;
  readonly isFixed: boolean;
  readonly items: readonly Choice[];
  readonly current: string | undefined;
  /** Why there are no items. */
  readonly error?: string | undefined;
  readonly set: (id: string) => FromPanel;
}

type Known = Pick<PanelStore, 'header' | 'standing' | 'composer'>;

/** Whether this person may set the mode of the session now. */
function maySetMode(header: PanelHeader | undefined): boolean {
  const { me } = header ?? {};
  return me?.role === 'owner' || (me?.role === 'controller' && me.scopes.includes('mode'));
}

function isChangeable(header: PanelHeader | undefined, standing: Standing | undefined): boolean {
  if (standing === undefined || isOver(standing) || !standing.isReachable) return false;
  const { control } = standing;
  return control.kind !== 'watching' || control.reason === 'viewer'
    ? header?.session?.source !== 'observed'
    : false;
}

/** The mode that counts now; without a word of the session the one that asks. */
export function currentMode(
  header: PanelHeader | undefined,
  modes: readonly Choice[] | undefined,
): Choice | undefined {
  const id = header?.session?.mode;
  const known = modes?.find((mode) => (id === undefined ? mode.isAsking === true : mode.id === id));
  return known ?? (id === undefined ? undefined : { id, name: id });
}

/** The model that counts now, by its own name or what it is called once it runs. */
export function currentModel(
  header: PanelHeader | undefined,
  models: readonly Choice[] | undefined,
): Choice | undefined {
  const id = header?.session?.model;
  if (id === undefined) return undefined;
  const named = models?.find((model) => model.id === id);
  // The first of those that mean the same is the agent's "default": the other one says more.
  return named ?? models?.findLast(({ resolved }) => resolved === id) ?? { id, name: id };
}

/** Modes that this person may choose. */
function modesFor(header: PanelHeader | undefined, modes: readonly Choice[]): readonly Choice[] {
  const isOwner = header?.me?.role === 'owner';
  return modes.filter((mode) => isOwner || mode.isForGuests === true);
}

/** The mode that one key steps to; undefined: none, or nobody may. */
export function stepMode(
  header: PanelHeader | undefined,
  modes: readonly Choice[] | undefined,
  standing: Standing | undefined,
): Choice | undefined {
  if (!maySetMode(header) || !isChangeable(header, standing) || modes === undefined)
    return undefined;
  const steps = modesFor(header, modes).filter(({ isInCycle }) => isInCycle === true);
  const now = currentMode(header, modes);
  return steps[(steps.findIndex(({ id }) => id === now?.id) + 1) % Math.max(1, steps.length)];
}

/** Those that there is something to show of. */
export function pickersOf(store: Known, t: Translate): readonly Picker[] {
  const header = store.header.value;
  const session = header?.session;
  if (header?.me === undefined || session === undefined) return [];
  const isNow = isChangeable(header, store.standing.value);
  const isOwner = header.me.role === 'owner';
  const found = store.composer.choices.found.value;
  const fixed = (may: boolean, who: string): string | undefined => {
    if (!isNow) return t('It cannot be changed now.');
    return may ? undefined : who;
  };
  const modes = store.composer.choices.items('modes') ?? [];
  const mode = currentMode(header, modes);
  const modeFixed = fixed(maySetMode(header), t('Only the owner changes the permission mode.'));
  const model = currentModel(header, found.models?.items);
  const ownersOnly = fixed(isOwner, t('Only the owner changes model and effort.'));
  const modelPicker: Picker = {
    ...{ kind: 'model', icon: 'spark', label: t('Model'), text: model?.name ?? t('Model') },
    ...{ title: ownersOnly ?? model?.explanation ?? t('Model'), isFixed: ownersOnly !== undefined },
    ...{ items: found.models?.items ?? [], current: model?.id },
    error: errorOf(found.models, t('The session does not say which models it has.')),
    set: (id) => ({ type: 'set-model', model: id }),
  };
  return [
    {
      ...{ kind: 'mode', icon: 'lock', label: t('Permission mode') },
      text: mode?.name ?? t('Permission mode'),
      title:
        modeFixed ?? [mode?.explanation, t('Shift+Tab: the next mode')].filter(Boolean).join('\n'),
      isFixed: modeFixed !== undefined || mode === undefined,
      items: modesFor(header, modes),
      current: mode?.id,
      error: errorOf(found.modes, t('The session does not say which modes it has.')),
      set: (id) => ({ type: 'set-mode', mode: id }),
    } satisfies Picker,
    modelPicker,
    effortPicker(store, { model, effort: session.effort, ownersOnly }, t),
  ].filter(({ isFixed, current }) => !isFixed || current !== undefined);
}

function effortPicker(
  store: Known,
  now: {
    readonly model: Choice | undefined;
    readonly effort: string | undefined;
    readonly ownersOnly: string | undefined;
  },
  t: Translate,
): Picker {
  const { model, effort, ownersOnly } = now;
  const found = store.composer.choices.found.value.models;
  const efforts = model?.efforts ?? [];
  const byItself = { id: '', name: t('As the model does by itself') };
  const text = effort === undefined ? t('Effort') : t('Effort: {0}', effort);
  return {
    ...{ kind: 'effort', icon: 'half', label: t('Effort'), text },
    ...{ title: ownersOnly ?? t('How much the model thinks'), isFixed: ownersOnly !== undefined },
    items: efforts.length === 0 ? [] : [byItself, ...efforts.map((id) => ({ id, name: id }))],
    current: effort,
    error: errorOf(found, t('This model takes no effort.')),
    set: (id) => ({ type: 'set-effort', effort: id }),
  };
}

function errorOf(
  found: { readonly error?: string | undefined } | undefined,
  none: string,
): string | undefined {
  return found === undefined ? undefined : (found.error ?? none);
}
