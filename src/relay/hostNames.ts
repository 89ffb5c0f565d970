// Who is asking, and under which name: client addresses, loopback, the Host header.
import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
const FORWARDING_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via'] as const;

/** Whether an IP address is this computer. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** Whether a host to listen on is loopback only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host);
}

/** Host name of a `Host` header without port, lower case; '' if it is none. */
export function hostNameOf(header: string | undefined): string {
  try {
    return new URL(`http://${header ?? ''}`).hostname;
  } catch {
    return '';
  }
}

/**
 * Whether the request came straight from this computer: a tunnel or proxy also connects from
 * loopback, but names another host or says for whom it asks.
 */
export function isDirectLoopback(request: IncomingMessage): boolean {
  return (
    isLoopbackAddress(request.socket.remoteAddress ?? '') &&
    LOOPBACK_NAMES.has(hostNameOf(request.headers.host)) &&
    FORWARDING_HEADERS.every((name) => request.headers[name] === undefined)
  );
}

/** Whether a page asks: programs send no Origin. */
export function isFromPage(request: IncomingMessage): boolean {
  return request.headers.origin !== undefined;
}

/** Whether a `Host` header names loopback. */
export function isLoopbackName(header: string | undefined): boolean {
  return LOOPBACK_NAMES.has(hostNameOf(header));
}

/**
 * The address that limits are counted for. Behind a proxy on this computer it is the one that the
 * proxy saw (the last of X-Forwarded-For); a local program that lies there only moves its own limits.
 */
export function clientAddress(request: IncomingMessage): string {
  const peer = request.socket.remoteAddress ?? 'unknown';
  if (!isLoopbackAddress(peer)) return peer;
  const forwarded = request.headers['x-forwarded-for'];
  const list = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '');
  return list.split(',').at(-1)?.trim() || peer;
}
