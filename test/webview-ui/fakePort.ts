// A port in memory: what was posted, and a way to send.
import { Emitter } from '../../src/base/emitter.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import type { Picture } from '../../src/protocol/local/panel.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { UiPort } from '../../webview-ui/port.ts';

/** A port and its other end. */
export interface FakePort {
  readonly port: UiPort;
  readonly posted: FromPanel[];
  /** Sends messages as one picture. */
  send(...picture: Picture): void;
  sendRaw(...messages: readonly unknown[]): void;
}

/** Makes one. */
export function createFakePort(): FakePort {
  const posted: FromPanel[] = [];
  let state: Json | undefined;
  const pictures = new Emitter<readonly unknown[]>();
  return {
    posted,
    port: {
      post: (message) => posted.push(message),
      onPicture: pictures.event,
      getState: () => state,
      setState: (next) => (state = next),
    },
    send: (...picture) => pictures.fire(picture),
    sendRaw: (...messages) => pictures.fire(messages),
  };
}
