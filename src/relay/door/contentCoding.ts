// Which of the forms that a file has a client gets: Accept-Encoding as RFC 9110 12.5.3 has it.

/** Forms of a file, the smallest first. */
export const CODINGS = ['br', 'gzip', 'identity'] as const;
/** A form of a file. */
export type Coding = (typeof CODINGS)[number];

/** More than any client names; a header is bounded, and so is what it costs. */
const MAX_NAMED = 32;

/**
 * The form that the client likes best, of equals the smallest. Without a header, and where it takes
 * nothing that there is, the file as it stands: a client that cannot read that has asked for nothing.
 */
export function chooseCoding(header: string | undefined, available: ReadonlySet<Coding>): Coding {
  if (header === undefined) return 'identity';
  const weights = weightsOf(header);
  const others = weights.get('*') ?? 0;
  const weightOf = (coding: Coding): number => {
    const named = weights.get(coding);
    if (named !== undefined) return named;
    // Acceptable unless it is refused, but nobody asked for it.
    return coding === 'identity' && !weights.has('*') ? 0.0001 : others;
  };
  let best: Coding = 'identity';
  let bestWeight = 0;
  for (const coding of CODINGS) {
    const weight = available.has(coding) ? weightOf(coding) : 0;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return best;
}

function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.split(',', MAX_NAMED)) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, weightIn(parameters));
  }
  return weights;
}

/** A weight that is none is refused rather than guessed. */
function weightIn(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1;
  const [only = ''] = parameters;
  const text =
    parameters.length === 1 ? /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(only) : null;
  return text === null ? 0 : Number(text[1]);
}
