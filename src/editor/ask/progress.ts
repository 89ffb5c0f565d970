// Progress for anything that may take over a second, with a way to cancel it.
import * as vscode from 'vscode';
import { cancelled } from '../../client/errors.ts';

/** Runs `work` under a notification; its signal is aborted when the person cancels. */
export function withProgress<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, async (_, token) => {
      const controller = new AbortController();
      const listener = token.onCancellationRequested(() => controller.abort(cancelled()));
      try {
        return await work(controller.signal);
      } finally {
        listener.dispose();
      }
    }),
  );
}
