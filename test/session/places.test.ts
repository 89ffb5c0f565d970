// How many come in by a link, for whom the last places are kept, who gives way, and what names look like.
import { expect, test } from 'vitest';
import { nameSkeleton } from '../../src/base/nameSkeleton.ts';
import { LIMITS, TIMES } from '../../src/protocol/limits.ts';
import { makeRoster } from './rosterRig.ts';

/** So many strangers knock with a link; how many are let in. */
function crowd(
  rig: ReturnType<typeof makeRoster>,
  inviteId: string,
  count: number,
  places?: number,
) {
  const link = rig.invite(inviteId, places === undefined ? {} : { places });
  const all = Array.from({ length: count }, (_, n) => `${inviteId}-${n}`);
  return all.filter((member) => rig.roster.admitKnock(member, rig.knock(member), link)).length;
}

test('[J7] eight come in by one link, or as many as were chosen; others come in by another', () => {
  const rig = makeRoster();
  expect(crowd(rig, 'a', 63)).toBe(LIMITS.placesOfLink);
  expect(crowd(rig, 'b', 63, 3)).toBe(3);
  expect(crowd(rig, 'c', 1)).toBe(1);
  expect(rig.roster.fullLinks).toEqual(['a', 'b']);
});

test('[J7] who is in may knock again, also where the link is full', () => {
  const rig = makeRoster();
  const link = rig.invite('a', { places: 1 });
  rig.roster.admitKnock('ada', rig.knock(), link);
  expect(rig.roster.admitKnock('ada', rig.knock('Ada L'), link)?.stored.name).toBe('Ada L');
  expect(rig.roster.admitKnock('bo', rig.knock('Bo'), link)).toBeUndefined();
});

test('[J7] who is in needs a free place to move to another link, and leaves one behind', () => {
  const rig = makeRoster();
  const [a, b] = [rig.invite('a', { places: 1 }), rig.invite('b', { places: 1 })];
  rig.roster.admitKnock('ada', rig.knock(), a);
  rig.roster.admitKnock('bo', rig.knock('Bo'), b);
  expect(rig.roster.admitKnock('ada', rig.knock(), b)).toBeUndefined();
  rig.roster.leave('bo');
  expect(rig.roster.admitKnock('ada', rig.knock(), b)?.stored.inviteId).toBe('b');
  expect(rig.roster.fullLinks).toEqual(['b']);
});

test('[J7] of sixty-four places the last eight are for links without a guest, the last four for owners', () => {
  const rig = makeRoster();
  expect(crowd(rig, 'big', 64, 64)).toBe(LIMITS.members - LIMITS.placesOfNewLinks);
  expect(['b', 'c', 'd', 'e'].map((id) => crowd(rig, id, 3))).toEqual([1, 1, 1, 1]);
  expect(crowd(rig, 'f', 1)).toBe(0);
  const owner = rig.invite('owner', { role: 'owner' });
  const devices = Array.from({ length: 5 }, (_, n) => `device-${n}`);
  const inside = devices.filter((one) => rig.roster.admitKnock(one, rig.knock('Olga'), owner));
  expect(inside).toHaveLength(LIMITS.placesOfOwners);
  expect(rig.roster.people).toHaveLength(LIMITS.members);
  expect(rig.roster.fullLinks).toEqual(['big', 'b', 'c', 'd', 'e', 'f']);
});

test('[J7] a guest that is gone for a minute gives its place up, is told of, and comes back with its rights', () => {
  const rig = makeRoster();
  const link = rig.invite('a', { places: 2, role: 'controller', allowControl: true });
  rig.roster.admitKnock('ada', rig.knock(), link);
  rig.roster.admitKnock('bo', rig.knock('Bo'), link);
  rig.gone.set('ada', TIMES.goneMs - 1);
  expect(rig.roster.fullLinks).toEqual(['a']);
  rig.gone.set('ada', TIMES.goneMs);
  rig.gone.set('bo', TIMES.goneMs + 1);
  expect(rig.roster.fullLinks).toEqual([]);
  // Bo is gone for longer.
  expect(rig.roster.admitKnock('cy', rig.knock('Cy'), link)?.gone).toBe('bo');
  expect(rig.roster.people.map(({ member }) => member).toSorted()).toEqual(['ada', 'cy']);
  expect(rig.roster.gaveWay.map(({ member }) => member)).toEqual(['bo']);
  expect(rig.roster.relayTokens(() => undefined)).toHaveLength(2);
  const back = rig.roster.admitKnock('bo', rig.knock('Bo'), link);
  expect(back).toMatchObject({ stored: { role: 'controller' }, gone: 'ada' });
  expect(rig.roster.gaveWay.map(({ member }) => member)).toEqual(['ada']);
});

