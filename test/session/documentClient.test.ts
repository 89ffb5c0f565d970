// [X4] Whose writing stays where two hosts wrote without knowing of each other.
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentClient } from '../../src/session/documentClient.ts';

test('[X4] clients rise with the term and within it with time, above all that Yjs draws', () => {
  const clients = [
    documentClient(1, 0),
    documentClient(1, 900.5),
    documentClient(1, 5_000),
    // The next process begins at its own zero.
    documentClient(2, 10),
    documentClient(2 ** 21 - 1, 1_000),
  ];
  expect(clients).toEqual(clients.toSorted((a, b) => a - b));
  expect(new Set(clients).size).toBe(clients.length);
  expect(clients[0]).toBeGreaterThanOrEqual(2 ** 32);
  expect(Number.isSafeInteger(documentClient(Number.MAX_SAFE_INTEGER, 2 ** 40))).toBe(true);
});

test('[X4] of two cards that were set apart the one of the later term stays, in either order', () => {
  const cards = [7, 8].map((term) => {
    const doc = new Y.Doc();
    doc.clientID = documentClient(term, 100);
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
