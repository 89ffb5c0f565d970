// How the lines of a transcript hang together: which follow from which, and how many ends the conversation has.
import * as z from 'zod/mini';
import { jsonField } from '../wire/jsonField.ts';
import type { Json } from '../../protocol/json.ts';

const placedSchema = z.looseObject({
  type: z.string(),
  uuid: z.string(),
  parentUuid: z.nullish(z.string()),
  /** After a compaction the chain begins anew, and says what went before. */
  logicalParentUuid: z.nullish(z.string()),
  isSidechain: z.optional(z.boolean()),
  isMeta: z.optional(z.boolean()),
  isCompactSummary: z.optional(z.boolean()),
  entrypoint: z.optional(z.string()),
  timestamp: z.optional(z.string()),
});

/** A line that has a place among others. */
export type PlacedLine = z.infer<typeof placedSchema> & {
  /** Somebody's prompt, or a command: what a turn begins with. */
  readonly isPrompt: boolean;
};

/** The place of a line; undefined for bookkeeping and for subagents of old versions. */
export function placeOf(line: Json): PlacedLine | undefined {
  const parsed = placedSchema.safeParse(line);
  if (!parsed.success || parsed.data.isSidechain === true) return undefined;
  return { ...parsed.data, isPrompt: isPrompt(line, parsed.data) };
}

function isPrompt(line: Json, place: z.infer<typeof placedSchema>): boolean {
  if (place.type !== 'user' || place.isMeta === true || place.isCompactSummary === true)
    return false;
  const content = jsonField(jsonField(line, 'message'), 'content');
  if (typeof content === 'string') return true;
  return (
    Array.isArray(content) && !content.some((part) => jsonField(part, 'type') === 'tool_result')
  );
}

/** What a line follows from. */
export function parentOf({ parentUuid, logicalParentUuid }: PlacedLine): string {
  return parentUuid ?? logicalParentUuid ?? ROOT;
}

const ROOT = '';

/**
 * Counts the ends of a conversation. Who takes a prompt back in a terminal leaves an end behind, too:
 * only where an end goes on that was left, or another kind of program goes on elsewhere, do several write.
 */
export class LineTree {
  /** The prompt that a line belongs to. */
  private readonly turns = new Map<string, string>();
  private readonly followed = new Set<string>();
  private readonly left = new Set<string>();
  private readonly grown = new Set<string>();
  private readonly programs = new Map<string, string | undefined>();
  private tip = ROOT;
  private count = 1;
  private hasSeveral = false;

  /** Ends of the conversation; 1 as long as nothing says that several write it. */
  get branches(): number {
    return this.hasSeveral ? this.count : 1;
  }

  /** All its ends, whoever left them. */
  get ends(): number {
    return this.count;
  }

  /** Takes the next line of the file; one that is there already changes nothing. */
  add(line: PlacedLine): void {
    const { uuid, isPrompt, entrypoint } = line;
    if (this.turns.has(uuid)) return;
    const from = this.turns.get(parentOf(line)) ?? ROOT;
    this.turns.set(uuid, isPrompt ? uuid : from);
    if (!isPrompt) return this.grow(line.type, from);
    this.programs.set(uuid, entrypoint);
    if (this.followed.has(from)) this.count += 1;
    this.followed.add(from);
    if (from !== this.tip) {
      if (this.left.delete(from) || this.programs.get(this.tip) !== entrypoint)
        this.hasSeveral = true;
      this.left.add(this.tip);
    }
    this.tip = uuid;
  }

  /** A turn that goes on after another prompt has followed from it has two ends. */
  private grow(type: string, turn: string): void {
    const isFollowed = this.followed.has(turn) && turn !== this.tip;
    if (type !== 'assistant' || turn === ROOT || !isFollowed || this.grown.has(turn)) return;
    this.grown.add(turn);
    this.count += 1;
  }
}
