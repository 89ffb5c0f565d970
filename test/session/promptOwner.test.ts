// Whose a queued prompt is, at the gate: its author's, whatever else stands in the journal.
import { describe, expect, it } from 'vitest';
import { newId, person, settled, setUp } from './gateRig.ts';

describe('[R3] a prompt that waits', () => {
  it('is not edited or cancelled by a guest who has used its id for a command of their own', async () => {
    const theirs = newId();
    const { send, ran, answerTo } = setUp({
      promptAuthor: (id) => (id === theirs ? 'own' : undefined),
    });
    send('ben', 'focus-request', {}, { id: theirs });
    await settled();
    expect(ran).toEqual([theirs]);
    const edit = send('ben', 'edit-queued', { promptId: theirs, text: 'rm -rf' });
    const cancel = send('ben', 'cancel-queued', { promptId: theirs });
    await settled();
    expect(answerTo(edit)).toMatchObject({ status: 'rejected', code: 'not-allowed' });
    expect(answerTo(cancel)).toMatchObject({ status: 'rejected', code: 'not-allowed' });
    expect(ran).toEqual([theirs]);
  });

  it('is still its author’s when the answer to its command is forgotten, as after a day', async () => {
    const { people, send, answerTo } = setUp({ promptAuthor: () => 'ben' });
    people.set('bea', person('bea', 'controller', ['prompt']));
    const forgotten = newId();
    const edit = send('ben', 'edit-queued', { promptId: forgotten, text: 'better' });
    const others = send('bea', 'edit-queued', { promptId: forgotten, text: 'worse' });
    await settled();
    expect(answerTo(edit)?.status).toBe('done');
    expect(answerTo(others)).toMatchObject({ status: 'rejected', code: 'not-allowed' });
  });
});
