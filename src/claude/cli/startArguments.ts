// The command line of a hosted session.
import type { AgentProbe, AgentStartOptions } from '../../protocol/agent.ts';

/** Models, modes and ids. On Windows a script is started through a shell, to which other characters mean something. */
const PLAIN_WORD = /^[\w.:@/[\]-]{1,200}$/;

/** Whether a name of a model or a mode can be handed to the program. */
export function isPlainWord(word: string): boolean {
  return PLAIN_WORD.test(word) && !word.startsWith('-');
}

/** What the command line is made of. */
export interface StartArgumentsOptions {
  readonly start: Pick<AgentStartOptions, 'resume' | 'model' | 'mode' | 'effort'>;
  readonly features: AgentProbe['features'];
  /** Id of the conversation, new or resumed. */
  readonly sessionId: string;
  readonly hasMirror: boolean;
}

/** Arguments of the program, without its name. A model or mode that is no plain word is left out. */
export function startArguments(options: StartArgumentsOptions): string[] {
  const { start, features, sessionId, hasMirror } = options;
  const askMode = features.includes('mode-manual') ? 'manual' : 'default';
  const { model, mode, effort, resume } = start;
  return [
    '-p',
    '--input-format',
    'stream-json',
    '--output-format',
    'stream-json',
    '--verbose',
    '--include-partial-messages',
    '--permission-prompt-tool',
    'stdio',
    ...(hasMirror ? ['--session-mirror'] : []),
    ...(features.includes('replay') ? ['--replay-user-messages'] : []),
    // Without a choice of a person the owner's own settings count.
    ...(mode === undefined
      ? []
      : ['--permission-mode', mode === 'default' || !isPlainWord(mode) ? askMode : mode]),
    ...(model === undefined || !isPlainWord(model) ? [] : ['--model', model]),
    ...(effort === undefined || !isPlainWord(effort) ? [] : ['--effort', effort]),
    ...(resume === undefined ? ['--session-id', sessionId] : ['--resume', resume]),
  ];
}
