// What a panel is told: a view model, never keys or a Y.Doc. What it says is in fromPanel.ts.
import { sharingSchema } from '../link.ts';
import * as z from 'zod/mini';
import { choiceListSchema, choiceSchema, selectionSchema } from './choices.ts';
import { connectionKindSchema } from './connectionKind.ts';
import { changePlaceSchema, foundEntrySchema } from '../reading/foundEntries.ts';
import { roleSchema } from '../role.ts';
import {
  pendingSchema,
  problemSchema,
  queuedSchema,
  scopeSchema,
  sessionSummarySchema,
} from '../state.ts';
import { shownTextSchema } from '../entryParts.ts';
import { entrySchema } from '../transcript.ts';

/** A person in the header and the control bar. */
export const panelPersonSchema = z.object({
  member: z.string(),
  name: z.string(),
  device: z.string(),
  role: roleSchema,
  scopes: z.array(scopeSchema),
  present: z.boolean(),
  isMe: z.boolean(),
  hasControl: z.boolean(),
  asksControl: z.boolean(),
  /** The name looks like another's here, and has got a number. */
  alike: z.optional(z.boolean()),
});

/** The control bar: who has control, and what this window may do about it. */
export const panelControlSchema = z.discriminatedUnion('kind', [
  /** This window has it. */
  z.object({ kind: z.literal('mine') }),
  /** Another window of mine has it: typing here moves it. */
  z.object({ kind: z.literal('mine-elsewhere') }),
  z.object({
    kind: z.literal('other'),
    name: z.string(),
    /** Place in the queue from 1, 0 = not asked. */
    place: z.number(),
    canRequest: z.boolean(),
    canTake: z.boolean(),
  }),
  /** Nobody has it: a prompt takes it by itself. */
  z.object({ kind: z.literal('free') }),
  /** May not have it; `reason` says why. */
  z.object({
    kind: z.literal('watching'),
    reason: z.enum(['viewer', 'asked', 'suspended', 'read-only', 'joining', 'ended']),
  }),
]);

/** How true the picture is, with its age. */
export const panelTruthSchema = z.object({
  kind: connectionKindSchema,
  /** Ms since the computer's last sign of life, when the message was made. */
  ageMs: z.optional(z.number()),
  /** 'behind': entries that the relay holds back. */
  missing: z.optional(z.number()),
  /** 'behind': how long ago what comes was made, ms. */
  lateMs: z.optional(z.number()),
  /** Reason or error text. */
  text: z.optional(z.string()),
});

/** How the session is reached: through a relay on this computer, in this network, or elsewhere. */
export const panelWaySchema = z.object({
  kind: z.enum(['computer', 'network', 'internet']),
  /** Name of the relay, with its port if it has one of its own. */
  host: z.string(),
  /** With TLS. */
  isSecure: z.boolean(),
  /** From here to the session's computer and back, ms, as it was measured last. */
  roundTripMs: z.optional(z.number()),
});

/** Everything around the transcript. */
export const panelHeaderSchema = z.object({
  session: z.optional(sessionSummarySchema),
  truth: panelTruthSchema,
  way: z.optional(panelWaySchema),
  /** Wall time of the host when the message was made, ms; absent where it is not known. */
  hostNow: z.optional(z.number()),
  people: z.array(panelPersonSchema),
  control: panelControlSchema,
  /** Somebody asks for control and this window may give it. */
  controlRequests: z.array(z.object({ member: z.string(), window: z.string(), name: z.string() })),
  me: z.optional(panelPersonSchema),
  pending: z.array(pendingSchema),
  /** This member may answer pending requests. */
  canAnswer: z.boolean(),
  canInterrupt: z.boolean(),
  queue: z.array(queuedSchema),
  /** Prompts that wait besides those. */
  queueMore: z.optional(z.number()),
  sharing: z.optional(sharingSchema),
  /** How many links have no place for anybody new; owners are told. */
  fullLinks: z.optional(z.number()),
  problem: z.optional(problemSchema),
  /** fork, split, rollback, update: shown as a banner. */
  alarms: z.array(z.object({ kind: z.string(), text: z.string() })),
});

/** A prompt or answer of this window on its way. */
export const panelOutboxItemSchema = z.object({
  id: z.string(),
  kind: z.string(),
  /** Text of a prompt; request id of an answer. */
  text: z.string(),
  status: z.enum([
    'sending',
    'sent',
    'received',
    'running',
    'done',
    'rejected',
    'unknown',
    'expired',
  ]),
  message: z.optional(z.string()),
  code: z.optional(z.string()),
  at: z.number(),
  /** Pictures and files that go with a prompt … */
  attached: z.optional(z.number()),
  /** … and how far they are on their way. */
  progress: z.optional(z.object({ sentBytes: z.number(), totalBytes: z.number() })),
});

