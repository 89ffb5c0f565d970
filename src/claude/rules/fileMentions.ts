// Files that a text names with @, as Claude Code reads it: at the start or after space, in quotes or without space.
import type { FileMention } from '../../protocol/agentRules.ts';

const MENTION = /(?:^|\s)@(?:"([^"]+)"(#\S*)?|(\S+))/gu;
const LINES = /^(.*?)(?:#L(\d+)(?:-L?(\d+))?|#.*)?$/su;
const TRAILING = /[,.:;?!)\u3002]+$/u;

/** The first `max` of them, each once. */
export function fileMentions(text: string, max: number): readonly FileMention[] {
  const mentions = new Map<string, FileMention>();
  for (const [, quoted, mark, plain] of text.matchAll(MENTION)) {
    if (mentions.size >= max) break;
    const written =
      quoted === undefined ? (plain ?? '').replace(TRAILING, '') : quoted + (mark ?? '');
    const [, path = '', from, to] = LINES.exec(written) ?? [];
    if (path === '') continue;
    const fromLine = from === undefined ? 1 : Number(from);
    const toLine = to === undefined ? (from === undefined ? Infinity : fromLine) : Number(to);
    mentions.set(written, { path, fromLine, toLine });
  }
  return [...mentions.values()];
}
