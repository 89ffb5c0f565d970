// The protocol's version and its key labels, and what is to be done about somebody of other versions.

/** Versions of the protocol that this build reads, newest last. */
export const PROTOCOL_VERSIONS: readonly number[] = [1, 2];
/** [S11] What a host of this build writes: 2 is 1 with entries that may be deflated. */
export const WRITTEN_VERSIONS: readonly number[] = [2];
/** Version of links and labels. */
export const PROTOCOL_VERSION = 1;
/** Prefix of every key derivation and signature label: neutral, so that the product can be renamed. */
export const LABEL = 'th/1';
/** WebSocket subprotocol that a relay of ours selects; the second offered value is the admission token. */
export const SUBPROTOCOL = 'th.1';

/** [V1] The side that has to be updated because its newest version is the older one; undefined if both speak a version. */
export function sideToUpdate(theirs: readonly number[]): 'here' | 'there' | undefined {
  if (theirs.some((version) => PROTOCOL_VERSIONS.includes(version))) return undefined;
  return Math.max(...theirs, 0) > Math.max(...PROTOCOL_VERSIONS) ? 'here' : 'there';
}
