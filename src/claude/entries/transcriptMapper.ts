// Maps the lines of a transcript file to entries with the ids that the live stream gives them; pure.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentFacts, ReportedEntry } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import type { PromptImage } from '../../protocol/entryParts.ts';
import type { Entry } from '../../protocol/transcript.ts';
import { inlineImages } from './inlineImages.ts';
import { CompactionHold } from './compactionHold.ts';
import { jsonField } from '../wire/jsonField.ts';
import { FirstPrompt } from './firstPrompt.ts';
import { transcriptAttachmentEntries, transcriptSystemEntries } from './transcriptLineEntries.ts';
import { type TranscriptLine, transcriptLineSchema } from '../wire/transcriptLine.ts';
import { messageEntries, timeOf } from './messageEntries.ts';
import { type MessageLine, messageLineSchema } from '../wire/messageLine.ts';
import { TodoTracker } from './todoTracker.ts';
import { branchName } from '../wire/branchName.ts';
import { unknownEntry } from './unknownEntry.ts';

/** Entries and facts of one line. */
export interface MappedLine {
  readonly entries: readonly Entry[];
  readonly facts: AgentFacts;
  /** The bytes of their images, by the id of the entry. */
  readonly images?: ReadonlyMap<string, readonly PromptImage[]>;
}

/** Line types that hold no conversation: bookkeeping of the CLI, or its own prompts. */
const NOISE = new Set([
  'queue-operation',
  'last-prompt',
  'agent-name',
  'agent-setting',
  'agent_metadata',
  'tag',
  'mode',
  'tools-used',
  'cost-state',
  'atis-latch',
  'file-history-snapshot',
  'file-history-delta',
  'api-request',
  'api-request-shape',
  'api-request-blob',
  'summary',
  'progress',
  'worktree-state',
  'pr-link',
]);

/** Maps the lines of one file. */
export interface TranscriptMapper {
  map(line: Json): MappedLine;
  /** What is held back for a line that may still come. */
  flush(): readonly Entry[];
}

/** A mapper for one file, fed in file order. `parent` names the subagent call that the file belongs to. */
export function createTranscriptMapper(options: {
  readonly now: () => number;
  readonly parent?: string;
}): TranscriptMapper {
  const hold = new CompactionHold();
  const todos = new TodoTracker();
  const first = new FirstPrompt();
  const mapLine = (json: Json): MappedLine => {
    const parsed = transcriptLineSchema.safeParse(json);
    if (!parsed.success) {
      return {
        entries: [...hold.release(), unknownEntry('malformed', json, { at: options.now() })],
        facts: {},
      };
    }
    const line = parsed.data;
    const at = timeOf(line.timestamp, options.now());
    const facts = factsOf(line);
    switch (line.type) {
      case 'user':
      case 'assistant': {
        const message = messageLineSchema.safeParse(json);
        if (!message.success) {
          return {
            entries: [...hold.release(), unknownEntry(line.type, json, { id: line.uuid, at })],
            facts,
          };
        }
        if (message.data.isCompactSummary === true) {
          return { entries: hold.summary(message.data), facts };
        }
        const entries = messageEntries(message.data, {
          now: options.now(),
          parent: options.parent ?? sidechainOf(message.data),
        });
        const images = imagesById(
          entries.map((entry) => ({
            entry,
            ...omitUndefined({ images: inlineImages(message.data, entry) }),
          })),
        );
        return { entries: [...hold.release(), ...entries], facts, ...omitUndefined({ images }) };
      }
      case 'system':
        return { entries: transcriptSystemEntries(json, line, at, hold), facts };
      case 'attachment': {
        const reported = transcriptAttachmentEntries(json, line, at);
        const entries = reported.map(({ entry }) => entry);
        return { entries, facts, ...omitUndefined({ images: imagesById(reported) }) };
      }
      default: {
        if (NOISE.has(line.type)) return { entries: [], facts };
        if (!looksLikeContent(line)) return { entries: [], facts };
        return {
          entries: [...hold.release(), unknownEntry(line.type, json, { id: line.uuid, at })],
          facts,
        };
      }
    }
  };
  const map = (json: Json): MappedLine => {
    const { entries, ...rest } = mapLine(json);
    const all = entries.flatMap((entry) => [entry, ...todos.follow(entry)]);
    // A subagent's prompt stands in the call that started it.
    const isMain = options.parent === undefined;
    return { entries: isMain ? first.order(jsonField(json, 'type'), all) : all, ...rest };
  };
  return { map, flush: () => [...first.release(), ...hold.release()] };
}

function imagesById(
  reported: readonly ReportedEntry[],
): ReadonlyMap<string, readonly PromptImage[]> | undefined {
  const withImages = reported.flatMap(({ entry, images }) =>
    images === undefined || images.length === 0 ? [] : [[entry.id, images] as const],
  );
  return withImages.length === 0 ? undefined : new Map(withImages);
}

/** Older versions wrote subagents into the conversation's own file, without the call they belong to. */
function sidechainOf(line: MessageLine): string | undefined {
  return line.isSidechain === true ? `sidechain:${line.agentId ?? ''}` : undefined;
}

function factsOf(line: TranscriptLine): AgentFacts {
  const title = line.type === 'custom-title' ? line.customTitle : undefined;
  const mode =
    line.type === 'permission-mode' || line.type === 'user' ? line.permissionMode : undefined;
  const branch = branchName(line.gitBranch);
  return omitUndefined({
    agentSessionId: line.sessionId,
    branch,
    agentVersion: line.version,
    title,
    mode,
  });
}

function looksLikeContent(line: TranscriptLine): boolean {
  return line.message !== undefined || line.content !== undefined;
}
