// Makes elements that stand equal to others that were made anew, changing only what differs: what is the same is laid out once.

/** Makes the children of `parent` from place `from` on equal to those of `next`; those of `next` are used up. */
export function morphChildren(parent: Element, from: number, next: ParentNode & Node): void {
  let standing: ChildNode | null = parent.childNodes[from] ?? null;
  for (const made of [...next.childNodes]) {
    if (standing === null) {
      parent.append(made);
      continue;
    }
    const following: ChildNode | null = standing.nextSibling;
    if (!morph(standing, made)) standing.replaceWith(made);
    standing = following;
  }
  while (standing !== null) {
    const following: ChildNode | null = standing.nextSibling;
    standing.remove();
    standing = following;
  }
}

/** Whether `standing` is now as `made` is. */
function morph(standing: ChildNode, made: ChildNode): boolean {
  if (standing instanceof Text && made instanceof Text) {
    setText(standing, made.data);
    return true;
  }
  if (!(standing instanceof Element) || !(made instanceof Element)) return false;
  if (!hasSameHead(standing, made)) return false;
  if (standing.localName === 'code' && standing.parentElement?.localName === 'pre') {
    return morphCode(standing, made.textContent);
  }
  morphChildren(standing, 0, made);
  return true;
}

/** Appended text leaves the selection and the lines before it alone. */
function setText(node: Text, text: string): void {
  if (node.data === text) return;
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}

/** Code may stand there in coloured pieces: what comes goes behind them. */
function morphCode(standing: Element, text: string): boolean {
  const before = standing.textContent;
  if (!text.startsWith(before)) return false;
  const more = text.slice(before.length);
  const last = standing.lastChild;
  if (last instanceof Text) last.appendData(more);
  else if (more !== '') standing.append(more);
  return true;
}

function hasSameHead(one: Element, other: Element): boolean {
  return (
    one.localName === other.localName &&
    one.attributes.length === other.attributes.length &&
    [...one.attributes].every(({ name, value }) => other.getAttribute(name) === value)
  );
}
