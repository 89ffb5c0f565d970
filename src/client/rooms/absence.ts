// Why a room has no view yet, or none any more.

/** What is shown before there is a view: still looking, or the reason why there is none. */
export interface Absence {
  readonly kind: 'connecting' | 'host-offline' | 'over';
  readonly text?: string;
}
