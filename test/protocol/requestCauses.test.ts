// For whose prompts something is asked.
import { expect, test } from 'vitest';
import { causeOf } from '../../src/protocol/requestCauses.ts';

const ada = { author: { member: 'ada', name: 'Ada' }, text: 'build it' };
const bo = { author: { member: 'bo', name: 'Bo' }, text: 'run the tests', guest: true };

test('somebody else’s prompt is named, the own one is not', () => {
  expect(causeOf({ causes: [bo, ada] }, 'ada')).toEqual({
    name: 'Bo',
    text: 'run the tests',
    more: 1,
  });
  expect(causeOf({ causes: [ada] }, 'ada')).toBeUndefined();
  expect(causeOf({ causes: [ada] }, 'bo')).toMatchObject({ name: 'Ada', more: 0 });
  expect(causeOf({}, 'ada')).toBeUndefined();
});
