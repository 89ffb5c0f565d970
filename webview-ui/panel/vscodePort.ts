// UiPort over the webview's postMessage.
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
  return {
    post: (message) => api.postMessage(message),
    onPicture(listener) {
      const handle = ({ data }: MessageEvent<unknown>): void => {
        if (Array.isArray(data)) listener(data);
      };
      window.addEventListener('message', handle);
      return toDisposable(() => window.removeEventListener('message', handle));
    },
    getState: () => api.getState(),
    setState: (state) => api.setState(state),
  };
}
