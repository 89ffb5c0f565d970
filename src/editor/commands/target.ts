// What a command is about: the row or panel it was called for, else the panel in front, else a choice.
import * as vscode from 'vscode';
import type { AppError } from '../../base/errors.ts';
import { type RoomView, whyNoState } from '../../session/view.ts';
import type { App } from '../app.ts';
import { waitForChange } from '../../client/waitForChange.ts';
import { hostNotHere, sessionGone, sessionNotReached } from '../errors.ts';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';
import type { SessionNode } from '../../client/lists/sessionRow.ts';
import { sessionTree, type TreeNode } from '../../client/lists/sessionTree.ts';
import { refOfArgument } from '../views/sessionsView.ts';
import { settings } from '../settings.ts';
import type { SharedRoom } from '../../client/rooms/sharedRoom.ts';

/** A room is given this long to show that this member is in it. */
const ENTER_MS = 15_000;

/** Which sessions a command can be used on, by the flags of their rows. */
export interface TargetOptions {
  readonly placeholder: string;
  /** Row flags of which one must be there. */
  readonly flags: readonly string[];
  /** Which session takes the panel in front without asking: none, any, or one of a kind. */
  readonly takesFocused: boolean | SessionRef['kind'];
}

/** The session a command is about; undefined if the person chose none. */
export async function targetSession(
  app: App,
  argument: unknown,
  options: TargetOptions,
): Promise<SessionRef | undefined> {
  const given = refOfArgument(argument);
  if (given) return given;
  const { current } = app.panels;
  const { takesFocused } = options;
  const isTaken = takesFocused === true || takesFocused === current?.ref.kind;
  if (isTaken && current?.panel.visible) return current.ref;
  const nodes = sessionNodes(app).filter((node) =>
    options.flags.some((flag) => node.context.includes(`;${flag};`)),
  );
  if (nodes.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no session for this now.'));
    return undefined;
  }
  const items = nodes.map((node) => ({
    label: `$(${node.icon}) ${node.title}`,
    description: node.description,
    ref: node.ref,
  }));
  const choice = await vscode.window.showQuickPick(items, {
    placeHolder: options.placeholder,
    matchOnDescription: true,
  });
  return choice?.ref;
}

/** Every session that is known now, as the tree shows it. */
export function sessionNodes(app: App): readonly SessionNode[] {
  return flatten(
    sessionTree({
      own: app.machine.rows,
      joined: app.directory.joinedRows(),
      connection: app.machine.connection,
      now: app.clock.now(),
      knownLinks: new Set(app.given.items.map(({ session }) => session)),
      canShare: app.machine.canHost && settings.isSharingEnabled(),
      t: vscode.l10n.t,
    }),
  );
}

/** Runs `work` in a session's room, joining it for that time if no panel shows it. */
export async function inRoom<T>(
  app: App,
  ref: SessionRef,
  work: (view: RoomView) => Promise<T>,
): Promise<T> {
  const handle = app.pool.acquire(ref);
  const { room } = handle;
  try {
    const view = await waitForChange({
      clock: app.clock,
      timeoutMs: ENTER_MS,
      onTimeout: () => sessionNotReached(app.directory.titleOf(ref), ENTER_MS),
      events: [room.onDidChange, app.directory.onDidChange],
      look: () => {
        const { view: joined, error, hasLink } = room;
        if (error) throw error;
        if (!hasLink && !isComing(app, room)) throw notHere(app, ref);
        if (joined?.truth.kind === 'over') throw joined.truth.error;
        const why = joined && whyNoState(joined);
        if (why) throw why;
        return joined?.me && joined;
      },
    });
    return await work(view);
  } finally {
    handle.dispose();
  }
}

/** Whether its link may still become known: the list of its computer, or of this device, is not read yet. */
function isComing(app: App, room: SharedRoom): boolean {
  return app.directory.absence(room).kind === 'connecting';
}

/** Why a session without a link cannot be reached. */
function notHere(app: App, ref: SessionRef): AppError {
  const problem = app.directory.hostProblem(ref);
  return problem ? hostNotHere(problem) : sessionGone();
}

function flatten(nodes: readonly TreeNode[]): readonly SessionNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'group') return flatten(node.children);
    return node.kind === 'session' ? [node] : [];
  });
}
