// Views of the calls in the samples: what an adapter would say of them.
import type { Json } from '../../src/protocol/json.ts';

/** A view as it travels. */
type ToolView = Readonly<Record<string, Json>>;

const READ: ToolView = {
  family: 'read',
  path: '/file_path',
  fromLine: '/offset',
  lineCount: '/limit',
};
const EDIT: ToolView = {
  family: 'edit',
  path: '/file_path',
  before: '/old_string',
  after: '/new_string',
};

/** By the sample's tool; a tool without one is shown by its name and its input. */
export const SAMPLE_VIEWS: Readonly<Record<string, ToolView>> = {
  Read: READ,
  Edit: EDIT,
  Write: { family: 'write', path: '/file_path', content: '/content' },
  Grep: { family: 'search', query: '/pattern', place: '/path' },
  Bash: { family: 'shell', command: '/command', description: '/description' },
  Agent: {
    family: 'agent',
    title: 'reviewer',
    description: '/description',
    prompt: '/prompt',
  },
  WebFetch: { family: 'web', subject: '/url' },
  mcp__github__create_issue: { family: 'mcp', title: 'github › create_issue' },
  AskUserQuestion: { family: 'question', subject: '/questions/0/question' },
  ExitPlanMode: { family: 'plan', plan: '/plan' },
};
