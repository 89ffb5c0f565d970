// Answers the panel as the extension would, so that the gallery can be used and tested.
import { Emitter } from '../../src/base/emitter.ts';
import type { FromPanel, PanelEntry, PanelHeader, ToPanel } from '../../src/protocol/panel.ts';
import type { UiPort } from '../port.ts';

/** What the gallery shows at first. */
export interface FakeState {
  readonly header: PanelHeader;
  readonly entries: readonly PanelEntry[];
  readonly hasOlder: boolean;
  readonly draft: string;
}

/** The other end of the panel's port. */
export class FakeExtension {
  /** Everything the panel posted, oldest first. */
  readonly posted: FromPanel[] = [];
  /** Whether pings are answered. */
  isAnswering = true;
  readonly port: UiPort;
  private readonly messages = new Emitter<unknown>();
  private readonly state: FakeState;

  constructor(state: FakeState) {
    this.state = state;
    this.port = {
      post: (message) => {
        this.posted.push(message);
        setTimeout(() => this.answer(message), 0);
      },
      onMessage: this.messages.event,
      getState: () => undefined,
      setState: () => undefined,
    };
  }

  /** Sends a message to the panel. */
  send(message: ToPanel): void {
    this.messages.fire(message);
  }

  /** Sends what is no message of the protocol. */
  sendRaw(value: unknown): void {
    this.messages.fire(value);
  }

  private answer(message: FromPanel): void {
    switch (message.type) {
      case 'ready': {
        const { header, entries, hasOlder, draft } = this.state;
        if (!this.isAnswering) return;
        this.send({ type: 'init', strings: {}, locale: 'en', draft });
        this.send({ type: 'header', header });
        return this.send({ type: 'entries', entries: [...entries], hasOlder });
      }
      case 'ping':
        return this.isAnswering ? this.send({ type: 'pong', n: message.n }) : undefined;
      case 'prompt': {
        const item = { id: `own-${this.posted.length}`, kind: 'prompt', text: message.text };
        return this.send({ type: 'outbox', items: [{ ...item, status: 'sent', at: 0 }] });
      }
      default:
        return undefined;
    }
  }
}
