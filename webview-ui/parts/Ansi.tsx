// Terminal output with its colours, mapped to the theme's.
import type { CSSProperties } from 'preact';
import { useMemo } from 'preact/hooks';
import { type AnsiColor, type AnsiStyle, parseAnsi } from '../text/ansi.ts';

function colorOf(color: AnsiColor | undefined): string | undefined {
  if (color === undefined) return undefined;
  return color.kind === 'theme'
    ? `var(--ansi-${color.index})`
    : `rgb(${color.red} ${color.green} ${color.blue})`;
}

function look(style: AnsiStyle): { class: string; style: CSSProperties } {
  const names = (['bold', 'dim', 'italic', 'underline', 'strike'] as const)
    .filter((name) => style[name] === true)
    .map((name) => `ansi-${name}`);
  const front = colorOf(style.foreground);
  const back = colorOf(style.background);
  const inverse = style.inverse === true;
  const color = inverse ? (back ?? 'var(--bg)') : front;
  const background = inverse ? (front ?? 'var(--fg)') : back;
  return {
    class: names.join(' '),
    style: {
      ...(color === undefined ? {} : { color }),
      ...(background === undefined ? {} : { background }),
    },
  };
}

/** Styled pieces of `text`. */
export function Ansi({ text }: { readonly text: string }) {
  const pieces = useMemo(() => parseAnsi(text), [text]);
  return (
    <>
      {pieces.map((piece, at) =>
        Object.keys(piece.style).length === 0 ? (
          piece.text
        ) : (
          <span key={at} {...look(piece.style)}>
            {piece.text}
          </span>
        ),
      )}
    </>
  );
}
