// What a guest may name with @: paths inside the session's folder. The second wall: a guest's text is
// handed to the agent in a way in which nothing in it is expanded.

/** An @ of any width at the start, or after what is space or cannot be seen: wider than what agents take. */
const MENTION =
  /(?:^|[\s\p{Z}\p{C}\u115f\u1160\u3164\uffa0])[@\uff20\ufe6b]("[^"]*"?|'[^']*'?|`[^`]*`?|\S+)/gu;
/** Home, root, variables; a drive or the name of a server, with something behind it. */
const LEADS_OUT = /^(?:[~/\\$%]|[A-Za-z][\w+.-]*:\S)/;
const QUOTED = /^(["'`])([^"'`]*)/;
/** What may follow a name without being part of it. */
const NOT_NAME = /^[\p{P}\p{S}]*$/u;

/** [R10] The first path of a text that leads outside the folder, as written. Judged by the text alone: nobody learns what exists. */
export function outsideMention(text: string): string | undefined {
  for (const [, token = ''] of text.matchAll(MENTION)) {
    if (leadsOut(token)) return token;
  }
  return undefined;
}

function leadsOut(token: string): boolean {
  // Marks and fillers that nobody sees may stand between the @ and its path.
  const path = (QUOTED.exec(token)?.[2] ?? token)
    .normalize('NFKC')
    .replaceAll(/[\p{C}\p{M}\u115f\u1160\u3164\uffa0]/gu, '');
  return LEADS_OUT.test(path) || path.split(/[/\\]/).some(isParent);
}

function isParent(part: string): boolean {
  return part === '..' || (part.startsWith('..') && NOT_NAME.test(part.slice(2)));
}
