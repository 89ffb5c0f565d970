// Words: why something cannot be sent, how old the picture is, what a tool call is about.
import { describe, expect, it } from 'vitest';
import { controlKeyAction } from '../../webview-ui/composer/ControlBar.tsx';
import {
  answersOf,
  toggleOption,
  toggleOther,
} from '../../webview-ui/decisions/questionAnswers.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';
import { ownPrompts, recall } from '../../webview-ui/model/promptHistory.ts';
import { TranscriptModel } from '../../webview-ui/model/transcriptModel.ts';
import { HEADERS, ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { spokenOfHeader } from '../../webview-ui/model/spoken.ts';
import {
  activityWord,
  canStop,
  connectionWord,
  sendBlock,
  watchingReason,
} from '../../webview-ui/model/words.ts';
import { initialsOf } from '../../webview-ui/parts/AuthorBadge.tsx';
import { formatAge } from '../../src/client/standing/age.ts';
import { standing } from '../../src/client/standing/standing.ts';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { toolView } from '../../src/claude/entries/viewOfTool.ts';
import { suggestionText } from '../../src/claude/wire/suggestions.ts';
import { PANEL_STRINGS, type Translate, translate } from '../../webview-ui/strings.ts';
import {
  formatBytes,
  formatClock,
  formatCost,
  formatDuration,
  formatTokens,
  relativePath,
} from '../../webview-ui/text/format.ts';
import { describeTool } from '../../webview-ui/text/toolHead.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { busyMs } from '../probes/busyMs.ts';

const t: Translate = (key, ...values) => translate({}, key, values);

const relay = { kind: 'relay-offline' } as const;

function standingOf(header: PanelHeader | undefined) {
  if (!header) throw new Error('no header');
  return standing(header);
}

function sessionOf(state: string) {
  const session = HEADERS[state]?.session;
  if (!session) throw new Error(`no session in ${state}`);
  return session;
}

describe('sending', () => {
  it.each([
    ['owner', undefined],
    ['idle', undefined],
    ['guest', 'Ada Lovelace has control. Request control to send.'],
    ['asked', 'Bo Svensson has control. Take it back to send.'],
    ['queued', 'Ada Lovelace has control. You are number 2 in line.'],
    ['viewer', 'You are watching: your link is for viewing.'],
    ['offline', 'Ada’s MacBook is offline. Your text is kept; send it when it is back.'],
    ['relay', 'The relay is offline. Your text is kept; send it when it is back.'],
  ])('in state %s is blocked by: %s', (state, reason) => {
    expect(sendBlock(HEADERS[state], standingOf(HEADERS[state]), t)).toBe(reason);
  });

  it('is blocked while the extension does not answer, whoever has control', () => {
    const stands = standing(ownerHeader, { isConnected: false });
    expect(sendBlock(ownerHeader, stands, t)).toMatch(/^Not connected to the extension/);
  });
});

describe('states', () => {
  it('age with the time that passed since they were told', () => {
    const truth = { kind: 'host-offline', ageMs: 5000 } as const;
    const stands = standing({ ...ownerHeader, truth }, { sinceMs: 7000 });
    expect(connectionWord(stands, t)?.text).toBe('Ada’s MacBook is offline · last seen 12 s ago');
  });

  it('never claim to work when the picture is old', () => {
    expect(activityWord(standingOf(ownerHeader), t)?.text).toBe('Working');
    expect(activityWord(standingOf({ ...ownerHeader, truth: relay }), t)).toMatchObject({
      text: 'Working when last seen',
      icon: 'circle',
    });
  });

  it('[R9] that are not known are work, under their own word', () => {
    const session = { ...sessionOf('owner'), status: 'compacting' };
    expect(activityWord(standingOf({ ...ownerHeader, session }), t)).toMatchObject({
      icon: 'spinner',
      text: 'compacting',
    });
    const odd = { ...session, status: 'com\u202epacting' };
    const old = standingOf({ ...ownerHeader, session: odd, truth: relay });
    expect(activityWord(old, t)).toMatchObject({
      icon: 'circle',
      text: 'com⟨U+202E⟩pacting when last seen',
    });
    const header = { ...ownerHeader, session };
    expect(canStop(header, standingOf(header))).toBe(true);
  });

  it('[R9] of an unknown source are read-only, without naming a terminal', () => {
    const session = { ...sessionOf('terminal'), source: 'linked' };
    const header = { ...ownerHeader, ...HEADERS['terminal'], session };
    expect(watchingReason(header, standingOf(header), t)).toBe(
      'This session can be watched here, not controlled.',
    );
    const terminal = HEADERS['terminal'];
    expect(watchingReason(terminal, standingOf(terminal), t)).toMatch(/runs in a terminal/);
  });

  it('[R9] a request of an unknown kind is spoken as such', () => {
    const pending = [{ requestId: 'r', index: 1, request: 'payment', tool: 'Buy', since: 0 }];
    expect(spokenOfHeader({ ...ownerHeader, pending }, ownerHeader, t)).toEqual([
      'A request that this version does not know waits: Buy',
    ]);
  });

  it('decide what the control key does', () => {
    const key = (control: PanelHeader['control'], truth: PanelHeader['truth'] = { kind: 'live' }) =>
      controlKeyAction(standing({ truth, control }));
    expect(key({ kind: 'mine' })).toBe('release');
    expect(key({ kind: 'mine' }, relay)).toBeUndefined();
    expect(key({ kind: 'free' })).toBe('request');
    const other = { kind: 'other', name: 'Ada', canTake: false } as const;
    expect(key({ ...other, place: 0, canRequest: true })).toBe('request');
    expect(key({ ...other, place: 1, canRequest: true })).toBeUndefined();
    expect(key({ kind: 'watching', reason: 'viewer' })).toBeUndefined();
  });
});

describe('answers to questions', () => {
  const one = { question: 'One?', options: [{ label: 'A' }, { label: 'B' }] };
  const many = { question: 'Many?', multiSelect: true, options: [{ label: 'A' }, { label: 'B' }] };
  const none = { options: new Set<number>() };

  it('are complete only when each question has one', () => {
    const choice = toggleOption(one, none, 1);
    expect(answersOf([one, many], [choice])).toBeUndefined();
    const both = toggleOption(many, toggleOption(many, none, 1), 0);
    expect(answersOf([one, many], [choice, both])).toEqual({
      answers: { 'One?': 'B', 'Many?': 'A, B' },
      content: { 'One?': 'B', 'Many?': ['A', 'B'] },
    });
  });

  it('take own words, but not empty ones', () => {
    const other = toggleOther(one, toggleOption(one, none, 0));
    expect(other.options.size).toBe(0);
    expect(answersOf([one], [other])).toBeUndefined();
    const mine = { ...other, other: ' mine ' };
    expect(answersOf([one], [mine])).toMatchObject({ content: { 'One?': 'mine' } });
    // One answer is wanted: an option takes the place of the words.
    expect(answersOf([one], [toggleOption(one, mine, 1)])).toMatchObject({
      content: { 'One?': 'B' },
    });
  });

  it('drop an option that is chosen twice where several may be chosen', () => {
    expect(toggleOption(many, toggleOption(many, none, 0), 0).options.size).toBe(0);
  });
});

describe('earlier prompts', () => {
  it('come back by arrow keys, while the composer holds nothing of its own', () => {
    const prompts = ['one', 'two'];
    expect(recall(prompts, '', 'older')).toBe('two');
    expect(recall(prompts, 'two', 'older')).toBe('one');
    expect(recall(prompts, 'one', 'older')).toBeUndefined();
    expect(recall(prompts, 'one', 'newer')).toBe('two');
    expect(recall(prompts, 'two', 'newer')).toBe('');
    expect(recall(prompts, '', 'newer')).toBeUndefined();
    expect(recall(prompts, 'my own words', 'older')).toBeUndefined();
  });

  it('are those of this person', () => {
    const model = new TranscriptModel();
    model.replace(sampleEntries());
    expect(ownPrompts(model.rows, 'bo')).toEqual(['And the tests?']);
    expect(ownPrompts(model.rows, undefined)).toEqual([]);
  });
});

describe('formats', () => {
  it('are short and have their units', () => {
    expect([formatBytes(900), formatBytes(1_258_291)]).toEqual(['900 B', '1.2 MB']);
    expect([formatDuration(400), formatDuration(83_000), formatDuration(3_600_000)]).toEqual([
      '0.4 s',
      '1 m 23 s',
      '1 h',
    ]);
    expect([formatAge(12_900), formatAge(200_000), formatAge(90_000_000)]).toEqual([
      '12 s',
      '3 m',
      '1 d',
    ]);
    expect([formatTokens(999), formatTokens(12_300), formatTokens(1_200_000)]).toEqual([
      '999',
      '12.3k',
      '1.2M',
    ]);
    expect([formatCost(0.004), formatCost(1.234)]).toEqual(['$0.004', '$1.23']);
    expect(relativePath('/home/ada/shop/a.ts', '/home/ada/shop')).toBe('a.ts');
    expect(relativePath('/home/ada/shopping/a.ts', '/home/ada/shop')).toBe(
      '/home/ada/shopping/a.ts',
    );
  });
});

describe('tool heads', () => {
  it.each([
    [{ tool: 'Bash', input: { command: 'a\nb' } }, 'terminal', 'Bash', 'a …'],
    [
      { tool: 'Read', input: { file_path: '/p/x.ts', offset: 5, limit: 10 } },
      'file',
      'Read',
      'x.ts:5–14',
    ],
    [{ tool: 'Grep', input: { pattern: 'x', path: '/p/src' } }, 'search', 'Grep', 'x in src'],
    [{ tool: 'mcp__git__log', input: { n: 3 } }, 'plug', 'git › log', ''],
    [
      { tool: 'Agent', input: { description: 'Look', subagent_type: 'scout' } },
      'agent',
      'scout',
      'Look',
    ],
    [{ tool: 'Monitor', input: { description: 'the log' } }, 'eye', 'Watch', 'the log'],
    [{ tool: 'CronCreate', input: { cron: '* * *', prompt: 'a\nb' } }, 'clock', 'New timer', 'a …'],
    [{ tool: 'ExitPlanMode', input: {} }, 'list', 'Plan', ''],
    [{ tool: 'WebFetch', input: { url: 'https://x' } }, 'globe', 'WebFetch', 'https://x'],
    [
      { tool: 'AskUserQuestion', input: { questions: [{ question: 'Which?' }] } },
      'question',
      'Question',
      'Which?',
    ],
    [{ tool: 'TodoWrite', input: { todos: [{}, {}] } }, 'list', 'Checklist', '2 items'],
    [{ tool: 'Nova', input: { what: 'new' } }, 'plug', 'Nova', 'new'],
    [{ tool: 'Nova', input: null }, 'plug', 'Nova', ''],
  ])('of %o', (call, icon, title, subtitle) => {
    const view = toolView(call.tool, call.input);
    expect(describeTool({ ...call, view }, '/p', t)).toMatchObject({ icon, title, subtitle });
  });

  it('spell the rules that would be remembered', () => {
    const rules = [{ toolName: 'Bash', ruleContent: 'npm test:*' }, { toolName: 'Read' }];
    expect(suggestionText({ type: 'addRules', rules })).toBe('Bash(npm test:*), Read');
    expect(suggestionText({ type: 'setMode', mode: 'acceptEdits' })).toBe(
      'Change files of the folder without asking',
    );
    expect(suggestionText({ odd: 1 })).toBe('{"odd":1}');
  });
});

describe('strings', () => {
  it('are listed once each', () => {
    expect(new Set(PANEL_STRINGS).size).toBe(PANEL_STRINGS.length);
  });

  it('leave a place alone that has no value', () => {
    expect(translate({}, '{0} of {1} done', [1])).toBe('1 of {1} done');
  });
});

describe('a time', () => {
  it('is left out when it is none, and survives a locale that is none', () => {
    expect(formatClock(1e300, 'en')).toBe('');
    expect(formatClock(0, '???')).toMatch(/\d/);
  });
});

describe('deceptive characters', () => {
  it.each([
    ['a right-to-left override', 'user\u202egpj.exe', 'user⟨U+202E⟩gpj.exe'],
    ['a filler without a picture', 'rm\u3164-rf', 'rm⟨U+3164⟩-rf'],
    ['a soft hyphen', 'pay\u00adpal', 'pay⟨U+00AD⟩pal'],
    ['a line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['words in tags', `ok${String.fromCodePoint(0xe0072, 0xe006d)}`, 'ok⟨U+E0072⟩⟨U+E006D⟩'],
  ])('are spelled: %s', (_, text, shown) => {
    expect(showDeceptive(text)).toBe(shown);
  });

  it.each([
    ['emoji of several', '👩‍👩‍👧 👍🏽 ❤️'],
    ['the flag of Scotland', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['Persian with a joiner', 'می‌خواهم'],
    ['Hebrew with marks of direction', 'שלום\u200f!'],
    ['tabs and line feeds', 'a\tb\nc'],
  ])('are not found in %s', (_, text) => {
    expect(showDeceptive(text)).toBe(text);
  });

  it('are spelled in what is filled into a sentence, and in the head of a tool', () => {
    expect(t('{0} has control', 'Ada\u202e')).toBe('Ada⟨U+202E⟩ has control');
    const head = describeTool(
      { tool: 'Edit', input: { file_path: 'a\u202eb' }, view: toolView('Edit', {}) },
      undefined,
      t,
    );
    expect(head.subtitle).toBe('a⟨U+202E⟩b');
  });

  it('are found in a megabyte at once', () => {
    const text = '\u{1f3f4}'.repeat(200) + '\u{e0061}'.repeat(300_000);
    expect(busyMs(() => showDeceptive(text))).toBeLessThan(2000);
  });
});

describe('initialsOf', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['root (2)', 'R'],
    ['李 雷', '李雷'],
    ['(2)', '('],
  ])('of “%s” are %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
