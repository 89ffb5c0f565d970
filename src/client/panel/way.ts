// [H2] By which way a room is reached, as its link tells it.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { parseLink } from '../../protocol/link.ts';
import type { PanelWay } from '../../protocol/local/panel.ts';

const COMPUTER = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** Addresses of networks that nobody else reaches: RFC 1918, link-local, shared (100.64/10), unique local. */
const NETWORK_4 =
  /^(?:10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/;
const NETWORK_6 = /^\[(?:f[cd]|fe[89ab])[\da-f:]*\]$/;
const NETWORK_NAME = /\.(?:local|lan|home\.arpa|internal)$/;
const NETWORK = [NETWORK_4, NETWORK_6, NETWORK_NAME];

/** The way of a link; undefined if it is none. */
export function wayOf(link: string | undefined, roundTripMs?: number): PanelWay | undefined {
  if (link === undefined) return undefined;
  try {
    const { protocol, host, hostname } = new URL(parseLink(link).relay);
    const isSecure = protocol === 'wss:';
    const kind = COMPUTER.test(hostname)
      ? 'computer'
      : NETWORK.some((one) => one.test(hostname))
        ? 'network'
        : 'internet';
    return { kind, host, isSecure, ...omitUndefined({ roundTripMs }) };
  } catch {
    return undefined;
  }
}
