// What the status bar says, and what a click on it opens.
import { expect, test } from 'vitest';
import { panelHeader } from '../../src/client/panel/panelModel.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import { untranslated } from '../../src/client/translate.ts';
import { row } from './samples.ts';

test('one waiting session is opened by a click, several are asked about', () => {
  const waiting = (id: string) => row({ id, status: 'waiting' }, { pending: 1 });
  const one = statusText(undefined, [waiting('a'), row({ id: 'b' })], untranslated);
  expect(one).toMatchObject({
    isWarning: true,
    session: 'a',
    text: '$(bell-dot) 1 decision waits',
  });
  const two = statusText(undefined, [waiting('a'), waiting('b')], untranslated);
  expect(two?.text).toBe('$(bell-dot) 2 decisions wait');
  expect(two?.session).toBeUndefined();
});

test('a lost connection is said, one that ended for good is not', () => {
  const header = (kind: 'over' | 'host-offline') =>
    panelHeader({ kind, text: 'why' } as const, 0, untranslated);
  expect(statusText(header('host-offline'), [], untranslated)?.text).toContain('offline');
  expect(statusText(header('over'), [], untranslated)).toBeUndefined();
});

test('without anything to say there is no item', () => {
  expect(statusText(undefined, [row()], untranslated)).toBeUndefined();
});
