// A finished reply as a screen reader should hear it: no marks, code as its number of lines.
import type { Token } from 'marked';
import type { Translate } from '../strings.ts';
import { countLines } from '../text/format.ts';
import { lexMarkdown } from './markdownParser.ts';

function speak(token: Token, t: Translate): string {
  if (token.type === 'code') {
    const count = countLines(String(token['text']));
    const language = String(token['lang'] ?? '');
    return language === ''
      ? t('Code, {0} lines.', count)
      : t('Code, {0} lines of {1}.', count, language);
  }
  if ('tokens' in token && token.tokens !== undefined) {
    return token.tokens.map((inner) => speak(inner, t)).join(isInline(token) ? '' : ' ');
  }
  if (token.type === 'list') {
    const items: readonly Token[] = token['items'];
    return items.map((item) => speak(item, t)).join(' ');
  }
  if (token.type === 'table') return t('Table.');
  return 'text' in token ? String(token.text) : '';
}

function isInline(token: Token): boolean {
  return token.type !== 'list_item' && token.type !== 'blockquote';
}

/** Plain words of a Markdown text. */
export function speakMarkdown(text: string, t: Translate): string {
  try {
    return lexMarkdown(text)
      .map((token) => speak(token, t).trim())
      .filter((line) => line !== '')
      .join(' ');
  } catch {
    // Nested more deeply than the stack.
    return text;
  }
}
