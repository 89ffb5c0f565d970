// Who is asking, and under which name: client addresses, loopback, the Host header.
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
/**
 * Names of headers by which proxies, tunnels and networks say for whom they ask, whoever's they are
 * (X-Forwarded-For, Forwarded, True-Client-IP, CF-Connecting-IP, X-Real-IP, WL-Proxy-Client-IP, …).
 */
const FORWARDING_HEADER =
  /forwarded|(?:client|connecting|real|remote|socket|user|source|origin(?:al|ating)?)[-_]?(?:ip|addr|host)|external-address|^(?:via|cdn-loop|x-proxy-.*|proxy-connection)$/;

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
  // A user name, a path or a query would hide another name from the comparison.
  if (header === undefined || /[@/\\?#]/.test(header)) return '';
  try {
    return new URL(`http://${header}`).hostname;
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
    !Object.keys(request.headers).some((name) => FORWARDING_HEADER.test(name))
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

/** Whom the limits are counted for. */
export interface Client {
  /** Address of the socket. */
  readonly peer: string;
  /**
   * Behind a proxy on this computer, the address that the proxy saw (the last of X-Forwarded-For),
   * else that of the socket. Networks of IPv6 count as one: each customer has at least a /64.
   */
  readonly address: string;
}

/** Whom the limits are counted for; a local program that lies in its headers still has its peer. */
export function clientOf(request: IncomingMessage): Client {
  const peer = peerOf(request.socket);
  if (!isLoopbackAddress(peer)) return { peer, address: peer };
  const forwarded = request.headers['x-forwarded-for'];
  const list = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '');
  const seen = list.split(',').at(-1)?.trim() ?? '';
  return { peer, address: seen === '' ? peer : networkOf(seen) };
}

/** The address of a socket that limits are counted for. */
export function peerOf(socket: { readonly remoteAddress?: string | undefined }): string {
  return networkOf(socket.remoteAddress ?? 'unknown');
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return networkOf(mapped);
  // A program may come from any of them.
  if (isIPv4(address) && isLoopbackAddress(address)) return '127.0.0.1';
  if (!isIPv6(address)) return address.slice(0, 64);
  if (address === '::1') return address;
  const [head = '', tail] = address.split('%', 1).join().split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (groups.length + after.length < 8) groups.push('0');
  return `${[...groups, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
