// [X4] Whose writing stays where two hosts wrote without knowing of each other.
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { HostClients } from '../../src/session/hostClients.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

test('[X4] clients rise with every document, with time and with the term, above all that Yjs draws', () => {
  const clock = createFakeClock();
  const first = new HostClients(1, clock);
  const clients = [first.next(), first.next()];
  clock.advance(5_000);
  clients.push(first.next());
  // The same process serves the room again.
  clock.advance(1);
  clients.push(new HostClients(1, clock).next(), new HostClients(2, createFakeClock()).next());
  expect(clients).toEqual(clients.toSorted((a, b) => a - b));
  expect(new Set(clients).size).toBe(clients.length);
  expect(clients[0]).toBeGreaterThanOrEqual(2 ** 32);
  expect(Number.isSafeInteger(new HostClients(Number.MAX_SAFE_INTEGER, clock).next())).toBe(true);
});

test('[X4] of two cards that were set apart the one of the later term stays, in either order', () => {
  const clock = createFakeClock();
  const cards = [7, 8].map((term) => {
    const doc = new Y.Doc();
    doc.clientID = new HostClients(term, clock).next();
    doc.getMap('card').set('card', `of term ${term}`);
    return Y.encodeStateAsUpdate(doc);
  });
  for (const updates of [cards, cards.toReversed()]) {
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    expect(doc.getMap('card').get('card')).toBe('of term 8');
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.mergeUpdates(updates));
    expect(copy.getMap('card').get('card')).toBe('of term 8');
  }
});
