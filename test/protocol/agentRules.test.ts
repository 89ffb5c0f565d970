// What the rules of an agent mean where they do not name what is asked.
import { expect, test } from 'vitest';
import { say } from '../../src/base/say.ts';
import { isGuestMode, isUnattendedMode, modeKindOf } from '../../src/protocol/agentRules.ts';
import { TINY_RULES } from '../agents/tinyAgent.ts';

test.each(['full-access', '__proto__', 'constructor', '', 'Careful'])(
  '[R17] the mode %j, which its adapter does not name, is unattended and no guest’s',
  (mode) => {
    expect(modeKindOf(TINY_RULES, mode)).toBe('unattended');
    expect(isUnattendedMode(TINY_RULES, mode)).toBe(true);
    expect(isGuestMode(TINY_RULES, mode)).toBe(false);
  },
);

test('[R17] a session without a mode is in the one that asks; an adapter without that one has none that asks', () => {
  expect(modeKindOf(TINY_RULES, undefined)).toBe('asking');
  expect(isUnattendedMode({ ...TINY_RULES, askingMode: 'gone' }, undefined)).toBe(true);
});

test('[R5] a mode that is not for guests is none of theirs, whatever its kind', () => {
  const words = { name: say`Silent`, explanation: say`Says nothing.` };
  const modes = [{ id: 'silent', kind: 'guarded', isForGuests: false, ...words }] as const;
  expect(isGuestMode({ ...TINY_RULES, modes }, 'silent')).toBe(false);
});
