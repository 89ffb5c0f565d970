// The rest of what a session can be made to emit: played in the deep run, after the scenes of every run.
import { call, calls, type Scene } from './scenes.ts';
import { DOT } from './fidelityProject.ts';

/** What API failures come to: some are tried again, some end the turn. */
const STATUSES = [400, 401, 403, 404, 413, 429, 500, 529] as const;

const FAILURES: readonly Scene[] = [
  {
    name: 'failures of the model that pass',
    async play(s) {
      for (const status of STATUSES) {
        // oxlint-disable-next-line no-await-in-loop -- a turn each
        await s.turn(`[[err:${status}:1]][[text:after ${status}]]`);
      }
    },
  },
  { name: 'a failure that stays', play: (s) => s.turn('[[err:400]][[text:never]]') },
  { name: 'a stream that breaks', play: (s) => s.turn('[[cut]]') },
];

const BACKGROUND: readonly Scene[] = [
  {
    name: 'a command in the background',
    play: (s) =>
      s.allowed(
        `${calls(call('Bash', { command: 'echo begun; sleep 0.3', run_in_background: true }))}[[text:on]]`,
      ),
  },
  {
    name: 'a task that is stopped',
    async play(s) {
      const input = { command: 'sleep 60', run_in_background: true };
      await s.allowed(`${calls(call('Bash', input))}[[text:left running]]`);
      const said = JSON.stringify(s.owner.ofKind('tool-result').at(-1));
      const task = /ID: (\w+)/.exec(said)?.[1] ?? 'none';
      await s.allowed(`${calls(call('TaskStop', { task_id: task }))}[[text:stopped]]`);
    },
  },
  {
    name: 'a subagent of a subagent',
    play: (s) => {
      const inner = { description: 'inner', prompt: 'say inner', subagent_type: 'general-purpose' };
      const prompt = `<<tool:${call('Agent', inner)}>><<text:outer done>>`;
      const outer = { description: 'outer', prompt, subagent_type: 'general-purpose' };
      return s.allowed(`${calls(call('Agent', outer))}[[text:nested done]]`);
    },
  },
  {
    name: 'events that are watched for',
    async play(s) {
      const before = s.owner.entries.length;
      const command = 'echo event one; sleep 0.3; echo event two';
      const input = { command, description: 'watch it', timeout_ms: 5000 };
      await s.allowed(`${calls(call('Monitor', input))}[[text:watching]]`);
      const results = s.owner.entries.slice(before).filter(({ kind }) => kind === 'tool-result');
      // 2.1.197 has no such tool.
      if (JSON.stringify(results).includes('No such tool')) return;
      await s.settled(() =>
        ['event one', 'event two'].every((event) =>
          s.owner.ofKind('prompt').some(({ text }) => text.includes(event)),
        ),
      );
    },
  },
];

const OTHERS: readonly Scene[] = [
  {
    name: 'notes of the agent to itself',
    async play(s) {
      await s.turn('[[full:cut off]][[text:the rest]]');
      await s.turn('[[mute]][[text:said after all]]');
    },
    shows: (entries) => entries.some((one) => one.kind === 'prompt' && one.origin === 'system'),
  },
  {
    name: 'a picture, and binary of a hook',
    async play(s) {
      const images = [{ mediaType: 'image/png', base64: DOT }];
      await s.over(s.owner.view.send('prompt', { text: 'see [[text:seen]]', images }).id);
      await s.turn('BINARY_HOOK [[text:yes]]');
    },
  },
  { name: '/usage', play: (s) => s.command('/usage', 'command') },
  { name: '/rename', play: (s) => s.command('/rename other', 'command') },
  // A prompt to newer versions.
  { name: 'no command', play: (s) => s.command('/nothing-like-it', 'command', 'turn') },
  { name: 'long answers', play: (s) => s.turn('[[long:80]]') },
  { name: '/compact', play: (s) => s.command('/compact', 'command') },
  {
    name: 'a compaction by itself',
    async play(s) {
      await s.turn('[[size:990000]][[text:full]]');
      await s.turn('next [[text:after it]]');
    },
  },
];

/** Played after `SCENES`. */
export const MORE_SCENES: readonly Scene[] = [...BACKGROUND, ...OTHERS, ...FAILURES];

/** A new conversation of the same session, with a file of its own. */
export const AFTER_CLEAR: readonly Scene[] = [
  { name: '/clear', play: (s) => s.command('/clear', 'reset') },
  { name: 'after it', play: (s) => s.allowed('[[bash:echo cleared]][[text:after the clear]]') },
];
