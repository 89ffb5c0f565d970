// What happens in the session whose readings are compared: pieces that the suite runs every time.
import { writeFileSync } from 'node:fs';
import type { Entry } from '../../src/protocol/transcript.ts';
import { seenOf } from '../../src/client/prompts/seen.ts';
import { giveControl } from '../host/controlledGuests.ts';
import type { FidelityRun } from './fidelityRun.ts';

/** A piece of the session; told what it has brought, it may expect something of it. */
export interface Scene {
  readonly name: string;
  readonly play: (session: FidelityRun) => Promise<void>;
  /** What has to be among its entries. */
  readonly shows?: (entries: readonly Entry[]) => boolean;
}

/** A call of a tool, as the demo model is asked for it. */
export function call(tool: string, input: object): string {
  return `${tool}:${JSON.stringify(input)}`;
}

/** One call after the other, in an answer each. */
export function calls(...all: readonly string[]): string {
  return all.map((one) => `[[tool:${one}]]`).join('');
}

/** Calls of one answer. */
export function together(...all: readonly string[]): string {
  return `[[tools:${all.join('||')}]]`;
}

const has =
  (kind: Entry['kind'], text: string) =>
  (entries: readonly Entry[]): boolean =>
    entries.some((entry) => entry.kind === kind && JSON.stringify(entry).includes(text));

/** Said, asked and answered. */
const TALK: readonly Scene[] = [
  { name: 'text and thinking', play: (s) => s.turn('hello [[think]][[text:one two three]]') },
  {
    name: 'a guest, with a file',
    async play(s) {
      await giveControl(s.owner, s.guest);
      await s.turn('from a guest @some.txt [[text:yes]]', s.guest);
      await giveControl(s.owner, s.owner);
    },
    shows: has('prompt', '"Bob"'),
  },
  {
    name: 'denied',
    async play(s) {
      const promptId = s.send('[[bash:touch denied.txt]][[text:ok]]');
      await s.owner.answer('deny');
      await s.over(promptId);
    },
  },
  {
    name: 'a question',
    async play(s) {
      const promptId = s.send('[[ask]][[text:ok]]');
      const asked = s.owner.ofKind('request').length;
      await s.owner.until('it is asked', () => s.owner.ofKind('request').length > asked);
      const entry = s.owner.ofKind('request').at(-1);
      if (entry === undefined) throw new Error('no request');
      const { requestId, inputHash } = entry;
      const answers = { 'Which color?': 'Blue' };
      const seen = await seenOf(entry);
      await s.owner.view.request('answer', {
        ...{ requestId, inputHash, behavior: 'allow', answers, seen },
      });
      await s.over(promptId);
    },
  },
  {
    name: 'plans',
    async play(s) {
      await s.owner.view.request('set-mode', { mode: 'plan' });
      await s.allowed('[[plan]][[text:planned]]');
      await s.owner.view.request('set-mode', { mode: 'default' });
      await s.allowed('[[plan]][[text:not in plan mode]]');
    },
  },
];

/** Tools and what they give. */
const TOOLS: readonly Scene[] = [
  {
    name: 'parallel calls',
    play: (s) =>
      s.allowed(
        `${together(
          call('Read', { file_path: 'some.txt' }),
          call('Bash', { command: 'echo hi > hi.txt; cat hi.txt' }),
          call('Bash', { command: 'exit 3' }),
        )}[[text:both]]`,
      ),
  },
  {
    name: 'every edit tool, and what is no tool',
    play: (s) =>
      s.allowed(
        `[[write:new.txt:a\nb]]${calls(call('Read', { file_path: 'new.txt' }))}[[edit:new.txt:a:c]]${calls(
          call('Read', { file_path: 'book.ipynb' }),
          call('NotebookEdit', { notebook_path: 'book.ipynb', cell_id: 'c1', new_source: '2' }),
          call('MultiEdit', { file_path: 'new.txt' }),
          call('Read', { file_path: 'dot.png' }),
          call('Read', { file_path: 'missing.txt' }),
        )}[[text:edited]]`,
      ),
    shows: has('tool-result', '"blob"'),
  },
  { name: '1 MB of output', play: (s) => s.allowed('[[bash:cat big.txt]][[text:done]]') },
  {
    name: 'an MCP server',
    play: (s) =>
      s.allowed(
        `${calls(
          call('mcp__probe__text', {}),
          call('mcp__probe__picture', {}),
          call('mcp__probe__structured', {}),
          call('mcp__probe__failing', {}),
        )}[[text:mcp]]`,
      ),
    shows: has('tool-result', 'structuredContent'),
  },
  {
    name: 'subagents side by side',
    async play(s) {
      const ended = s.owner.ofKind('task').filter(({ status }) => status === 'completed').length;
      await s.allowed(
        `${together(
          call('Agent', subagent('one', '<<bash:echo in the first>><<text:first done>>')),
          call('Agent', subagent('two', '<<text:second done>>')),
        )}[[text:agents done]]`,
      );
      // They may go on behind the answer, which is then followed by one about each.
      await s.settled(
        () =>
          s.owner.ofKind('task').filter(({ status }) => status === 'completed').length ===
          ended + 2,
      );
    },
    shows: has('text', 'first done'),
  },
];

