// A port in memory: what was posted, and a way to send.
import { Emitter } from '../../src/base/emitter.ts';
import type { FromPanel, ToPanel } from '../../src/protocol/panel.ts';
import type { UiPort } from '../../webview-ui/port.ts';

/** A port and its other end. */
export interface FakePort {
  readonly port: UiPort;
  readonly posted: FromPanel[];
  send(message: ToPanel): void;
  sendRaw(value: unknown): void;
}

/** Makes one. */
export function createFakePort(): FakePort {
  const posted: FromPanel[] = [];
  const messages = new Emitter<unknown>();
  return {
    posted,
    port: {
      post: (message) => posted.push(message),
      onMessage: messages.event,
      getState: () => undefined,
      setState: () => undefined,
    },
    send: (message) => messages.fire(message),
    sendRaw: (value) => messages.fire(value),
  };
}
