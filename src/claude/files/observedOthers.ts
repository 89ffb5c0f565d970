// Who else is on the conversation of a session that is watched, and how many ends it has.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { SeenOthers } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { LineTree, placeOf } from './lineTree.ts';
import type { RegistryRecord } from './registry.ts';
import { WriterList } from './writerList.ts';

/** Running processes of the registry, and the news that they changed. */
export interface RunningSessions {
  readonly running: () => readonly RegistryRecord[];
  readonly onDidChange: Event<void>;
  /** Looks once, so that `running` is not empty only because nobody has looked. */
  readonly look: () => Promise<void>;
}

/** What they are seen with. */
export interface ObservedOthersOptions {
  readonly running: RunningSessions;
  readonly clock: Pick<Clock, 'now'>;
  /** The process that is watched. */
  readonly pid: number;
  readonly conversation: () => string;
  readonly tell: (others: SeenOthers | undefined) => void;
}

/** Tells whenever it changes, until it is disposed. */
export class ObservedOthers implements Disposable {
  private readonly options: ObservedOthersOptions;
  private readonly disposables = new DisposableStore();
  private list: WriterList;
  private tree = new LineTree();
  private told = '';

  constructor(options: ObservedOthersOptions) {
    this.options = options;
    this.list = new WriterList(options.clock);
    this.disposables.add(options.running.onDidChange(() => this.look()));
  }

  /** A line of the conversation's transcript. */
  read(line: Json): void {
    const place = placeOf(line);
    if (place !== undefined) this.tree.add(place);
  }

  /** Another conversation begins. */
  begin(): void {
    this.tree = new LineTree();
    this.list = new WriterList(this.options.clock);
  }

  look(): void {
    const { running, pid, conversation, tell } = this.options;
    if (this.disposables.isDisposed) return;
    const there = running
      .running()
      .filter(
        (one) => one.sessionId === conversation() && one.pid !== pid && one.kind !== 'daemon',
      );
    const writers = this.list.seen(there, []);
    const { branches } = this.tree;
    const others: SeenOthers | undefined =
      writers.length === 0 && branches === 1
        ? undefined
        : { writers: [...writers], ...(branches > 1 && { branches }) };
    const now = JSON.stringify(others ?? null);
    if (now === this.told || (this.told === '' && others === undefined)) return;
    this.told = now;
    tell(others);
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
