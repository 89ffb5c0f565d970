// A WebSocket that no message of a relay can harm.
import { LIMITS } from '../protocol/limits.ts';

/**
 * Sockets whose messages cannot throw into the event loop, and that take only bytes of a bounded
 * size. `onHear` is called for each that was taken in. A proxy around the constructor, not a subclass: VS Code's own patch of WebSocket returns
 * objects of another class.
 */
export function guardedSocket(base: typeof WebSocket, onHear: () => void): typeof WebSocket {
  return new Proxy(base, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      let handler: ((event: MessageEvent) => void) | null = null;
      Object.defineProperty(socket, 'onmessage', {
        get: () => handler,
        set: (next: ((event: MessageEvent) => void) | null) => {
          handler = next;
        },
      });
      socket.addEventListener('message', (event) => {
        const data: unknown = event.data;
        if (!(data instanceof ArrayBuffer) || data.byteLength > LIMITS.frameBytes * 2) {
          socket.close(4000, 'unexpected message');
          return;
        }
        // Who has given the socket up hears nothing of it any more.
        if (!handler) return;
        try {
          handler(event);
          onHear();
        } catch {
          socket.close(4000, 'malformed message');
        }
      });
      return socket;
    },
  });
}
