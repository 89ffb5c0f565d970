// The session that the window is about now: the panel in front, for People, status bar and context keys.
import { speech } from '../speech.ts';
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { statusOf } from '../../protocol/openValues.ts';
import type { PanelHeader } from '../../protocol/local/panel.ts';
import { fullName } from '../manifestNames.ts';
import { panelHeader } from '../../client/panel/panelModel.ts';
import type { Panels } from '../panel/panels.ts';
import type { SessionDirectory } from '../../client/rooms/sessionDirectory.ts';
import type { SharedRoom } from '../../client/rooms/sharedRoom.ts';
import { Soon } from '../soon.ts';

/** Follows the panel in front and sets the context keys of menus and keys. */
export class FrontSession {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly panels: Panels;
  private readonly directory: SessionDirectory;
  private readonly clock: Clock;
  private readonly t = speech();
  private readonly keys = new Map<string, unknown>();

  readonly onDidChange: Event<void> = this.changed.event;

  constructor(options: {
    readonly panels: Panels;
    readonly directory: SessionDirectory;
    readonly clock: Clock;
  }) {
    this.panels = options.panels;
    this.directory = options.directory;
    this.clock = options.clock;
    const run = (): void => {
      this.setKeys();
      this.changed.fire();
    };
    const soon = this.disposables.add(new Soon({ clock: this.clock, delayMs: 100, run }));
    this.disposables.add(this.panels.onDidChange(() => soon.trigger()));
    this.setKeys();
  }

  get room(): SharedRoom | undefined {
    return this.panels.current?.room;
  }

  /** The picture of the session in front; undefined if no panel is open. */
  get header(): PanelHeader | undefined {
    const { room } = this;
    return (
      room && panelHeader(room.view ?? this.directory.absence(room), this.clock.monotonic(), this.t)
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private setKeys(): void {
    const { header } = this;
    const control = header?.control;
    this.setKey('attached', header?.session !== undefined);
    this.setKey('role', header?.me?.role);
    this.setKey('state', header?.session && statusOf(header.session.status));
    this.setKey('shared', header?.sharing !== undefined && header.me?.role === 'owner');
    this.setKey('hasControl', control?.kind === 'mine');
    this.setKey('canRequest', control?.kind === 'other' && control.canRequest && !control.canTake);
    this.setKey('canTakeBack', control?.kind === 'other' && control.canTake);
  }

  private setKey(name: string, value: unknown): void {
    if (this.keys.has(name) && this.keys.get(name) === value) return;
    this.keys.set(name, value);
    void vscode.commands.executeCommand('setContext', fullName(name), value);
  }
}
