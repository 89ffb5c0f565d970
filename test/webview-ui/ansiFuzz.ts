// Terminal output made by a grammar of what terminals obey, whole, cut and broken, with bidirectional marks among it.
import fc from 'fast-check';

const ESC = '\u001b';
const TERMINATORS = ['\u0007', `${ESC}\\`, '\u009c', ''];
const DECEPTIVE = ['\u202e', '\u202d', '\u2066', '\u2067', '\u2069', '\u200f', '\u061c', '\u200b'];

const numbers = fc.array(fc.oneof(fc.nat(300), fc.constant('')), { maxLength: 6 });
const csi = fc
  .tuple(fc.constantFrom(`${ESC}[`, '\u009b'), fc.constantFrom('', '?', '>', '<', '='), numbers)
  .chain(([begin, mark, values]) =>
    fc
      .constantFrom(...'mHJKABCDfhlnsutrq@P'.split(''), ' q', '')
      .map((end) => `${begin}${mark}${values.join(';')}${end}`),
  );
const commands = fc
  .tuple(
    fc.constantFrom(`${ESC}]`, `${ESC}P`, `${ESC}X`, `${ESC}^`, `${ESC}_`, '\u009d', '\u0090'),
    fc.constantFrom('0;', '2;', '8;;https://evil.invalid/', '52;c;', '1337;File=', '$q', ''),
    fc.string({ maxLength: 20 }),
    fc.constantFrom(...TERMINATORS),
  )
  .map((parts) => parts.join(''));
const single = fc
  .tuple(
    fc.constant(ESC),
    fc.constantFrom(...'cDEHMNOZ78=>()#%'.split('')),
    fc.constantFrom('', 'B', '0'),
  )
  .map((parts) => parts.join(''));
const controls = fc.constantFrom(
  ...'\r\n\b\t\v\f\u0000\u0007\u000e\u000f\u007f\u0085\u008d'.split(''),
);
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...DECEPTIVE),
);

/** Output of a program that does not mean well; some of it is cut in the middle of a sequence. */
export const terminalOutput: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.oneof(csi, commands, single, controls, words), { maxLength: 20 }), fc.nat(8))
  .map(([parts, cut]) => {
    const text = parts.join('');
    return text.slice(0, Math.max(0, text.length - (cut > 4 ? cut - 4 : 0)));
  });
