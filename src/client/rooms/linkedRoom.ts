// A room that was joined by a link: should it be one of this computer, its new secrets come from the directory.
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { ComputerLink } from './computerLink.ts';
import type { RoomTarget } from './joinTarget.ts';
import type { LinkSource } from './linkSource.ts';

/** What it needs. */
export interface LinkedRoomOptions {
  readonly link: string;
  /** Id of the room. */
  readonly room: string;
  /** Makes the link to this computer's host: once, when a secret is missed. */
  readonly computer: () => ComputerLink;
}

/** The link as it was given, and the secrets that an owner's own computer knows. Most guests never ask. */
export class LinkedRoom implements LinkSource, Disposable {
  private readonly options: LinkedRoomOptions;
  private readonly changed = new Emitter<void>();
  private computer: ComputerLink | undefined;
  private isClosed = false;

  readonly onDidChange: Event<void> = this.changed.event;

  constructor(options: LinkedRoomOptions) {
    this.options = options;
  }

  targetOf(): RoomTarget {
    const { link, room } = this.options;
    const own = this.computer?.sessionOf(room);
    const epochs = own && this.computer?.targetOf(own)?.epochs;
    return { link, ...(epochs && { epochs }) };
  }

  /** Looks for a host that runs, and for the room among its sessions; starts none. Rejects with AppError. */
  async refresh(): Promise<void> {
    if (this.isClosed) return;
    const { room } = this.options;
    this.computer ??= this.begin();
    const { computer } = this;
    if (!(await computer.attach())) return;
    while (!computer.sessionOf(room) && computer.moreRows > 0) {
      const before = computer.moreRows;
      await computer.fetchMore();
      if (computer.moreRows >= before) return;
    }
    const own = computer.sessionOf(room);
    if (own) await computer.refresh(own);
  }

  dispose(): void {
    this.isClosed = true;
    this.changed.dispose();
    void this.computer?.close();
  }

  private begin(): ComputerLink {
    const computer = this.options.computer();
    computer.onDidChange(() => this.changed.fire());
    return computer;
  }
}
