// The key that does what a button does.

/** `away`: it would go elsewhere now; `asleep`: it is not listened to yet. */
export type KeyState = 'awake' | 'asleep' | 'away';

/** Keeps its place while it is not shown: nothing moves when the focus does. */
export function KeyHint({ name, keys }: { readonly name: string; readonly keys: KeyState }) {
  return <kbd class={keys === 'awake' ? '' : keys}>{name}</kbd>;
}
