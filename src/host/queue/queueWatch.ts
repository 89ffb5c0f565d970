// Whose prompts still wait with right: what nobody answers for any more is held, or taken back.
import { say } from '../../base/say.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { Focus, Person } from '../../protocol/state.ts';
import { mayHoldControl } from '../../session/control/rights.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';
import { firstLine } from '../session/completeEntry.ts';
import { takeBack } from './queueCommands.ts';
import type { CommandTarget } from '../session/sessionDriver.ts';

/** What is watched. */
export interface QueueWatchOptions {
  readonly room: {
    readonly people: readonly Person[];
    readonly control: Focus;
    readonly onDidChange: Event<void>;
  };
  /** What drives the session; undefined while nothing does. */
  readonly target: () => CommandTarget | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/**
 * [R15] When control passes to another member, prompts of others that wait are held. [R16] When a
 * guest goes, or may not prompt any more, what waits of theirs is taken back, also at the agent.
 */
export class QueueWatch implements Disposable {
  private readonly options: QueueWatchOptions;
  private readonly disposables = new DisposableStore();
  /** Member who had control last, also after letting go. */
  private lastHolder: string | undefined;

  constructor(options: QueueWatchOptions) {
    this.options = options;
    this.disposables.add(options.room.onDidChange(() => this.look()));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Looks now: a membership may have run out since. */
  look(): void {
    const { room, target, clock, log } = this.options;
    const driven = target();
    const { holder } = room.control;
    const before = this.lastHolder;
    this.lastHolder = holder?.member ?? before;
    if (driven === undefined) return;
    // The first holder after a restart too: who had control before it, nobody knows any more.
    if (holder !== undefined && holder.member !== before) {
      hold(driven, holder.member, room.people);
    }
    const now = clock.now();
    const isWelcome = ({ guest, author }: StoredPrompt): boolean =>
      guest !== true ||
      room.people.some(
        (person) =>
          person.member === author.member &&
          mayHoldControl(person) &&
          now <= (person.notAfter ?? Infinity),
      );
    for (const prompt of driven.recorder.prompts.unfinished()) {
      if (isWelcome(prompt)) continue;
      void takeBackOf(prompt, driven).catch((error: unknown) => {
        log.error('a prompt was not taken back', { error: errorText(error) });
      });
    }
  }
}

function hold({ recorder }: CommandTarget, holder: string, people: readonly Person[]): void {
  const { prompts } = recorder;
  const others = prompts
    .waiting()
    .filter(({ author, state }) => state === 'accepted' && author.member !== holder);
  if (others.length === 0) return;
  for (const { promptId } of others) prompts.holdOne(promptId, 'control');
  const name = people.find(({ member }) => member === holder)?.name ?? say`somebody else`;
  const names = [...new Set(others.map(({ author }) => author.name))].join(', ');
  const words =
    others.length === 1
      ? say`A waiting prompt of ${names} will not run by itself: control has passed to ${name}. Release or cancel it in the queue.`
      : say`${others.length} waiting prompts of ${names} will not run by themselves: control has passed to ${name}. Release or cancel them in the queue.`;
  recorder.notice({ level: 'info', code: 'prompts-held', words });
}

async function takeBackOf(prompt: StoredPrompt, target: CommandTarget): Promise<void> {
  if (prompt.state === 'started' || !(await takeBack(prompt.promptId, target))) return;
  const words = say`Not run: “${firstLine(prompt.text)}”. ${prompt.author.name} may not prompt in this session any more.`;
  const { author } = prompt;
  target.recorder.notice({ level: 'info', code: 'prompt-withdrawn', words, author });
}
