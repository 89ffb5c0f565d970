// UiPort over the webview's postMessage.
import * as z from 'zod/mini';
import { toDisposable } from '../../src/base/disposable.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { UiPort } from '../port.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): Json | undefined;
  setState(state: Json): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The port of this webview; may be made once per page, as VS Code gives its API once. */
export function createVsCodePort(): UiPort {
  const api = acquireVsCodeApi();
  keepPageIds(api);
  return {
    post: (message) => api.postMessage(message),
    onMessage(listener) {
      const handle = (event: MessageEvent<unknown>): void => listener(event.data);
      window.addEventListener('message', handle);
      return toDisposable(() => window.removeEventListener('message', handle));
    },
    getState: () => api.getState(),
    setState: (state) => api.setState(state),
  };
}

/** The ids that the extension wrote into the page come back to it when VS Code restores the panel. */
function keepPageIds(api: VsCodeApi): void {
  const text = document.getElementById('app')?.dataset['state'];
  if (text === undefined) return;
  const ids = z.record(z.string(), z.string()).safeParse(JSON.parse(text));
  if (ids.success) api.setState({ ...api.getState(), ...ids.data });
}
