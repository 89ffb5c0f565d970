// What is attached in a composer: bounded, sent with the prompt, and back with it when that is refused.
import { beforeEach, describe, expect, it } from 'vitest';
import { AttachmentDrafts, attachedBytes } from '../../src/client/prompts/attachmentDrafts.ts';
import { LIMITS } from '../../src/protocol/limits.ts';

const ref = { kind: 'joined', room: 'room1' } as const;
const other = { kind: 'joined', room: 'room2' } as const;
let drafts: AttachmentDrafts;
beforeEach(() => {
  drafts = new AttachmentDrafts();
});

const picture = (id: string, bytes = 1) => ({
  ...{ id, use: 'picture' as const, name: `${id}.png`, bytes: new Uint8Array(bytes) },
});
const ids = (of: typeof ref | typeof other = ref): readonly string[] =>
  drafts.of(of).map(({ id }) => id);

describe('attachments of a composer', () => {
  it('[I1] are taken all at once, and are other sessions’ business no more than their texts', () => {
    drafts.add(ref, picture('a'));
    drafts.add(other, picture('b'));
    expect(drafts.take(ref).map(({ id }) => id)).toEqual(['a']);
    expect([ids(), ids(other)]).toEqual([[], ['b']]);
  });

  it('[I1] come back in front of what was attached meanwhile, once', () => {
    drafts.add(ref, picture('a'));
    drafts.sent(ref, 'prompt', drafts.take(ref));
    drafts.add(ref, picture('b'));
    drafts.returned('prompt');
    drafts.returned('prompt');
    expect(ids()).toEqual(['a', 'b']);
  });

  it('[I1] are forgotten when nobody follows their prompt any more', () => {
    drafts.sent(ref, 'gone', [picture('a')]);
    drafts.sent(other, 'elsewhere', [picture('b')]);
    drafts.keepOnly(ref, new Set());
    drafts.returned('gone');
    drafts.returned('elsewhere');
    expect([ids(), ids(other)]).toEqual([[], ['b']]);
  });

  it('[I1] are refused beyond what goes with one prompt, and the others stay', () => {
    drafts.add(ref, picture('a', LIMITS.attachedBytes - 1));
    expect(() => drafts.add(ref, picture('b', 2))).toThrow(/32 MB go with one prompt/);
    drafts.remove(ref, 'a');
    for (let n = 0; n < LIMITS.attached; n += 1) drafts.add(ref, picture(`p${n}`));
    expect(() => drafts.add(ref, picture('one more'))).toThrow(/More than 20/);
    expect(ids()).toHaveLength(LIMITS.attached);
  });

  it('[I1] of prompts on their way are kept within a bound, the newest', () => {
    for (let n = 0; n < 6; n += 1)
      drafts.sent(ref, `p${n}`, [picture(`a${n}`, LIMITS.attachedBytes)]);
    drafts.returned('p0');
    expect(ids()).toEqual([]);
    drafts.returned('p5');
    expect(ids()).toEqual(['a5']);
  });
});

it('[I7] bytes of a page are base64 of either kind; what is none, or nothing, is refused', () => {
  expect([...attachedBytes('-_8=')]).toEqual([251, 255]);
  expect([...attachedBytes('+/8=')]).toEqual([251, 255]);
  for (const text of ['', '???']) expect(() => attachedBytes(text)).toThrow(/could not be read/);
});
