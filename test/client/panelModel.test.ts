// Header and control bar of the panel.
import { untranslated } from '../../src/client/translate.ts';
import { describe, expect, test } from 'vitest';
import { personText } from '../../src/cli/join/terminalStatus.ts';
import { peopleRows } from '../../src/client/lists/peopleRows.ts';
import { panelControl, panelHeader, viewStanding } from '../../src/client/panel/panelModel.ts';
import { FakeView, member, sessionState, summary } from './samples.ts';

function viewOf(who: string, state = sessionState()): FakeView {
  const view = new FakeView();
  view.member = who;
  view.state = state;
  return view;
}

const held = (by: string, window = 'windowX') =>
  sessionState({ focus: { fence: 1, holder: { member: by, window, since: 0 }, queue: [] } });

describe('control bar', () => {
  test('nobody has control: free', () => {
    expect(panelControl(viewOf('bo'))).toEqual({ kind: 'free' });
  });

  test('this window, another window of mine and somebody else are told apart', () => {
    expect(panelControl(viewOf('ada', held('ada', 'window1')))).toEqual({ kind: 'mine' });
    expect(panelControl(viewOf('ada', held('ada')))).toEqual({ kind: 'mine-elsewhere' });
    expect(panelControl(viewOf('bo', held('ada')))).toEqual({
      kind: 'other',
      name: 'ada',
      place: 0,
      canRequest: true,
      canTake: false,
    });
  });

  test('only an owner can take control back', () => {
    expect(panelControl(viewOf('ada', held('bo')))).toMatchObject({ canTake: true });
  });

  test('who has asked sees the place in the queue and cannot ask twice', () => {
    const state = sessionState({
      focus: {
        fence: 1,
        holder: { member: 'ada', window: 'w', since: 0 },
        queue: [
          { member: 'cy', window: 'w', since: 1 },
          { member: 'bo', window: 'w', since: 2 },
        ],
      },
    });
    expect(panelControl(viewOf('bo', state))).toMatchObject({ place: 2, canRequest: false });
  });

  test('who may not prompt watches, and is told why', () => {
    const asking = sessionState({
      people: [member('bo', { role: 'viewer', asksControl: true, scopes: [] })],
    });
    const viewer = sessionState({ people: [member('bo', { role: 'viewer', scopes: [] })] });
    const observed = sessionState({ session: summary({ source: 'observed' }) });
    const ended = sessionState({ session: summary({ status: 'ended' }) });
    expect(panelControl(viewOf('bo', asking))).toMatchObject({ reason: 'asked' });
    expect(panelControl(viewOf('bo', viewer))).toMatchObject({ reason: 'viewer' });
    expect(panelControl(viewOf('bo', observed))).toMatchObject({ reason: 'read-only' });
    expect(panelControl(viewOf('bo', ended))).toMatchObject({ reason: 'ended' });
    expect(panelControl(viewOf('nobody'))).toMatchObject({ reason: 'joining' });
  });
});

describe('header', () => {
  test('guests without the scope cannot answer; the owner can', () => {
    expect(panelHeader(viewOf('bo'), 0, untranslated)).toMatchObject({
      canAnswer: false,
      canInterrupt: true,
    });
    expect(panelHeader(viewOf('ada'), 0, untranslated)).toMatchObject({
      canAnswer: true,
      canInterrupt: true,
    });
    const approver = sessionState({ people: [member('bo', { scopes: ['prompt', 'approve'] })] });
    expect(panelHeader(viewOf('bo', approver), 0, untranslated)).toMatchObject({ canAnswer: true });
  });

  test('requests for control are shown to the holder and to an owner, to nobody else', () => {
    const state = sessionState({
      people: [
        member('ada', { role: 'owner' }),
        member('bo'),
        member('cy', { name: 'Cyril' }),
        member('di'),
      ],
      focus: {
        fence: 1,
        holder: { member: 'bo', window: 'w', since: 0 },
        queue: [{ member: 'cy', window: 'w2', since: 1 }],
      },
    });
    const request = [{ member: 'cy', window: 'w2', name: 'Cyril' }];
    expect(panelHeader(viewOf('ada', state), 0, untranslated).controlRequests).toEqual(request);
    expect(panelHeader(viewOf('bo', state), 0, untranslated).controlRequests).toEqual(request);
    expect(panelHeader(viewOf('di', state), 0, untranslated).controlRequests).toEqual([]);
    expect(panelHeader(viewOf('cy', state), 0, untranslated).controlRequests).toEqual([]);
  });

  test('[J7] which links are full is told to owners only', () => {
    const state = sessionState({
      people: [member('ada', { role: 'owner' }), member('bo')],
      fullLinks: ['a', 'b'],
    });
    expect(panelHeader(viewOf('ada', state), 0, untranslated).fullLinks).toBe(2);
    expect(panelHeader(viewOf('bo', state), 0, untranslated).fullLinks).toBeUndefined();
  });

  test('[J8] the lists of people say that a name looks like another’s', () => {
    const like = member('bo', { name: 'Ada (2)', alike: true });
    const view = viewOf('ada', sessionState({ people: [member('ada', { role: 'owner' }), like] }));
    const says = 'the name looks like another’s';
    const rows = peopleRows(panelHeader(view, 0, untranslated), untranslated);
    expect(rows.map(({ description }) => description.includes(says))).toEqual([false, true]);
    const stands = viewStanding(view, 0, untranslated);
    const lines = view.state?.people.map((one) => personText(sessionState(), one, 'ada', stands));
    expect(lines?.map((line) => line.includes(says))).toEqual([false, true]);
  });

  test('the age of the picture is counted from the last beat', () => {
    const view = viewOf('ada');
    view.truth = { kind: 'host-offline', lastBeatAt: 1000 };
    expect(panelHeader(view, 31_000, untranslated).truth).toEqual({
      kind: 'host-offline',
      ageMs: 30_000,
    });
  });

  test('without a view the reason stands in the header and nothing can be sent', () => {
    const header = panelHeader({ kind: 'over', text: 'It is gone.' }, 0, untranslated);
    expect(header.truth).toEqual({ kind: 'over', text: 'It is gone.' });
    expect(header.control).toEqual({ kind: 'watching', reason: 'joining' });
  });
});
