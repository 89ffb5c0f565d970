// Events for one who comes a little later.
import { Emitter, type Event } from './emitter.ts';

/** Keeps what it fires until the first listener comes, which then gets all of it in order. */
export class BacklogEmitter<T> {
  private readonly emitter = new Emitter<T>();
  private backlog: T[] | undefined = [];

  readonly event: Event<T> = (listener) => {
    const subscription = this.emitter.event(listener);
    const { backlog } = this;
    this.backlog = undefined;
    for (const value of backlog ?? []) this.emitter.fire(value);
    return subscription;
  };

  fire(value: T): void {
    if (this.backlog === undefined) this.emitter.fire(value);
    else this.backlog.push(value);
  }
}
