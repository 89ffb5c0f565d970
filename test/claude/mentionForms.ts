// Every way to name a file with @ that Claude Code is known to expand, each with a file of its own.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One form: what is written, and what stands in its file alone. */
export interface MentionForm {
  readonly name: string;
  readonly text: string;
  readonly canary: string;
}

/** Folder of a form outside the project, the same seen from there, one inside, one below home. */
type Make = (at: {
  readonly out: string;
  readonly up: string;
  readonly inside: string;
  readonly home: string;
}) => string;

const SPACES = ['\n', '\r', '\t', '\u00A0', '\u2028', '\uFEFF', '\u3000', '\u1680'];
const ENDS = [',', '.', ':', ';', '?', '!', ')', '\u3002'];

const FORMS: readonly (readonly [string, Make])[] = [
  ['home', ({ home }) => ` @~/${home}/id`],
  ['absolute', ({ out }) => ` @${out}/out.txt`],
  ['parent', ({ up }) => ` @${up}/out.txt`],
  ['through the folder', ({ inside, up }) => ` @${inside}/../${up}/out.txt`],
  ['quoted absolute', ({ out }) => ` @"${out}/out.txt"`],
  ['quoted with a space', ({ out }) => ` @"${out}/out space.txt"`],
  ['quoted parent', ({ up }) => ` @"${up}/out.txt"`],
  ['quoted home', ({ home }) => ` @"~/${home}/id"`],
  ...SPACES.map((space): [string, Make] => [
    `after U+${space.codePointAt(0)?.toString(16)}`,
    ({ out }) => `x${space}@${out}/out.txt`,
  ]),
  ...ENDS.map((end): [string, Make] => [`before ${end}`, ({ out }) => ` @${out}/out.txt${end}`]),
  ['lines', ({ out }) => ` @${out}/out.txt#L1-2`],
  ['one line', ({ out }) => ` @${out}/out.txt#L1`],
  ['heading', ({ out }) => ` @${out}/out.txt#x`],
  ['quoted lines', ({ out }) => ` @"${out}/out.txt"#L1-2`],
  ['folder', ({ out }) => ` @${out}/names`],
  ['folder with slash', ({ out }) => ` @${out}/names/`],
  ['quoted folder', ({ out }) => ` @"${out}/names"`],
  ['link to a file', ({ inside }) => ` @${inside}/link.txt`],
  ['link to a folder', ({ inside }) => ` @${inside}/linked/out.txt`],
  ['dot segment', ({ out }) => ` @/.${out}/out.txt`],
  ['at in the name', ({ out }) => ` @${out}/a@b.txt`],
  ['in a fence', ({ out }) => `\n\`\`\`\n@${out}/out.txt\n\`\`\``],
  ['after CRLF', ({ out }) => `\r\n@${out}/out.txt\r\n`],
];

/** Lays the files down and gives the forms; all of them lead outside `project`. */
export function mentionForms(at: {
  readonly folder: string;
  readonly project: string;
  readonly home: string;
  readonly round: string;
}): readonly MentionForm[] {
  return FORMS.map(([name, make], i) => {
    const id = `${at.round}-${i}`;
    const canary = `CANARY-${id}-`;
    const out = join(at.folder, `out-${id}`);
    const inside = join(at.project, `in-${id}`);
    mkdirSync(join(out, 'names'), { recursive: true });
    mkdirSync(join(at.home, `h-${id}`), { recursive: true });
    mkdirSync(inside, { recursive: true });
    for (const file of ['out.txt', 'out space.txt', 'a@b.txt']) {
      writeFileSync(join(out, file), `${canary}\nsecond\n`);
    }
    writeFileSync(join(out, 'names', `${canary}name.txt`), '');
    writeFileSync(join(at.home, `h-${id}`, 'id'), canary);
    symlinkSync(join(out, 'out.txt'), join(inside, 'link.txt'));
    symlinkSync(out, join(inside, 'linked'));
    const text = make({ out, up: `../out-${id}`, inside: `in-${id}`, home: `h-${id}` });
    return { name, text, canary };
  });
}
