// 100,000 outputs of programs that do not mean well.
import fc from 'fast-check';
import { it } from 'vitest';
import { claimPlain } from './ansiClaims.ts';
import { terminalOutput } from './ansiFuzz.ts';

it('100,000 made-up outputs leave text and styles, and nothing that is obeyed', () => {
  fc.assert(fc.property(terminalOutput, claimPlain), { numRuns: 100_000 });
});
