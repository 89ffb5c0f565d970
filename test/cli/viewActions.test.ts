// Whom a word of the command line means: an id, else a name, else the beginning of an id.
import { expect, test } from 'vitest';
import { findMember } from '../../src/cli/join/viewActions.ts';
import { FakeView, member, sessionState } from '../client/samples.ts';

function viewOf(...people: readonly (readonly [id: string, name: string])[]): FakeView {
  const view = new FakeView();
  view.state = sessionState({ people: people.map(([id, name]) => member(id, { name })) });
  return view;
}

test('a name goes before the beginning of somebody else’s id, and a whole id before both', () => {
  const view = viewOf(['annq2', 'Bo'], ['xyz77', 'Ann'], ['abc', 'xyz77']);
  expect(findMember(view, 'ann')).toBe('xyz77');
  expect(findMember(view, 'annq')).toBe('annq2');
  expect(findMember(view, 'XYZ77')).toBe('xyz77');
});

test('a word that two answer to means neither of them', () => {
  const view = viewOf(['aaa1', 'Ann'], ['aaa2', 'ann']);
  expect(() => findMember(view, 'Ann')).toThrow();
  expect(() => findMember(view, 'aaa')).toThrow();
  expect(() => findMember(view, ' ')).toThrow();
  expect(findMember(view, 'aaa2')).toBe('aaa2');
});
