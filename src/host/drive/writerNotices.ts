// What is said in a session about others on its conversation.
import { say, type Words } from '../../base/say.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { Writer } from '../../protocol/state.ts';
import type { Notice } from '../session/notice.ts';

/** Somebody has opened the conversation, or has written in it and is gone. */
export function cameNotice(writer: Writer): Notice {
  const who = whoWords(writer);
  const words =
    writer.left === true
      ? say`${who} has written in this conversation and is gone. What waits is held until the owner chooses.`
      : say`${who} has opened this conversation as well. What waits is held until the owner chooses, or they leave.`;
  return { level: 'warning', code: 'other-writer', words };
}

/** Nobody else is there, and nobody has written. */
export function leftNotice(): Notice {
  const words = say`Nobody else has this conversation open any more, and nothing was written there. What waits goes on.`;
  return { level: 'info', code: 'other-writer-left', words };
}

/** What the others wrote is in the log. */
export function takenInNotice(
  {
    count,
    isThere,
    isLost,
  }: {
    readonly count: number;
    readonly isThere: boolean;
    /** They had written, and it is not there any more. */
    readonly isLost: boolean;
  },
  author: Author | undefined,
): Notice {
  const taken = isLost
    ? say`What others wrote in this conversation cannot be found any more: its transcript was deleted or replaced. It is not in here.`
    : count === 0
      ? say`The conversation was read again; others had written nothing in it.`
      : say`What others wrote in this conversation was taken in. The agent goes on from the end of its transcript.`;
  const words = isThere
    ? say`${taken} They have it open still: what they write next does not know of what comes here.`
    : taken;
  return {
    level: isLost ? 'warning' : 'info',
    code: 'others-taken-in',
    words,
    ...omitUndefined({ author }),
  };
}

/** Our part has an id of its own. */
export function partedNotice(author: Author | undefined): Notice {
  const words = say`This session goes on as a conversation of its own, with what it had. What others wrote stays with them, and is not in here.`;
  return { level: 'info', code: 'went-apart', words, ...omitUndefined({ author }) };
}

function whoWords({ where, pid }: Writer): Words {
  const place = placeWords(where);
  return pid === undefined ? place : say`${place} (process ${pid})`;
}

function placeWords(where: Writer['where']): Words {
  switch (where) {
    case 'terminal':
      return say`A terminal`;
    case 'script':
      return say`A script`;
    case 'background':
      return say`A background session`;
    default:
      return say`Another program`;
  }
}
