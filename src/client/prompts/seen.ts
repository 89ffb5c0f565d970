// What an answer says that was seen whole: a cut request is fetched first, by whoever shows it.
import { textHash } from '../../crypto/keys.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { seenText } from '../../session/wholeInput.ts';

/** [R13] The `seen` of an answer; undefined for a request that was cut, without the text of its blob. */
export async function seenOf(
  request: EntryOf<'request'>,
  blob?: string,
): Promise<string | undefined> {
  const text = seenText(request, blob);
  return text === undefined ? undefined : textHash(text);
}
