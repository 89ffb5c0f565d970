// A file that is served as it is: in the forms that were made when it was built, and only if the client has not got it.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { chooseCoding, type Coding } from './contentCoding.ts';

/** What a form of it is made of. */
interface Form {
  readonly body: Uint8Array;
  readonly etag: string;
}

/** A file with its forms and the headers that all of them have. */
export interface StaticFile {
  readonly forms: ReadonlyMap<Coding, Form>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Forms that a build has made. */
export interface CompressedForms {
  readonly br?: Uint8Array | undefined;
  readonly gzip?: Uint8Array | undefined;
}

/** Makes one. A compressed form that holds something else (of another build) is left out. */
export function createStaticFile(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  { br, gzip }: CompressedForms = {},
): StaticFile {
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const forms = new Map<Coding, Form>([['identity', { body, etag: `"${tag}"` }]]);
  const add = (coding: Coding, form: Uint8Array | undefined, open: typeof gunzipSync): void => {
    if (form && form.length < body.length && holds(form, body, open)) {
      forms.set(coding, { body: form, etag: `"${tag}-${coding}"` });
    }
  };
  add('br', br, brotliDecompressSync);
  add('gzip', gzip, gunzipSync);
  return { forms, headers };
}

/** Answers a GET or HEAD. */
export function answerStatic(
  request: IncomingMessage,
  response: ServerResponse,
  file: StaticFile,
): void {
  const { forms, headers } = file;
  const accepted = request.headers['accept-encoding'];
  const coding = chooseCoding(
    Array.isArray(accepted) ? accepted.join(',') : accepted,
    new Set(forms.keys()),
  );
  const form = forms.get(coding);
  if (!form) throw new Error('invariant: a file has the form that was chosen');
  const common = { ...headers, vary: 'accept-encoding', etag: form.etag };
  if (isKnown(request.headers['if-none-match'], form.etag)) {
    response.writeHead(304, common).end();
    return;
  }
  response.writeHead(200, {
    ...common,
    ...(coding !== 'identity' && { 'content-encoding': coding }),
    'content-length': form.body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : form.body);
}

/** Whether a client has this form; a proxy may have made its tag a weak one. */
function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

function holds(form: Uint8Array, body: Uint8Array, open: typeof gunzipSync): boolean {
  try {
    return open(form, { maxOutputLength: body.length }).equals(body);
  } catch {
    return false;
  }
}
