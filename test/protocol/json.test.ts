// JSON texts from outside: what is taken, what is refused.
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseJson } from '../../src/protocol/json.ts';

describe('parseJson', () => {
  it('gives what JSON.parse gives, and undefined for what is not JSON', () => {
    const value = { a: [1, -2.5, 'ü', true, null, {}], b: { c: [] } };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    for (const text of ['', '{', 'undefined', '{"a":1}x', 'NaN']) {
      expect(parseJson(text), text).toBeUndefined();
    }
  });

  it('refuses a number that no JSON can hold again', () => {
    expect(parseJson('{"a":[1e999]}')).toBeUndefined();
  });

  it('refuses a value that is nested too deeply to be walked, and walks one that is not', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(100_000))).toBeUndefined();
    expect(parseJson(`{"a":${nested(501)}}`)).toBeUndefined();
    const value = parseJson(nested(400));
    expect(value === undefined ? '' : canonicalJson(value)).toBe(nested(400));
  });

  it('drops a key that would set the prototype of a copy', () => {
    const value = parseJson('{"a":1,"__proto__":{"isOwner":true},"b":[{"__proto__":1}]}');
    expect(value).toEqual({ a: 1, b: [{}] });
    expect(Object.assign({}, value)).not.toHaveProperty('isOwner');
  });
});
