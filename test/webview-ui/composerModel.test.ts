// The draft: kept, handed over, put back, never lost and never doubled.
import { describe, expect, it } from 'vitest';
import type { PanelOutboxItem } from '../../src/protocol/local/panel.ts';
import { ComposerModel } from '../../webview-ui/model/composerModel.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createFakePort } from './fakePort.ts';

function setUp() {
  const clock = createFakeClock();
  const fake = createFakePort();
  const notTakenText = (): string => 'not taken';
  const composer = new ComposerModel({ port: fake.port, clock, notTakenText });
  const drafts = (): string[] =>
    fake.posted.flatMap((message) => (message.type === 'draft' ? [message.text] : []));
  return { clock, composer, drafts, posted: fake.posted };
}

const item = (text: string): PanelOutboxItem => ({
  id: 'p1',
  kind: 'prompt',
  text,
  status: 'sending',
  at: 0,
});

describe('composer', () => {
  it('posts the draft while the person goes on typing: a page may go at any moment', () => {
    const { clock, composer, drafts } = setUp();
    for (let n = 1; n <= 20; n++) {
      composer.type('x'.repeat(n));
      clock.advance(100);
    }
    expect(drafts().length).toBeGreaterThanOrEqual(6);
    expect(drafts().at(-1)?.length).toBeGreaterThanOrEqual(17);
  });

  it('posts what was not posted yet when it is told that the page may go, and only that', () => {
    const { composer, drafts } = setUp();
    composer.flushDraft();
    composer.type('unsaved');
    composer.flushDraft();
    composer.flushDraft();
    expect(drafts()).toEqual(['unsaved']);
  });

  it('posts the draft soon, and that the person types at most every two seconds', () => {
    const { clock, composer, drafts, posted } = setUp();
    composer.type('H');
    composer.type('He');
    expect(drafts()).toEqual([]);
    clock.advance(300);
    expect(drafts()).toEqual(['He']);
    expect(posted.filter((message) => message.type === 'typing')).toHaveLength(1);
    clock.advance(2000);
    composer.type('Hel');
    expect(posted.filter((message) => message.type === 'typing')).toHaveLength(2);
  });

  it('leaves the kept draft to whoever takes the prompt: on the way it is the only copy', () => {
    const { clock, composer, drafts } = setUp();
    composer.type('Fix it');
    clock.advance(300);
    composer.send();
    clock.advance(5000);
    expect(drafts()).toEqual(['Fix it']);
  });

  it('hands a prompt over and empties itself', () => {
    const { clock, composer, posted } = setUp();
    composer.type('Fix it');
    composer.send();
    expect(posted).toContainEqual({ type: 'prompt', text: 'Fix it' });
    expect(composer.draft.value).toBe('');
    composer.handleOutbox([item('Fix it')]);
    clock.advance(60_000);
    expect(composer.draft.value).toBe('');
  });

  it('sends no white space', () => {
    const { composer, posted } = setUp();
    composer.type('  \n');
    composer.send();
    expect(posted.some((message) => message.type === 'prompt')).toBe(false);
  });

  it('takes a prompt back that nobody took, and drops it again if it was taken after all', () => {
    const { clock, composer } = setUp();
    composer.type('Fix it');
    composer.send();
    clock.advance(10_000);
    expect(composer.draft.value).toBe('Fix it');
    expect(composer.reason.value).toBe('not taken');
    composer.handleOutbox([item('Fix it')]);
    expect(composer.draft.value).toBe('');
  });

  it('puts a refused prompt in front of what was typed since, once', () => {
    const { composer, drafts } = setUp();
    composer.type('next');
    composer.putBack('refused', 'Ada has control.');
    composer.putBack('refused', 'Ada has control.');
    expect(composer.draft.value).toBe('refused\n\nnext');
    expect(composer.reason.value).toBe('Ada has control.');
    expect(drafts().at(-1)).toBe('refused\n\nnext');
  });

  it('brings a refused prompt back once: what was cleared since stays cleared', () => {
    const { clock, composer } = setUp();
    composer.type('Fix it');
    composer.send();
    composer.putBack('Fix it', 'Ada has control.');
    composer.type('');
    clock.advance(20_000);
    expect(composer.draft.value).toBe('');
    expect(composer.reason.value).toBeUndefined();
  });

  it('does not let an old draft overwrite what was typed meanwhile', () => {
    const { composer } = setUp();
    composer.type('new');
    composer.restore('old');
    expect(composer.draft.value).toBe('new');
  });

  it('posts an unsaved draft when it ends', () => {
    const { composer, drafts } = setUp();
    composer.type('unsaved');
    composer.dispose();
    expect(drafts()).toEqual(['unsaved']);
  });
});
