// The friendly part of the demo model: plain phrases a person may type play small scenes.
import { COLOR_QUESTION, DEMO_PLAN, type Reply, type ReplyBlock, toolCall } from './demoReply.ts';
import type { DemoPromptState } from './demoRequest.ts';

interface Scene {
  readonly when: RegExp;
  /** Its steps say themselves what comes after a no. */
  readonly hearsNo?: boolean;
  /** The steps in order; a tool call ends a step, its result begins the next. */
  readonly steps: readonly ((state: DemoPromptState) => readonly ReplyBlock[])[];
}

const say = (text: string): ReplyBlock => ({ kind: 'text', text });
const think = (text: string): ReplyBlock => ({ kind: 'thinking', text });
const inFolder = (state: DemoPromptState, name: string): string =>
  state.cwd === undefined ? name : `${state.cwd}/${name}`;

const SCENES: readonly Scene[] = [
  {
    // Before all others: a plan may be one to write, make or fix something.
    when: /\bplan\b/i,
    hearsNo: true,
    steps: [
      () => [
        say('I look first, and change nothing before you agree.'),
        toolCall('EnterPlanMode', {}),
      ],
      () => [say('Here is what I would do.'), toolCall('ExitPlanMode', DEMO_PLAN)],
      (state) =>
        state.lastToolFailed
          ? [say('I go on planning. Say what should change: **make a plan that …**')]
          : [
              say('Then I begin, and write down what we have agreed on.'),
              toolCall('Write', {
                file_path: inFolder(state, 'PLAN.md'),
                content: DEMO_PLAN.plan,
              }),
            ],
      () => [say('The plan is settled.')],
    ],
  },
  {
    when: /\b(fix|repair|bug)\b/i,
    steps: [
      (state) => [
        think(
          'The greeting forgets the name. I read the file, change one line, and run the tests.',
        ),
        say('I look at the greeting first.'),
        toolCall('Read', { file_path: inFolder(state, 'greet.js') }),
      ],
      (state) => [
        say('The name is missing from the text. One line changes.'),
        toolCall('Edit', {
          file_path: inFolder(state, 'greet.js'),
          old_string: 'return `Hello!`;',
          new_string: 'return `Hello, ${name}!`;',
        }),
      ],
      () => [
        say('Now the tests.'),
        toolCall('Bash', { command: 'node --test', description: 'Run the tests' }),
      ],
      () => [
        say('Fixed: `greet` says the name again, and the tests have run. See their output above.'),
      ],
    ],
  },
  {
    when: /\btests?\b/i,
    steps: [
      () => [
        say('I run the tests of this folder.'),
        toolCall('Bash', { command: 'node --test', description: 'Run the tests' }),
      ],
      () => [
        say('The tests have run; their output stands above. Type **fix the bug** to see an edit.'),
      ],
    ],
  },
  {
    when: /\b(list|show|files?|folder|what is here)\b/i,
    steps: [
      () => [
        say('I look into the folder.'),
        toolCall('Bash', { command: 'ls -la', description: 'List the folder' }),
      ],
      () => [say('That is all there is: a small project to try things on.')],
    ],
  },
  {
    when: /\b(write|create|make|notes?)\b/i,
    steps: [
      (state) => [
        say('I write a short note.'),
        toolCall('Write', {
          file_path: inFolder(state, 'NOTES.md'),
          content: '# Notes\n\nWritten by the demo model.\n',
        }),
      ],
      () => [say('`NOTES.md` is written.')],
    ],
  },
  {
    when: /\b(ask|question|choose|colou?r)\b/i,
    steps: [
      () => [say('One question first.'), toolCall('AskUserQuestion', COLOR_QUESTION)],
      () => [
        say(
          'Thank you, I have your answer. Everybody in the session saw the question and who answered it.',
        ),
      ],
    ],
  },
  {
    when: /\b(story|long|slow|stream)\b/i,
    steps: [() => [say(story())]],
  },
];

function story(): string {
  const lines = [
    'A ship with two helms needs a rule: one hand steers, every eye watches.',
    'Ada steers from her desk. Ben watches from a train, Chen from a tablet on the sofa.',
    'Ben sees the reef first and asks for the helm. Ada gives it, and everybody sees that she did.',
    'He turns, he hands it back, and the log says who turned, and when.',
    'Nobody shouted over anybody, nothing was lost when the train went through the tunnel,',
    'and the ship came home.',
  ];
  return lines.map((line, i) => `${i + 1}. ${line}`).join('\n');
}

function greeting(prompt: string): string {
  const said = prompt.length > 80 ? `${prompt.slice(0, 80)}…` : prompt;
  return [
    `You said: “${said.replaceAll('\n', ' ')}”`,
    '',
    'I am the **demo model**: a script on this computer that stands in for the real one, so nothing',
    'leaves it and nothing costs anything. Everything around me is real. Try one of these:',
    '',
    '- `run the tests` asks for a permission and runs a command',
    '- `fix the bug` reads, edits and tests a file',
    '- `list the files`, `write a note`',
    '- `ask me something`, `make a plan`',
    '- `tell me a story` streams a longer text',
  ].join('\n');
}

/** The answer to a prompt without directives. */
export function storyReply(state: DemoPromptState): Reply {
  const scene = SCENES.find(({ when }) => when.test(state.prompt));
  if (scene === undefined || state.step >= scene.steps.length) {
    return { blocks: [say(state.step > 0 ? 'Done.' : greeting(state.prompt))] };
  }
  const isBetween = state.step > 0 && state.step < scene.steps.length - 1;
  if (state.lastToolFailed && isBetween && scene.hearsNo !== true) {
    return { blocks: [say('That step did not go through, so I stop here.')] };
  }
  return { blocks: scene.steps[state.step]?.(state) ?? [] };
}
