// A session as a guest sees it, as one who joins late, and as a host reads it up that was killed: the same.
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/protocol/transcript.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { differences } from './differences.ts';
import { playAndCompare } from './fidelity.ts';
import { SCENES } from './scenes.ts';

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  it('is the same live, joined anew, and read up from file and journal', async () => {
    const { entries, ...found } = await playAndCompare(version, SCENES);
    expect(found).toEqual({ joined: [], readUp: [], unknown: [], notShown: [] });
    expect(entries).toBeGreaterThan(150);
  });
});

describe('the comparison', () => {
  const text = (id: string, words: string, parent?: string): Entry => ({
    ...{ kind: 'text', id, at: 1, messageId: id, text: words },
    ...(parent === undefined ? {} : { parent }),
  });
  const live = [text('a', 'one'), text('b', 'two'), text('c', 'sub', 'call')];

  it.each([
    ['a missing entry', live.slice(1), /^only live/],
    ['one that was not seen', [...live, text('d', 'more')], /^not live/],
    ['other words', [text('a', 'ONE'), ...live.slice(1)], /^differs/],
    ['another order', [live[1], live[0], live[2]], /^order/],
  ])('finds %s', (_what, other, words) => {
    const found = differences(
      live,
      other.filter((one) => one !== undefined),
      '2.1.332',
    );
    expect(found.some((difference) => words.test(difference))).toBe(true);
  });

  it('lets threads run side by side, and kinds be absent that the file cannot have', () => {
    const turn: Entry = { kind: 'turn', id: 't', at: 1, outcome: 'completed' };
    const [one, two, three] = live;
    const other = [one, three, two].filter((entry) => entry !== undefined);
    expect(differences([...live, turn], other, '2.1.332')).toEqual([]);
  });
});
