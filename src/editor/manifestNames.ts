// Ids that the manifest and the code share: views, commands, context keys, storage keys.
import { PRODUCT_ID } from '../base/product.ts';

/** Ids of views; the same stand in package.json. */
export const VIEW = {
  sessions: `${PRODUCT_ID}.sessions`,
  people: `${PRODUCT_ID}.people`,
  panel: `${PRODUCT_ID}.panel`,
} as const;

/** Short names of all commands, in the order of the manifest. */
export const COMMANDS = [
  'startSession',
  'openSession',
  'joinWithLink',
  'share',
  'stopSharing',
  'copyLink',
  'leave',
  'requestControl',
  'giveControl',
  'takeBack',
  'releaseControl',
  'toggleControl',
  'allowControl',
  'makeViewer',
  'removePerson',
  'interrupt',
  'rename',
  'settleWriters',
  'setFolder',
  'endSession',
  'continueHere',
  'forkHere',
  'archive',
  'unarchive',
  'pin',
  'unpin',
  'removeFromList',
  'searchSessions',
  'filterSessions',
  'clearFilter',
  'stopAllSessions',
  'replaceHost',
  'keepHost',
  'showMore',
  'showLog',
] as const;

/** Short name of a command. */
export type CommandName = (typeof COMMANDS)[number];

/** Full id of a command or context key. */
export function fullName(name: string): string {
  return `${PRODUCT_ID}.${name}`;
}

/** Scheme of read-only documents made from entries. */
export const ENTRY_SCHEME = `${PRODUCT_ID}-entry`;
