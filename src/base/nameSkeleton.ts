// What a name looks like: names of one skeleton cannot be told apart at a glance.

/** Letters of other scripts, and pairs, that look like Latin ones in most fonts (a part of Unicode's confusables). */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ...pairs('аеіјорсухѕһԁԛԝк', 'aeijopcyxshdqwk'),
  ...pairs('αεικνορτυχ', 'aeiknoptux'),
  ...pairs('ıƖӀ|1!', 'iiiiii'),
  ...pairs('0', 'o'),
  ...pairs('ʀɢ', 'rg'),
]);

/** The skeleton of a name: without accents of Latin, Greek and Cyrillic, spaces, punctuation and signs that cannot be seen; small letters. */
export function nameSkeleton(name: string): string {
  const bare = name
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f\p{Z}\p{C}\p{Default_Ignorable_Code_Point}_.,·'’`-]/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
  const letters = Array.from(bare, (letter) => LOOKALIKES.get(letter) ?? letter);
  // A small L and a capital i are one stroke.
  return letters.join('').replaceAll('l', 'i');
}

function pairs(from: string, to: string): [string, string][] {
  const targets = Array.from(to);
  return Array.from(from, (letter, at) => [letter, targets[at] ?? letter]);
}
