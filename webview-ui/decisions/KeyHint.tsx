// The key that does what a button does.

/** Dim while keys are not listened to yet. */
export function KeyHint({ name, isAwake }: { readonly name: string; readonly isAwake: boolean }) {
  return <kbd class={isAwake ? '' : 'asleep'}>{name}</kbd>;
}
