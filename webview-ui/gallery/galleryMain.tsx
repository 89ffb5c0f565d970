// The panel with sample data, for looking and for tests: ?theme=dark&state=owner&request=permission&many=20000
import * as z from 'zod/mini';
import { systemClock } from '../../src/base/clock.ts';
import type { PanelEntry, PanelHeader, ToPanel } from '../../src/protocol/local/panel.ts';
import { mountPanel } from '../mount.tsx';
import '../styles/panel.css';
import { FakeExtension } from './fakeExtension.ts';
import { manyEntries } from './manyEntries.ts';
import { sampleEntries } from './sampleEntries.ts';
import { HEADERS, ownerHeader } from './sampleHeaders.ts';
import { waitingRequest } from './sampleRequests.ts';
import { applyTheme, GALLERY_THEMES } from './themes.ts';

z.config({ jitless: true });

declare global {
  interface Window {
    gallery: FakeExtension;
    makeEntries: typeof manyEntries;
    showTheme: (name: string) => void;
  }
}

function initialState(parameters: URLSearchParams): {
  header: PanelHeader;
  entries: PanelEntry[];
} {
  const many = Number(parameters.get('many') ?? 0);
  const first = Number(parameters.get('first') ?? 0);
  const entries =
    many > 0 ? manyEntries(many, first) : parameters.has('empty') ? [] : sampleEntries(first);
  let header = HEADERS[parameters.get('state') ?? 'owner'] ?? ownerHeader;
  for (const name of parameters.getAll('request')) {
    const waiting = waitingRequest(name, first + entries.length, header);
    if (waiting === undefined) continue;
    entries.push(waiting.entry);
    header = waiting.header;
  }
  return { header, entries };
}

const LIVE: ToPanel = {
  type: 'live',
  blocks: [
    { messageId: 'live', block: 0, type: 'thinking', text: 'Let me see …' },
    {
      messageId: 'live',
      block: 1,
      type: 'text',
      text: 'Now I run the **tests**:\n\n```sh\nnpm te',
    },
    { messageId: 'live', block: 2, type: 'tool-input', tool: 'Bash', text: '{"command":"npm t' },
  ],
};

/** What a computer that has stopped did not finish, before the last entries. */
function brokenOff(place: number): ToPanel {
  const blocks = LIVE.type === 'live' ? LIVE.blocks : [];
  return { type: 'live', blocks: blocks.map((block) => ({ ...block, brokenAt: place })) };
}

const OUTBOX: ToPanel = {
  type: 'outbox',
  items: [
    { id: 'o1', kind: 'prompt', text: 'Also bump the version.', status: 'received', at: 0 },
    {
      id: 'o2',
      kind: 'prompt',
      text: 'Publish it.',
      status: 'unknown',
      message:
        'The computer restarted while it ran this. It may have run; look before you send it again.',
      at: 0,
    },
  ],
};

const parameters = new URLSearchParams(location.search);
window.showTheme = (name) => {
  const theme = GALLERY_THEMES[name];
  if (theme !== undefined) applyTheme(theme);
};
window.showTheme(parameters.get('theme') ?? 'dark');
if (parameters.has('rtl')) document.documentElement.dir = 'rtl';
const element = document.getElementById('app');
if (element === null) throw new Error('invariant: the page has no #app');
const state = initialState(parameters);
const extension = new FakeExtension({
  ...state,
  hasOlder: Number(parameters.get('first') ?? 0) > 0,
  draft: parameters.get('draft') ?? '',
});
window.gallery = extension;
window.makeEntries = manyEntries;
mountPanel({ element, port: extension.port, clock: systemClock });
if (parameters.has('live')) setTimeout(() => extension.send(LIVE), 300);
if (parameters.has('broken')) {
  const place = Number(parameters.get('first') ?? 0) + state.entries.length - 1;
  setTimeout(() => extension.send(brokenOff(place)), 300);
}
if (parameters.has('silent')) extension.isAnswering = false;
if (parameters.has('outbox')) setTimeout(() => extension.send(OUTBOX), 300);
