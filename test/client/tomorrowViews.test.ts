// A host of a later version, as trees, header, people and outbox of this one show it.
import { describe, expect, test } from 'vitest';
import { panelControl, panelHeader } from '../../src/client/panel/panelModel.ts';
import { peopleRows } from '../../src/client/lists/peopleRows.ts';
import type { SessionNode } from '../../src/client/lists/sessionRow.ts';
import { sessionTree } from '../../src/client/lists/sessionTree.ts';
import { statusText } from '../../src/client/lists/statusText.ts';
import { panelOutbox } from '../../src/client/prompts/outboxItems.ts';
import { isRefused } from '../../src/client/prompts/refusedPrompts.ts';
import { untranslated } from '../../src/client/translate.ts';
import { toPanelSchema } from '../../src/protocol/local/panel.ts';
import { machineStateSchema, sessionStateSchema } from '../../src/protocol/state.ts';
import { unreadableState } from '../../src/session/errors.ts';
import type { OutboxItem } from '../../src/session/view.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import { FakeView, sessionState, summary } from './samples.ts';

const state = sessionStateSchema.parse(tomorrow.state);
const machine = machineStateSchema.parse(tomorrow.machineState);

/** What `who` sees of tomorrow's session. */
function viewOf(who: string, session = state.session): FakeView {
  const view = new FakeView();
  view.member = who;
  view.state = { ...state, session };
  return view;
}

const headerOf = (who: string, session = state.session) =>
  panelHeader(viewOf(who, session), 0, untranslated);

/** Tomorrow's people and requests, in a session whose source and status are known. */
const known = summary();

describe('[R9] the header', () => {
  test('a session of an unknown source is watched, by its owner too', () => {
    expect(headerOf('ada')).toMatchObject({
      control: { kind: 'watching', reason: 'read-only' },
      canAnswer: false,
      canInterrupt: false,
    });
  });

  test('[R19] one of which its host says what can be done is controlled, wherever it runs', () => {
    const session = { ...state.session, can: ['prompt', 'answer', 'interrupt'] };
    const header = headerOf('ada', session);
    expect(header.control.kind).not.toBe('watching');
    expect([header.canAnswer, header.canInterrupt]).toEqual([true, true]);
  });

  test('an unknown role is a viewer, whatever scopes it has', () => {
    const header = headerOf('bo', known);
    expect(header.me).toMatchObject({ role: 'viewer', scopes: ['prompt'] });
    expect(header.control).toEqual({ kind: 'watching', reason: 'viewer' });
    expect([header.canAnswer, header.canInterrupt]).toEqual([false, false]);
    expect(header.controlRequests).toEqual([]);
  });

  test('unknown scopes are not held: a controller with none but those watches', () => {
    expect(headerOf('cy', known).control).toEqual({ kind: 'watching', reason: 'viewer' });
    expect(headerOf('ada', known).me?.scopes).toEqual(['prompt', 'interrupt', 'approve', 'mode']);
  });

  test('who asks for control with an unknown role is told to wait', () => {
    const view = viewOf('bo', known);
    const people = state.people.map((one) => ({ ...one, asksControl: one.member === 'bo' }));
    view.state = { ...state, session: known, people };
    expect(panelControl(view)).toEqual({ kind: 'watching', reason: 'asked' });
  });

  test('it is a message that the page takes, with every word that came', () => {
    const header = headerOf('ada');
    const parsed = toPanelSchema.parse({ type: 'header', header });
    expect(parsed.type === 'header' && parsed.header).toEqual(header);
    expect(header.session).toEqual(tomorrow.state['session']);
    expect(header.pending).toEqual(tomorrow.state['pending']);
    expect(header.sharing).toEqual(tomorrow.state['sharing']);
  });

  test('a state that could not be read is told there, with what was last understood', () => {
    const view = new FakeView();
    view.state = sessionState();
    const { words, message: text } = unreadableState();
    view.alarms = [{ kind: 'update', words }];
    const alarms = [{ kind: 'update', text }];
    const header = panelHeader(view, 0, untranslated);
    expect(header.alarms).toEqual(alarms);
    expect(header.session?.title).toBe('Fix the parser');
    view.state = undefined;
    expect(panelHeader(view, 0, untranslated).alarms).toEqual(alarms);
  });
});

describe('[R9] lists', () => {
  const nodeOf = (row = machine.sessions[0]): SessionNode => {
    const tree = sessionTree({
      own: row ? [row] : [],
      joined: [],
      connection: 'live',
      now: 0,
      knownLinks: new Set(),
      canShare: true,
      t: untranslated,
    });
    const [group] = tree;
    const node = group?.kind === 'group' ? group.children[0] : undefined;
    if (node?.kind !== 'session') throw new Error('no row');
    return node;
  };

  test('an unknown status is work, said with its own word', () => {
    const node = nodeOf();
    expect(node.group).toBe('working');
    expect(node.description).toContain('compacting');
    expect(node.details).toContainEqual(['State', 'compacting']);
  });

  test('a session of an unknown source is offered to be watched, and nothing else', () => {
    const node = nodeOf();
    expect(node.description).toContain('read-only');
    expect(node.context).toBe(';own;observed;open;sharable;pinnable;');
  });

  test('an unknown role is shown as a viewer that the owner may allow control', () => {
    const rows = peopleRows(headerOf('ada', known), untranslated);
    const bo = rows.find((one) => one.member === 'bo');
    expect(bo).toMatchObject({ description: 'Viewer · phone', icon: 'eye' });
    expect(bo?.context).toBe(';allow;remove;');
  });

  test('the status bar of such a member says that it watches', () => {
    expect(statusText(headerOf('bo', known), [], untranslated)?.text).toContain('Watching');
  });
});

describe('[R9] own commands', () => {
  const item = (fields: object): OutboxItem => ({
    ...{ id: 'c', kind: 'prompt', args: { text: 'x' }, status: 'sent', at: 0 },
    ...fields,
  });

  test('of which something unknown is said are still open', () => {
    const deferred = item(tomorrow.acks[0] ?? {});
    expect(isRefused(deferred)).toBe(false);
    expect(panelOutbox(deferred, untranslated)).toMatchObject([
      { status: 'received', message: 'It runs tonight.' },
    ]);
    expect(
      panelOutbox(
        item({ status: 'expired', kind: 'answer', args: { requestId: 'r' } }),
        untranslated,
      ),
    ).toMatchObject([{ status: 'expired' }]);
  });

  test('that were refused for an unknown reason failed, with its text', () => {
    const refused = item(tomorrow.acks[1] ?? {});
    expect(isRefused(refused)).toBe(true);
    const answer = { ...refused, kind: 'answer', args: { requestId: 'r' } } as const;
    expect(panelOutbox(answer, untranslated)).toMatchObject([tomorrow.acks[1]]);
  });
});
