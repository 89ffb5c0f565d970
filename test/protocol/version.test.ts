// The protocol's version: a schema that changes is named here, with what is to be done about it.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { RECORD_FLAG, RECORD_TYPE } from '../../src/protocol/room.ts';
import {
  LABEL,
  PROTOCOL_VERSION,
  PROTOCOL_VERSIONS,
  sideToUpdate,
  SUBPROTOCOL,
  WRITTEN_VERSIONS,
} from '../../src/protocol/version.ts';
import { jsonSchemaOf, TRAVELLING } from './travellingSchemas.ts';

/** Hashes of what travels, by version and name. */
const PINNED: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: {
    ack: '56c89f4cd3fdacc1',
    'args.admit': '1030ff2f80a1be40',
    'args.answer': '286749e2939498cb',
    'args.archive': '5a6f7b210939bbdf',
    'args.cancel-queued': 'ea222dfe6c129736',
    'args.clear-queue': '72d9807a18d37ea8',
    'args.continue': '6bdd4aee1d0ef9fd',
    'args.edit-queued': '18c60cf2c4af9bc5',
    'args.end': 'd95dd55a4177a351',
    'args.fetch': '4c222add87b873ae',
    'args.fetch-sessions': 'c52748f4c6c38042',
    'args.focus-grant': '2903ca98ec1484aa',
    'args.focus-release': '72d9807a18d37ea8',
    'args.focus-request': '72d9807a18d37ea8',
    'args.focus-take': '72d9807a18d37ea8',
    'args.fork': '6bdd4aee1d0ef9fd',
    'args.interrupt': '72d9807a18d37ea8',
    'args.leave': '72d9807a18d37ea8',
    'args.move-queued': 'dbf8fa74cd974b69',
    'args.open': '31ffeb7943559ea1',
    'args.pin': '7c09c44909c3fa90',
    'args.prompt': 'b1e8daefd1a65880',
    'args.remove': 'c6b40e36f35f470f',
    'args.release-queued': 'ea222dfe6c129736',
    'args.rename': 'b5d1b762787c76e3',
    'args.replace-host': '7b4642d98d9bb098',
    'args.resume-queue': '72d9807a18d37ea8',
    'args.send-queued': 'ea222dfe6c129736',
    'args.set-effort': '3aeb3bb6462a6d84',
    'args.set-folder': 'cef52721b881a22e',
    'args.set-mode': 'c6e3654d575a2b35',
    'args.set-model': '6e7eb63e1612060c',
    'args.settle-writers': '5009c725fee8429a',
    'args.share': 'bf6f2d0b11fe3c95',
    'args.start': '7125611eadb200b5',
    'args.stop-host': '86c1804729c204e0',
    'args.stop-sharing': '8276b9e5d8f59798',
    'args.stop-task': '51c1abe217bc4b2b',
    'args.unlist': '0eadd7f32dd38492',
    beat: 'fdbc41769b9a4ed1',
    blobPart: 'f69bf0e265d18e0f',
    card: '65d2e5a9c05d598a',
    changeContext: '3b3a66af55cd66ff',
    claim: '0562636c096c2369',
    claimConflict: '283aeea744276a67',
    claimRequest: '48b22fc57c9a3149',
    command: 'd5bbf7fe0b2d9dc2',
    delta: '6ba7a35b0415bead',
    entry: '3c27242eca466605',
    foundPage: '8f352f80c33b1fd2',
    knock: 'b75bacc10ff626d6',
    labels: 'b973f87b20187668',
    log: 'dad6ed55b9d69192',
    logPage: 'd7af8c30ee431386',
    presence: '27346114c53782ef',
    recordFlags: 'fb75f9bbe4dcddfc',
    recordTypes: 'a5f6e54bd473a76d',
    state: 'c26d9ecb9b7cd6a0',
  },
};

/** What whoever reads a red test here has to decide. */
const WHAT_TO_DO = `
What travels has changed: the names are in the difference below.
- Only a field that may be absent, a kind, or a word of an open list was added: older versions read it
  (docs/protocol.md § Versions). Put the new hash here, and the rule into docs/protocol*.md and a line
  into CHANGELOG.md in the same commit.
- Anything else (a field removed, renamed, retyped or made required, a closed word, a new label): rooms
  of this version could not be read any more. It needs a new protocol version in
  src/protocol/version.ts, with hashes of its own.
`;

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

test('what travels is what the pinned version says, schema by schema', () => {
  const found = {
    ...Object.fromEntries(
      Object.entries(TRAVELLING).map(([name, schema]) => [name, hashOf(jsonSchemaOf(schema))]),
    ),
    labels: hashOf([LABEL, SUBPROTOCOL]),
    recordTypes: hashOf(RECORD_TYPE),
    recordFlags: hashOf(RECORD_FLAG),
  };
  expect(found, WHAT_TO_DO).toEqual(PINNED[PROTOCOL_VERSION]);
});

test('[V1] who speaks a version of ours is understood, whatever else they speak', () => {
  expect(sideToUpdate([1])).toBeUndefined();
  expect(sideToUpdate([2])).toBeUndefined();
  expect(sideToUpdate([1, 2, 99])).toBeUndefined();
  for (const version of [PROTOCOL_VERSION, ...WRITTEN_VERSIONS]) {
    expect(PROTOCOL_VERSIONS).toContain(version);
  }
});

test('[V1] without a version in common the older side has to be updated', () => {
  expect(sideToUpdate([3])).toBe('here');
  expect(sideToUpdate([0, 7])).toBe('here');
  expect(sideToUpdate([0])).toBe('there');
  expect(sideToUpdate([])).toBe('there');
});
