// Commands about control and people of a session.
import { speech } from '../speech.ts';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { PanelHeader } from '../../protocol/local/panel.ts';
import type { App } from '../app.ts';
import { panelHeader } from '../../client/panel/panelModel.ts';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';
import { refOfArgument } from '../views/sessionsView.ts';
import { inRoom, targetSession } from './target.ts';

const personArgument = z.looseObject({ member: z.string(), window: z.optional(z.string()) });
type PersonArgument = z.infer<typeof personArgument>;

/** Asks for control. */
export function requestControl(app: App, argument?: unknown): Promise<void> {
  return controlCommand(app, argument, 'focus-request');
}

/** Takes control at once: owners only. */
export function takeBack(app: App, argument?: unknown): Promise<void> {
  return controlCommand(app, argument, 'focus-take');
}

/** Gives control up. */
export function releaseControl(app: App, argument?: unknown): Promise<void> {
  return controlCommand(app, argument, 'focus-release');
}

/** One key for both: releases control if this window has it, else requests it. */
export async function toggleControl(app: App, argument?: unknown): Promise<void> {
  const isMine = app.focused.header?.control.kind === 'mine';
  await controlCommand(app, argument, isMine ? 'focus-release' : 'focus-request');
}

/** Gives control to somebody: the one who asks, the row that was clicked, or a choice. */
export async function giveControl(app: App, ...args: readonly unknown[]): Promise<void> {
  const target = await person(app, args, (header) =>
    header.people
      .filter((other) => !other.isMe && other.role !== 'viewer')
      .map(({ member, name }) => ({
        member,
        name,
        window: header.controlRequests.find((asks) => asks.member === member)?.window,
      })),
  );
  if (!target) return;
  const { member, window } = target;
  await inRoom(app, target.ref, (view) =>
    view.request('focus-grant', { member, ...(window === undefined ? {} : { window }) }),
  );
}

/** Lets somebody who came by a controller link ask for control from now on. */
export async function allowControl(app: App, ...args: readonly unknown[]): Promise<void> {
  const target = await person(app, args, (header) => {
    const viewers = header.people.filter((other) => !other.isMe && other.role === 'viewer');
    const asking = viewers.filter((other) => other.asksControl);
    return asking.length > 0 ? asking : viewers;
  });
  if (!target) return;
  const { member } = target;
  await inRoom(app, target.ref, (view) => view.request('admit', { member, role: 'controller' }));
}

/** Takes the right to control away. */
export async function makeViewer(app: App, ...args: readonly unknown[]): Promise<void> {
  const target = await person(app, args, (header) =>
    header.people.filter((other) => other.role === 'controller'),
  );
  if (!target) return;
  const { member } = target;
  await inRoom(app, target.ref, (view) => view.request('admit', { member, role: 'viewer' }));
}

/** Removes somebody after asking. */
export async function removePerson(app: App, ...args: readonly unknown[]): Promise<void> {
  const target = await person(app, args, (header) =>
    header.people.filter((other) => !other.isMe && other.role !== 'owner'),
  );
  if (!target) return;
  const { t } = vscode.l10n;
  const name = app.focused.header?.people.find(({ member }) => member === target.member)?.name;
  const remove = t('Remove');
  const choice = await vscode.window.showWarningMessage(
    t('Remove {0} from the session?', name ?? target.member.slice(0, 6)),
    { modal: true, detail: t('They are disconnected at once and need a new link to come back.') },
    remove,
  );
  if (choice !== remove) return;
  await inRoom(app, target.ref, (view) => view.request('remove', { member: target.member }));
}

/** Interrupts the running turn. */
export async function interrupt(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Interrupt a session'),
    flags: ['working'],
    takesFocused: true,
  });
  if (ref) await inRoom(app, ref, (view) => view.request('interrupt', {}));
}

async function controlCommand(
  app: App,
  argument: unknown,
  kind: 'focus-request' | 'focus-take' | 'focus-release',
): Promise<void> {
  const ref = refOfArgument(argument) ?? app.panels.current?.ref;
  if (!ref) return noPanel();
  await inRoom(app, ref, (view) => view.request(kind, {}));
}

/** The person a command is about: a row of the People view, a notification, or a choice. */
async function person(
  app: App,
  args: readonly unknown[],
  candidates: (header: PanelHeader) => readonly {
    readonly member: string;
    readonly name: string;
    readonly window?: string | undefined;
  }[],
): Promise<(PersonArgument & { readonly ref: SessionRef }) | undefined> {
  const ref = args.map(refOfArgument).find(Boolean) ?? app.panels.current?.ref;
  if (!ref) return void noPanel();
  const named = args.map((arg) => personArgument.safeParse(arg)).find(({ success }) => success);
  if (named?.success) return { ...named.data, ref };
  const view = app.pool.find(ref)?.view;
  const found = view ? candidates(panelHeader(view, app.clock.monotonic(), speech())) : [];
  const [first] = found;
  if (!first) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nobody for this now.'));
    return undefined;
  }
  const choice =
    found.length === 1
      ? first
      : await vscode.window.showQuickPick(
          found.map((item) => ({ ...item, label: item.name })),
          { placeHolder: vscode.l10n.t('Who?') },
        );
  return choice && { member: choice.member, window: choice.window, ref };
}

function noPanel(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a session first.'));
}
