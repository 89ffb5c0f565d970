// WebSocket close codes of the relay. 4400–4499 are final for y-websocket 3; everything else is retried.

/** Named close codes; the comments say who sees them. */
export const CLOSE = {
  /** A frame that is not a y-websocket message. Final. */
  badMessage: 4400,
  /** No admission: unknown or missing token. Final. */
  notAdmitted: 4401,
  /** The token was withdrawn while connected. Final. */
  revoked: 4403,
  /** No such room on this relay. Final. */
  noRoom: 4404,
  /** A document or frame over its limit. Final. */
  tooBig: 4413,
  /** Too many connections, messages or bytes from one address or member: come back later. */
  rateLimited: 4429,
  /** The reader is too slow: reconnect and sync again. */
  slowReader: 4503,
} as const;

/** Whether a client must not come back by itself after `code`. */
export function isFinalClose(code: number): boolean {
  return code >= 4400 && code <= 4499 && code !== CLOSE.rateLimited;
}
