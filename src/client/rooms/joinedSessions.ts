// The sessions of others that this device has joined, with their links.
import * as z from 'zod/mini';
import type { Logger } from '../../base/log.ts';
import type { SessionSummary } from '../../protocol/state.ts';
import type { Truth } from '../../session/view.ts';
import type { SecretStorage } from '../storage.ts';
import { SecretList } from './secretList.ts';

/** A joined session. The link is a secret. */
export const joinedSessionSchema = z.looseObject({
  room: z.string(),
  link: z.string(),
  title: z.string(),
  computer: z.string(),
  joinedAt: z.number(),
});

export type JoinedSession = z.infer<typeof joinedSessionSchema>;

/** A session of somebody else that was joined here, as lists show it. */
export interface JoinedRow {
  readonly room: string;
  /** What was last seen of it; absent until its first state arrived. */
  readonly session?: SessionSummary;
  readonly title: string;
  readonly computer: string;
  /** How true what was last seen is; absent while no room of it is open here. */
  readonly connection?: Truth['kind'] | undefined;
}

/** Opens the list of joined sessions; the oldest of more than 50 is forgotten. */
export function joinedSessions(secrets: SecretStorage, log: Logger): SecretList<JoinedSession> {
  return new SecretList({ secrets, key: 'joined', schema: joinedSessionSchema, maxItems: 50, log });
}

/** A link that was given out from this window, so that it can be copied again. */
export const givenLinkSchema = z.looseObject({
  session: z.string(),
  role: z.string(),
  link: z.string(),
  /** Wall time, ms. */
  notAfter: z.number(),
});

export type GivenLink = z.infer<typeof givenLinkSchema>;

/** Opens the list of links that were given out. */
export function givenLinks(secrets: SecretStorage, log: Logger): SecretList<GivenLink> {
  return new SecretList({ secrets, key: 'given', schema: givenLinkSchema, maxItems: 100, log });
}
