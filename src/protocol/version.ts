// The protocol's version and its key labels.

/** Versions of the protocol that this build speaks, newest last. A room keeps its version for life. */
export const PROTOCOL_VERSIONS: readonly number[] = [1];
/** Version that new rooms get. */
export const PROTOCOL_VERSION = 1;
/** Prefix of every key derivation and signature label: neutral, so that the product can be renamed. */
export const LABEL = 'th/1';
/** WebSocket subprotocol that a relay of ours selects; the second offered value is the admission token. */
export const SUBPROTOCOL = 'th.1';
