// Thousands of texts that others made against careless renderers, beside our own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { PAYLOADS } from './payloads.ts';

const FOLDER = new URL('../fixtures/corpora/', import.meta.url);
const resolve = createRequire(import.meta.url).resolve;
const textsSchema = z.array(z.string());

function readTexts(json: string): readonly string[] {
  return textsSchema.parse(JSON.parse(json));
}

/** The Markdown of CommonMark's examples, in the notation of its own text. */
function commonMarkExamples(): readonly string[] {
  const spec = readFileSync(resolve('commonmark-spec/spec.txt'), 'utf8');
  const examples = spec.split(/^`{32} example\n/m).slice(1);
  return examples.map((example) => (example.split(/^\.\n/m)[0] ?? '').replaceAll('→', '\t'));
}

/** Every collection by its name; what licence each has stands beside the files. */
export function corpora(): Readonly<Record<string, readonly string[]>> {
  const payloadbox = readFileSync(new URL('payloadbox.txt', FOLDER), 'utf8').split('\n');
  return {
    payloadbox: payloadbox.filter((line) => line !== ''),
    naughty: readTexts(readFileSync(resolve('big-list-of-naughty-strings/blns.json'), 'utf8')),
    dompurify: readTexts(readFileSync(new URL('dompurify.json', FOLDER), 'utf8')),
    commonmark: commonMarkExamples(),
    own: PAYLOADS,
  };
}