/** A picture or file in the composer. */
export const panelAttachmentSchema = z.object({
  id: z.string(),
  use: z.enum(['picture', 'file']),
  name: z.string(),
  bytes: z.number(),
  /** A small picture of it, as a data: URL. */
  thumb: z.optional(z.string()),
  /** What was done to it before it was attached. */
  note: z.optional(z.string()),
});

/** A picture of a queued prompt, by its size. */
export const queuedImageSchema = z.object({ mediaType: z.string(), totalBytes: z.number() });

const placed = z.object({ index: z.number(), entry: entrySchema });

/** From the extension to the panel. */
export const toPanelSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('init'),
    /** Translated strings by their English text. */
    strings: z.record(z.string(), z.string()),
    locale: z.string(),
    draft: z.string(),
  }),
  z.object({ type: z.literal('header'), header: panelHeaderSchema }),
  /** Replaces all entries. */
  z.object({
    type: z.literal('entries'),
    entries: z.array(placed),
    hasOlder: z.boolean(),
  }),
  /** New entries at the end. */
  z.object({ type: z.literal('append'), entries: z.array(placed) }),
  /** Older entries at the front. */
  z.object({ type: z.literal('prepend'), entries: z.array(placed), hasOlder: z.boolean() }),
  /** Replaces all streaming text. */
  z.object({ type: z.literal('live'), blocks: z.array(shownTextSchema) }),
  /** Adds text to one streaming block. */
  z.object({
    type: z.literal('live-append'),
    messageId: z.string(),
    block: z.number(),
    text: z.string(),
  }),
  z.object({ type: z.literal('outbox'), items: z.array(panelOutboxItemSchema) }),
  z.object({
    type: z.literal('blob'),
    blob: z.string(),
    text: z.optional(z.string()),
    error: z.optional(z.string()),
  }),
  /** The whole of a queued prompt, or why it is not to be had. */
  z.object({
    type: z.literal('queued'),
    promptId: z.string(),
    text: z.optional(z.string()),
    images: z.optional(z.array(queuedImageSchema)),
    version: z.optional(z.string()),
    error: z.optional(z.string()),
  }),
  /** [N3] Entries in which a text was found; `next`: below it nothing was looked at, 0: all was. */
  z.object({
    type: z.literal('found-entries'),
    query: z.string(),
    before: z.optional(z.number()),
    hits: z.array(foundEntrySchema),
    next: z.number(),
    error: z.optional(z.string()),
  }),
  /** [N5] What stands around the changes of the entry at a place in the log. */
  z.object({ type: z.literal('context'), index: z.number(), places: z.array(changePlaceSchema) }),
  /** What became of something that was asked for, in words; empty: nothing is to be said. */
  z.object({ type: z.literal('said'), text: z.string() }),
  /** Puts text back into the composer (a refused prompt), in front of what is there. */
  z.object({ type: z.literal('restore-draft'), text: z.string(), reason: z.string() }),
  /** Replaces all that is attached in the composer. */
  z.object({ type: z.literal('attachments'), attachments: z.array(panelAttachmentSchema) }),
  /** What may be chosen, or why that is not known; `more`: these are only the first. */
  z.object({
    type: z.literal('found'),
    list: choiceListSchema,
    query: z.string(),
    items: z.array(choiceSchema),
    more: z.optional(z.boolean()),
    error: z.optional(z.string()),
  }),
  /** What is selected in an editor of this window now; absent: nothing that the session can read. */
  z.object({ type: z.literal('selection'), selection: z.optional(selectionSchema) }),
  /** Drafts as they were kept: this window's own, and the newest of another window. */
  z.object({
    type: z.literal('drafts'),
    own: z.optional(z.string()),
    other: z.optional(z.object({ id: z.string(), text: z.string(), at: z.number() })),
    /** A newer version has kept one that this one cannot read. */
    isNewer: z.optional(z.boolean()),
  }),
  z.object({ type: z.literal('focus-composer') }),
  z.object({ type: z.literal('pong'), n: z.number() }),
]);

export type PanelPerson = z.infer<typeof panelPersonSchema>;
export type PanelControl = z.infer<typeof panelControlSchema>;
export type PanelWay = z.infer<typeof panelWaySchema>;
export type PanelTruth = z.infer<typeof panelTruthSchema>;
export type PanelHeader = z.infer<typeof panelHeaderSchema>;
export type PanelOutboxItem = z.infer<typeof panelOutboxItemSchema>;
export type PanelAttachment = z.infer<typeof panelAttachmentSchema>;
export type PanelEntry = z.infer<typeof placed>;
export type ToPanel = z.infer<typeof toPanelSchema>;
/** Messages that are true only together: a panel applies all of them at once, in their order. */
export type Picture = readonly ToPanel[];
