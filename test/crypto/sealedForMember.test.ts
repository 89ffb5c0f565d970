// What is sealed to one member: it alone opens it, for the place it was sealed for, in every version.
import { expect, test } from 'vitest';
import { fromBase64Url, toBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { openForMember, sealForMember } from '../../src/crypto/sealedForMember.ts';

const PLACE = { room: 'room', member: 'ada', blob: 'b', offset: 0 };

async function sealed(text: string, exchangeKey: string): Promise<string> {
  const made = await sealForMember(exchangeKey, PLACE, utf8Bytes(text));
  if (made === undefined) throw new Error('not sealed');
  return made;
}

test('[R18] its member opens it, and nobody else', async () => {
  const [ada, bob] = await Promise.all([createIdentity(), createIdentity()]);
  const text = await sealed('a plan', ada.exchangeKey);
  expect(utf8Text((await openForMember(ada, PLACE, text)) ?? utf8Bytes(''))).toBe('a plan');
  expect(await openForMember(bob, PLACE, text)).toBeUndefined();
  // The same text is another one each time.
  expect(await sealed('a plan', ada.exchangeKey)).not.toBe(text);
});

test.each([
  ['another room', { room: 'other' }],
  ['another member', { member: 'bob' }],
  ['another text', { blob: 'c' }],
  ['another part', { offset: 1 }],
])('[R18] it does not open as that of %s', async (_name, change) => {
  const ada = await createIdentity();
  const text = await sealed('a plan', ada.exchangeKey);
  expect(await openForMember(ada, { ...PLACE, ...change }, text)).toBeUndefined();
});

test('[R18] what is garbled, cut or no key at all is refused without a failure', async () => {
  const ada = await createIdentity();
  const bytes = fromBase64Url(await sealed('a plan', ada.exchangeKey)) ?? utf8Bytes('');
  for (let at = 0; at < bytes.length; at += 7) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    expect(await openForMember(ada, PLACE, toBase64Url(flipped))).toBeUndefined();
    expect(await openForMember(ada, PLACE, toBase64Url(bytes.slice(0, at)))).toBeUndefined();
  }
  for (const key of ['', 'short', '!', toBase64Url(new Uint8Array(31))]) {
    expect(await sealForMember(key, PLACE, utf8Bytes('x'))).toBeUndefined();
  }
});

test('[R18] the form is that of version 1: another one is another version', async () => {
  const ada = {
    exchangeKey: 'UKac_8Oj8kKOMHy_TaFIErGzw6ycmZ4zYHmaazZRi0c',
    exchangeSecret: 'MC4CAQAwBQYDK2VuBCIEIEDAZVJ3eGBk0YXgI2C2BR3tnqkQnjRRZVf94RHpfNlt',
  };
  const opened = await openForMember(
    ada,
    PLACE,
    'ktuFVz7Lrp_3spKUBfH_MHy1N7jXVONkiguIKPormWN18eMFK2uBf2DmhPsqqUvIfkK7yuFmEQePI4uuhgPHndw9Cw',
  );
  expect(utf8Text(opened ?? utf8Bytes(''))).toBe('sealed in version 1');
});