function subagent(description: string, prompt: string): object {
  return { description, prompt, subagent_type: 'general-purpose' };
}

/** Skills, commands and hooks. */
const EXTRAS: readonly Scene[] = [
  {
    name: 'a skill',
    play: (s) => s.allowed(`${calls(call('Skill', { skill: 'greet' }))}[[text:used]]`),
    shows: has('prompt', '"skill"'),
  },
  { name: '/greet', play: (s) => s.command('/greet', 'turn') },
  { name: '/mine', play: (s) => s.command('/mine and more', 'turn'), shows: has('command', 'Ada') },
  { name: '/context', play: (s) => s.command('/context', 'command') },
  { name: 'a prompt of a server', play: (s) => s.command('/mcp__probe__greet', 'turn') },
  {
    name: 'hooks',
    async play(s) {
      await s.turn('BLOCKED_WITH_WORDS [[text:no]]');
      await s.turn('WITH_CONTEXT [[text:yes]]');
      await s.turn('LOUD_HOOK [[text:yes]]');
      await s.turn('[[text:STOPME]]');
      await s.allowed(
        '[[bash:echo PRE_DENY]][[bash:echo PRE_SYSTEM]][[bash:echo POST_BLOCK]][[bash:echo POST_CONTEXT]][[text:hooks]]',
      );
    },
    shows: has('notice', 'a hook says this'),
  },
];

/** Who waits, who goes on, who stops. */
const ORDER: readonly Scene[] = [
  {
    name: 'sent now, queued, cancelled',
    async play(s) {
      const first = await s.running('go', '[[text:first]]');
      const now = [s.send('folded [[text:second]]'), s.send('too [[text:third]]')];
      const queued = s.send('fourth [[text:fourth]]');
      const gone = s.send('gone [[text:gone]]');
      await s.waits(gone);
      for (const promptId of now) {
        // oxlint-disable-next-line no-await-in-loop -- in this order
        await s.owner.view.request('send-queued', { promptId });
      }
      await s.owner.view.request('cancel-queued', { promptId: gone });
      writeFileSync(s.path('go'), '');
      await Promise.all([first, ...now, queued].map((promptId) => s.over(promptId)));
    },
    shows: has('prompt', '"folded":true'),
  },
  {
    name: 'stopped in a tool, in a text, at a question',
    async play(s) {
      const inTool = await s.running('never', '[[text:no]]');
      await s.owner.view.request('interrupt', {});
      await s.over(inTool);
      const live = s.owner.view.live.length;
      const inText = s.send('[[held:20]]');
      await s.owner.until('text streams', () => s.owner.view.live.length > live);
      await s.owner.view.request('interrupt', {});
      await s.over(inText);
      const open = s.send('[[bash:touch open.txt]][[text:no]]');
      await s.owner.until('it is asked', () => s.owner.state.pending.length > 0);
      await s.owner.view.request('interrupt', {});
      await s.over(open);
    },
    shows: has('tool-result', '"interrupted"'),
  },
];

/** Played in every run, one after the other. */
export const SCENES: readonly Scene[] = [...TALK, ...TOOLS, ...EXTRAS, ...ORDER];
