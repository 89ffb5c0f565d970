// What a panel says to whoever serves it. Apart from panel.ts, so that the page does without a schema that it never reads by.
import * as z from 'zod/mini';
import { jsonSchema } from '../json.ts';
import { writersChoiceSchema } from '../state.ts';
import { choiceListSchema } from './choices.ts';

/** From the panel to the extension. */
export const fromPanelSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('ping'), n: z.number() }),
  /** With all that is attached. */
  z.object({ type: z.literal('prompt'), text: z.string() }),
  z.object({
    type: z.literal('attach'),
    /** Chosen by the panel. */
    id: z.string(),
    use: z.enum(['picture', 'file']),
    name: z.string(),
    base64: z.string(),
    thumb: z.optional(z.string()),
    note: z.optional(z.string()),
  }),
  z.object({ type: z.literal('detach'), id: z.string() }),
  /** Takes a prompt back that is still on its way. */
  z.object({ type: z.literal('cancel'), id: z.string() }),
  z.object({
    type: z.literal('answer'),
    requestId: z.string(),
    inputHash: z.string(),
    /** To allow: all of it was on the screen. */
    isWhole: z.optional(z.boolean()),
    /** To allow without: the owner was asked. */
    unseen: z.optional(z.boolean()),
    behavior: z.enum(['allow', 'deny']),
    message: z.optional(z.string()),
    answers: z.optional(z.record(z.string(), z.string())),
    content: z.optional(jsonSchema),
    /** Opens the form's address on the session's computer. */
    open: z.optional(z.boolean()),
    remember: z.optional(z.array(z.number())),
    place: z.optional(z.string()),
    mode: z.optional(z.string()),
  }),
  z.object({ type: z.literal('cancel-queued'), promptId: z.string() }),
  /** Into the running turn. */
  z.object({ type: z.literal('send-queued'), promptId: z.string() }),
  z.object({ type: z.literal('release-queued'), promptId: z.string() }),
  /** The whole of a queued prompt. */
  z.object({ type: z.literal('read-queued'), promptId: z.string() }),
  z.object({
    type: z.literal('edit-queued'),
    promptId: z.string(),
    text: z.string(),
    /** Which of its pictures stay, by their places. */
    keep: z.array(z.number()),
    /** [Q8] What was read; absent where the host names none. */
    version: z.optional(z.string()),
  }),
  /** Without `before`: behind all. */
  z.object({
    type: z.literal('move-queued'),
    promptId: z.string(),
    before: z.optional(z.string()),
  }),
  z.object({ type: z.literal('resume-queue') }),
  z.object({ type: z.literal('clear-queue') }),
  z.object({ type: z.literal('stop-task'), taskId: z.string() }),
  z.object({ type: z.literal('interrupt') }),
  z.object({ type: z.literal('set-mode'), mode: z.string() }),
  z.object({ type: z.literal('set-model'), model: z.string() }),
  /** Empty: as the model does by itself. */
  z.object({ type: z.literal('set-effort'), effort: z.string() }),
  /** What may be chosen; `query`: what was typed of a path. */
  z.object({
    type: z.literal('look-up'),
    list: choiceListSchema,
    query: z.string(),
    /** Somebody wants to choose: an agent that does not run is started for it. */
    wake: z.optional(z.boolean()),
  }),
  /** The draft of another window, which was shown, goes on here. */
  z.object({ type: z.literal('take-draft'), id: z.string() }),
  /** Owners: another title. */
  z.object({ type: z.literal('rename'), title: z.string() }),
  /** How long it takes to the session's computer and back is measured now. */
  z.object({ type: z.literal('measure-way') }),
  /** The session goes on in another folder of its computer. */
  z.object({ type: z.literal('set-folder'), path: z.string() }),
  /** What becomes of others on the conversation. */
  z.object({
    type: z.literal('settle-writers'),
    choice: writersChoiceSchema,
    force: z.optional(z.literal(true)),
  }),
  z.object({
    type: z.literal('control'),
    action: z.enum(['request', 'take', 'release']),
  }),
  z.object({
    type: z.literal('give-control'),
    member: z.string(),
    window: z.string(),
  }),
  z.object({ type: z.literal('allow-control'), member: z.string() }),
  z.object({ type: z.literal('fetch-older') }),
  /** With a media type the blob is a picture, and comes as a data: URL. */
  z.object({
    type: z.literal('fetch-blob'),
    blob: z.string(),
    mediaType: z.optional(z.string()),
  }),
  /** Opens a long text or a diff in an editor. */
  z.object({ type: z.literal('open-entry'), index: z.number() }),
  /** Opens a file of the session's computer, if that is this one; `line` from 1. */
  z.object({ type: z.literal('open-file'), path: z.string(), line: z.optional(z.number()) }),
  /** [N3] Looks for a text in the whole transcript, below `before`. */
  z.object({ type: z.literal('find'), query: z.string(), before: z.optional(z.number()) }),
  /** Loads older entries until the one at this place is there. */
  z.object({ type: z.literal('fetch-until'), index: z.number() }),
  /** [N5] What stands around the changes of an entry. */
  z.object({ type: z.literal('fetch-context'), index: z.number() }),
  /** The whole transcript as Markdown. */
  z.object({ type: z.literal('export'), to: z.enum(['clipboard', 'file']) }),
  z.object({ type: z.literal('open-link'), url: z.string() }),
  z.object({ type: z.literal('copy'), text: z.string() }),
  /** Runs a command of the extension by its short name, e.g. 'share', 'stopSharing', 'leave'. */
  z.object({ type: z.literal('command'), name: z.string() }),
  /** The composer's text, kept across reloads. */
  z.object({ type: z.literal('draft'), text: z.string() }),
  z.object({ type: z.literal('typing') }),
  z.object({
    type: z.literal('forget'),
    id: z.string(),
    /** Its text is back in the composer: what went with it comes back too. */
    isBack: z.optional(z.boolean()),
  }),
  z.object({ type: z.literal('log'), level: z.enum(['warn', 'error']), text: z.string() }),
]);

export type FromPanel = z.infer<typeof fromPanelSchema>;
