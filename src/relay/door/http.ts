// The relay's HTTP side: claims, questions about a room, the join page, health.
import { say } from '../../base/say.ts';
import { parseJson } from '../../protocol/json.ts';
import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, isAppError } from '../../base/errors.ts';
import { type Logger, errorText } from '../../base/log.ts';
import { hashToken } from '../../crypto/admissionToken.ts';
import { claimRequestSchema } from '../../protocol/claim.ts';
import { isRoomId } from '../../protocol/documentNames.ts';
import type { Addresses } from './addresses.ts';
import type { Claims } from './claims.ts';
import { shortName } from '../documents/documents.ts';
import {
  accessKeyRefused,
  badClaim,
  claimConflict,
  hostRefused,
  noSuchRoute,
  notAdmitted,
  requestTooLarge,
  tooManyRequests,
} from '../errors.ts';
import { clientOf, isDirectLoopback, isFromPage } from './hostNames.ts';
import { answerStatic, type StaticFile } from './staticFile.ts';
import type { RelayLimits } from '../relayLimits.ts';

/** What the HTTP side is made of. */
export interface HttpOptions {
  readonly claims: Claims;
  readonly addresses: Addresses;
  readonly limits: RelayLimits;
  readonly log: Logger;
  readonly page: StaticFile;
  readonly accessKey: string | undefined;
  /** Whether the relay answers under this `Host` header. */
  readonly isHostAllowed: (host: string | undefined) => boolean;
}

/** Pages of any origin may ask: a token decides, and none is sent by itself. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-private-network': 'true',
  'access-control-max-age': '600',
};

const STATUS: Readonly<Partial<Record<AppError['code'], number>>> = {
  'relay-bad-request': 400,
  'relay-refused': 403,
  'relay-claim-conflict': 409,
  'too-large': 413,
  'too-many': 429,
};

/** Makes the request listener of the relay's HTTP server; answers every request. */
export function createHttpHandler(
  options: HttpOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    response.on('error', () => undefined);
    route(request, response, options).catch((error: unknown) => {
      if (isAppError(error)) {
        // With a cause it is the relay's own trouble, not the asker's.
        if (error.cause) options.log.error('a request failed', { error: errorText(error.cause) });
        return sendError(response, error);
      }
      // Whoever hangs up in the middle must not fill the log.
      if (request.errored) return undefined;
      options.log.error('a request failed', { error: errorText(error) });
      return sendJson(response, 500, { code: 'internal', message: 'The relay failed.' });
    });
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  if (!options.isHostAllowed(request.headers.host)) throw hostRefused();
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const room = /^\/-\/rooms\/([^/]+)$/.exec(path)?.[1];
  if (room !== undefined && isRoomId(room)) return routeRoom(request, response, room, options);
  if (request.method !== 'GET' && request.method !== 'HEAD') throw noSuchRoute();
  switch (path) {
    case '/healthz':
      return sendJson(response, 200, { ok: true });
    case '/':
      // Relative: a proxy may serve the relay below a path.
      response.writeHead(302, { location: 'join', 'cache-control': 'no-cache' }).end();
      return undefined;
    case '/join':
      return answerStatic(request, response, options.page);
    default:
      return sendJson(response, 404, errorBody(noSuchRoute()));
  }
}

async function routeRoom(
  request: IncomingMessage,
  response: ServerResponse,
  room: string,
  options: HttpOptions,
): Promise<void> {
  if (!options.addresses.takeRequest(clientOf(request))) throw tooManyRequests();
  switch (request.method) {
    case 'OPTIONS':
      response.writeHead(204, CORS).end();
      return undefined;
    case 'GET':
      return answerHolder(request, response, room, options);
    case 'PUT':
      return takeClaim(request, response, room, options);
    default:
      throw noSuchRoute();
  }
}

async function answerHolder(
  request: IncomingMessage,
  response: ServerResponse,
  room: string,
  options: HttpOptions,
): Promise<void> {
  const token = bearerOf(request);
  const tokenHash = token === undefined ? undefined : await hashToken(token);
  const holder = await options.claims.holder(room, {
    tokenHash,
    isDirect: isDirectLoopback(request),
    isFromPage: isFromPage(request),
  });
  if (!holder) return sendJson(response, 403, errorBody(notAdmitted()), CORS);
  return sendJson(response, 200, holder, CORS);
}

async function takeClaim(
  request: IncomingMessage,
  response: ServerResponse,
  room: string,
  options: HttpOptions,
): Promise<void> {
  const { accessKey, claims, limits, log } = options;
  if (accessKey !== undefined && !isSameText(bearerOf(request) ?? '', accessKey)) {
    throw accessKeyRefused();
  }
  const body = claimRequestSchema.safeParse(parseJson(await readBody(request, limits.claimBytes)));
  if (!body.success) throw badClaim(say`it is not in the form of a claim`);
  const outcome = await claims.claim(room, body.data);
  if (outcome.kind === 'conflict') {
    const parts = { ...errorBody(claimConflict()), ...outcome.conflict };
    return sendJson(response, 409, parts);
  }
  const { term, boot, rev, tokens } = outcome.claim;
  log.info('room claimed', { room: shortName(room), term, rev, tokens: tokens.length });
  return sendJson(response, 200, { term, boot, rev });
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Without an encoding, a request yields Buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw requestTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,256})$/.exec(request.headers.authorization ?? '')?.[1];
}

function isSameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function errorBody(error: AppError): { readonly code: string; readonly message: string } {
  return { code: error.code, message: error.message };
}

function sendError(response: ServerResponse, error: AppError): void {
  // The rest of a body that is not wanted is not read either.
  sendJson(response, STATUS[error.code] ?? 500, errorBody(error), { ...CORS, connection: 'close' });
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