test('[J7] owners do not give way', () => {
  const rig = makeRoster();
  rig.roster.admitKnock('olga', rig.knock('Olga'), rig.invite('owner', { role: 'owner' }));
  rig.gone.set('olga', 10 * TIMES.goneMs);
  crowd(rig, 'big', 64, 64);
  expect(rig.roster.person('olga')).toBeDefined();
});

test('[J7] of those who gave way the newest 16 are remembered, and sharing that stops forgets them', () => {
  const rig = makeRoster();
  const link = rig.invite('a', { places: 1 });
  for (let n = 0; n < 40; n += 1) {
    rig.clock.advance(1);
    rig.roster.admitKnock(`m${n}`, rig.knock(`m${n}`), link);
    rig.gone.set(`m${n}`, TIMES.goneMs);
  }
  expect(rig.roster.gaveWay).toHaveLength(LIMITS.gaveWay);
  expect(rig.roster.gaveWay[0]?.member).toBe('m38');
  rig.roster.removeGuests();
  expect(rig.members.size).toBe(0);
});

test.each([
  ['Anna', 'anna'],
  ['Anna', 'Аnnа'],
  ['Anna', 'An​na'],
  ['Anna', ' A n n a '],
  ['Anna', 'Ánná'],
  ['Anna', 'Ａｎｎａ'],
  ['Olli', '0IIi'],
  ['Bill', 'BiII'],
  ['Norm', 'Nonn'.replace('nn', 'rrn')],
  ['Pavel', 'Раvеl'],
  ['José', 'Jose'],
  ['Ian', 'lan'],
])('[J8] “%s” and “%s” look alike', (one, other) => {
  expect(nameSkeleton(other)).toBe(nameSkeleton(one));
});

test.each([
  ['Anna', 'Anne'],
  ['李雷', '韩梅梅'],
  ['Bo', 'Bob'],
  ['Иван', 'Игорь'],
])('[J8] “%s” and “%s” do not', (one, other) => {
  expect(nameSkeleton(other)).not.toBe(nameSkeleton(one));
});

test('[J8] a guest whose name looks like somebody’s gets a number and a mark, whoever was first', () => {
  const rig = makeRoster();
  const link = rig.invite('a');
  const owner = rig.invite('owner', { role: 'owner' });
  const nameOf = (member: string) => {
    const { name, alike } = rig.roster.person(member) ?? {};
    return [name, alike];
  };
  rig.roster.admitKnock('early', rig.knock('Olgа'), link);
  expect(nameOf('early')).toEqual(['Olgа', undefined]);
  rig.roster.admitKnock('desk', rig.knock('Olga'), owner);
  rig.roster.admitKnock('phone', rig.knock('Olga'), owner);
  rig.roster.admitKnock('late', rig.knock('OLGA'), link);
  expect(nameOf('desk')).toEqual(['Olga', undefined]);
  expect(nameOf('phone')).toEqual(['Olga', undefined]);
  expect(nameOf('early')).toEqual(['Olgа (2)', true]);
  expect(nameOf('late')).toEqual(['OLGA (3)', true]);
  // It knocks again: its number stays.
  rig.roster.admitKnock('late', rig.knock('OLGA'), link);
  expect(nameOf('late')).toEqual(['OLGA (3)', true]);
  rig.roster.admitKnock('late', rig.knock('Mia'), link);
  expect(nameOf('late')).toEqual(['Mia', undefined]);
});

test('[J8] a number finds its place in a name that is as long as it may be', () => {
  const rig = makeRoster();
  const link = rig.invite('a');
  rig.roster.admitKnock('ada', rig.knock('x'.repeat(64)), link);
  const { stored } = rig.roster.admitKnock('bo', rig.knock('x'.repeat(64)), link) ?? {};
  expect(stored?.name.endsWith(' (2)')).toBe(true);
  expect(stored?.name.length).toBeLessThanOrEqual(64);
});
