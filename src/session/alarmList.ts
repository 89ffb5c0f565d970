// The alarms of a room: each kind once, until it is over.
import type { ErrorWords } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Alarm } from './view.ts';

/** What a replica has to warn of; the list is another one after each change. */
export class AlarmList {
  private readonly log: Logger;
  private alarms: readonly Alarm[] = [];

  constructor(log: Logger) {
    this.log = log;
  }

  get all(): readonly Alarm[] {
    return this.alarms;
  }

  /** False if it was raised before. */
  raise(kind: Alarm['kind'], words: ErrorWords): boolean {
    if (this.alarms.some((alarm) => alarm.kind === kind)) return false;
    this.alarms = [...this.alarms, { kind, words }];
    this.log.warn('alarm', { kind });
    return true;
  }

  /** False if there was none. */
  end(kind: Alarm['kind']): boolean {
    const left = this.alarms.filter((alarm) => alarm.kind !== kind);
    if (left.length === this.alarms.length) return false;
    this.alarms = left;
    return true;
  }
}
