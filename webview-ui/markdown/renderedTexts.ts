// Text that has streamed and is rendered: the card of the finished text takes it over instead of rendering it again.

/** A text that ends and its card come within one picture; more are never on their way. */
const MAX_KEPT = 4;

/** Elements by the text that they show. */
export class RenderedTexts {
  private readonly kept = new Map<string, readonly Node[]>();

  /** The text streams no more: its elements wait for who shows it next. */
  leave(text: string, nodes: readonly Node[]): void {
    this.kept.delete(text);
    this.kept.set(text, nodes);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  /** The elements of a text, once. */
  take(text: string): readonly Node[] | undefined {
    const nodes = this.kept.get(text);
    this.kept.delete(text);
    return nodes;
  }
}
