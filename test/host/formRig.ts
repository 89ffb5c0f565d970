// A session whose project has a server that asks with forms; and how they are answered.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seenOf } from '../../src/client/prompts/seen.ts';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import type { Guest, HostRig } from './hostRig.ts';

const SERVER = join(import.meta.dirname, '../../tools/demo/formServer.ts');

/** The server of a project. */
export interface FormServer {
  /** SIGUSR2: it takes back what it asks; SIGURG: it says that all is done at its address. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Every answer that it got, as JSON. */
  readonly answers: () => readonly string[];
}

/** Names the server in the project, lets it be used unasked, and gives what kills it or lets it speak. */
export function withFormServer(rig: HostRig): FormServer {
  const pidFile = join(rig.folder, 'form-server.pid');
  const answersFile = join(rig.folder, 'form-answers');
  writeFileSync(answersFile, '');
  const forms = {
    command: process.execPath,
    args: [SERVER],
    env: { FORMS_PID: pidFile, FORMS_ANSWERS: answersFile },
  };
  writeFileSync(join(rig.project, '.mcp.json'), JSON.stringify({ mcpServers: { forms } }));
  const settings = {
    permissions: { defaultMode: 'default', allow: ['mcp__forms'] },
    enableAllProjectMcpServers: true,
  };
  const configDir = rig.env['CLAUDE_CONFIG_DIR'] ?? '';
  writeFileSync(join(configDir, 'settings.json'), JSON.stringify(settings));
  return {
    signal: (name) => process.kill(Number(readFileSync(pidFile, 'utf8')), name),
    answers: () => readFileSync(answersFile, 'utf8').trim().split('\n'),
  };
}

/** The directive by which the demo model lets a tool of the server ask. */
export function asking(form: string, tool = 'ask'): string {
  return `[[tool:mcp__forms__${tool}:{"form":"${form}"}]]`;
}

/** The newest request that waits. */
export async function waitingForm(who: Guest, count = 1): Promise<EntryOf<'request'>> {
  await who.until('a form waits', () => who.state.pending.length === count);
  const requestId = who.state.pending.at(-1)?.requestId;
  const find = (): EntryOf<'request'> | undefined =>
    who.ofKind('request').find((one) => one.requestId === requestId);
  await who.until('its entry is there', () => find() !== undefined);
  const found = find();
  if (found === undefined) throw new Error('invariant');
  return found;
}

/** Answers as a page does that shows all of it. */
export async function answerForm(
  who: Guest,
  request: EntryOf<'request'>,
  answer: Pick<CommandArgs<'answer'>, 'behavior' | 'content' | 'open' | 'answers' | 'message'>,
): Promise<void> {
  const { requestId, inputHash } = request;
  const seen = answer.behavior === 'allow' ? await seenOf(request) : undefined;
  await who.view.request('answer', {
    ...{ requestId, inputHash, ...answer },
    ...(seen === undefined ? {} : { seen }),
  });
}

/** What the tool that asked has told the agent. */
export function toldAgent(who: Guest): string {
  return who.ofKind('tool-result').at(-1)?.text ?? '';
}
