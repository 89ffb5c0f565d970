// Who is let in by a knock, with which rights, and what is forgotten.
import { expect, test } from 'vitest';
import { makeRoster } from './rosterRig.ts';

test('[J4] a knock whose invite ended while it was opened lets nobody in', () => {
  const { roster, clock, invite, knock } = makeRoster();
  const stopped = invite('stopped', { role: 'controller', allowControl: true });
  roster.removeGuests();
  expect(roster.admitKnock('ada', knock(), stopped)).toBeUndefined();
  const expired = invite('expired');
  clock.advance(61_000);
  expect(roster.admitKnock('ada', knock(), expired)).toBeUndefined();
  expect(roster.people).toEqual([]);
});

test('[J3] what the owner has allowed is neither taken back nor widened by another link', () => {
  const { roster, invite, knock } = makeRoster();
  roster.admitKnock('ada', knock(), invite('asks', { role: 'controller', scopes: ['approve'] }));
  expect(roster.person('ada')).toMatchObject({ role: 'viewer', asksControl: true, scopes: [] });
  roster.setRole('ada', 'controller');
  expect(roster.person('ada')?.scopes).toEqual(['prompt', 'interrupt', 'approve']);
  roster.admitKnock('ada', knock('Ada B.'), invite('looks'));
  expect(roster.person('ada')).toMatchObject({
    name: 'Ada B.',
    role: 'controller',
    scopes: ['prompt', 'interrupt', 'approve'],
  });
  roster.admitKnock('bo', knock('Bo'), invite('plain', { role: 'controller' }));
  roster.setRole('bo', 'controller');
  roster.admitKnock('bo', knock('Bo'), invite('more', { role: 'controller', scopes: ['mode'] }));
  expect(roster.person('bo')?.scopes).toEqual(['prompt', 'interrupt']);
});

test('[B2] a name is cut where it enters: to 64 bytes, before a character, without what cannot be seen', () => {
  const { roster, invite, knock } = makeRoster();
  roster.admitKnock(
    'ada',
    { ...knock('文'.repeat(40)), device: `\u202e${'"'.repeat(80)}` },
    invite('a'),
  );
  expect(roster.person('ada')).toMatchObject({
    name: `${'文'.repeat(20)}…`,
    device: `${'"'.repeat(30)}…`,
  });
  roster.admitKnock('bo', knock('x'.repeat(64)), invite('b'));
  expect(roster.person('bo')?.name).toBe('x'.repeat(64));
});

test('[B2] the key that only the host seals for stays out of the state', () => {
  const { roster, invite, knock, members } = makeRoster();
  roster.admitKnock('ada', knock(), invite('a'));
  expect(members.get('ada')?.exchangeKey).toBe('e');
  expect(roster.people[0]).not.toHaveProperty('exchangeKey');
});

test('[J5] who leaves goes alone, who is removed takes the link along', () => {
  const { roster, invite, knock, invites } = makeRoster();
  roster.admitKnock('ada', knock(), invite('shared'));
  roster.admitKnock('bo', knock('Bo'), invite('shared'));
  expect(roster.leave('ada')).toBe(true);
  expect([...invites.keys()]).toEqual(['shared']);
  expect(roster.remove('bo')).toBe(true);
  expect([roster.people, [...invites.keys()]]).toEqual([[], []]);
  expect([roster.leave('bo'), roster.remove('bo')]).toEqual([false, false]);
});

test('invites that have ended are forgotten, but not the rights of who still waits', () => {
  const { roster, clock, invite, knock, invites } = makeRoster();
  invite('unused');
  const asks = invite('asks', { role: 'controller', scopes: ['approve'] });
  roster.admitKnock('ada', knock(), asks);
  clock.advance(61_000);
  invite('fresh');
  roster.forgetEnded();
  expect([...invites.keys()]).toEqual(['asks', 'fresh']);
  roster.setRole('ada', 'controller');
  expect(roster.person('ada')?.scopes).toContain('approve');
});

test('[J5] a relay is told when a membership ends, and nothing of one that does not', () => {
  const { roster, clock, invite, knock, members } = makeRoster();
  const made = invite('open');
  for (const [name, hash] of Object.entries({ ada: 'a'.repeat(43), bob: 'b'.repeat(43) })) {
    roster.admitKnock(name, { ...knock(), tokenHash: hash }, made);
  }
  const ada = members.get('ada');
  if (ada === undefined) throw new Error('not in');
  members.set('ada', { ...ada, notAfter: clock.now() + 5_000 });
  expect(roster.relayTokens(() => undefined).map(({ notAfter }) => notAfter)).toEqual([
    clock.now() + 5_000,
    undefined,
  ]);
});

test('a member whose token no relay would take does not spoil the others’', () => {
  const { roster, invite, knock } = makeRoster();
  const made = invite('open');
  roster.admitKnock('ada', { ...knock(), tokenHash: 't' }, made);
  roster.admitKnock('bob', { ...knock(), tokenHash: 'b'.repeat(43) }, made);
  expect(roster.people.map(({ member }) => member)).toEqual(['ada', 'bob']);
  expect(roster.relayTokens(() => undefined).map(({ hash }) => hash)).toEqual(['b'.repeat(43)]);
});

test('[I5] parts are written by who has prompt, from then on and no longer', () => {
  const { roster, invite, knock } = makeRoster();
  roster.admitKnock('ada', { ...knock(), tokenHash: 'a'.repeat(43) }, invite('looks'));
  const mayWrite = (): readonly string[] =>
    roster
      .relayTokens(() => undefined)
      .flatMap(({ grants }) => grants)
      .filter(({ doc, access }) => access === 'write' && doc.includes('.b.'))
      .map(({ doc }) => doc.replace(/^[^.]+/, ''));
  expect(mayWrite()).toEqual([]);
  roster.setRole('ada', 'controller', ['prompt']);
  expect(mayWrite()).toEqual(['.g.ada.b.**']);
  roster.setRole('ada', 'viewer');
  expect(mayWrite()).toEqual([]);
});
