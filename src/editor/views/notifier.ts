// The few notifications: somebody waits for control, a decision waits, a turn ended unseen, a computer is lost.
import { speech } from '../speech.ts';
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { assertNever } from '../../base/assert.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { ComputerLink } from '../../client/rooms/computerLink.ts';
import { fullName } from '../manifestNames.ts';
import {
  countedDecisions,
  type Notice,
  NoticeRules,
  type WatchedSession,
} from '../../client/lists/noticeRules.ts';
import { panelHeader } from '../../client/panel/panelModel.ts';
import type { Panels } from '../panel/panels.ts';
import { plainText } from '../plainText.ts';
import type { RoomPool } from '../../client/rooms/roomPool.ts';
import type { SessionDirectory } from '../../client/rooms/sessionDirectory.ts';
import { refKey, type SessionRef } from '../../client/rooms/sessionRef.ts';
import { isAtWork } from '../../client/lists/sessionLook.ts';
import { groupOf } from '../../client/lists/sessionRow.ts';
import { type NoticeKind, settings } from '../settings.ts';
import { ownerNeedText } from '../../client/standing/ownerNeed.ts';
import { standing, type StandingSource } from '../../client/standing/standing.ts';
import { timeOfDay, waitReason } from '../../client/standing/waitWords.ts';
import { waitingSentence } from '../../client/standing/replacementWords.ts';
import type { Replacement, SessionSummary } from '../../protocol/state.ts';
import { canOf, statusOf, waitKindOf } from '../../protocol/openValues.ts';
import { translatedProblem, type Translate } from '../../client/translate.ts';
import { Soon } from '../soon.ts';

/** Options of the notifier. */
export interface NotifierOptions {
  readonly machine: ComputerLink;
  readonly directory: SessionDirectory;
  readonly pool: RoomPool;
  readonly panels: Panels;
  readonly clock: Clock;
}

/** Watches all sessions of this window, and the shared ones of this computer, for news. */
export class Notifier {
  private readonly disposables = new DisposableStore();
  private readonly options: NotifierOptions;
  private readonly rules = new NoticeRules();
  private readonly t = speech();
  /** Shared sessions are joined without a panel too: somebody may knock there. */
  private readonly shared = new Map<string, Disposable>();
  /** The question about a newer version that was asked here. */
  private asked = '';

  constructor(options: NotifierOptions) {
    this.options = options;
    const { clock } = options;
    const soon = this.disposables.add(new Soon({ clock, delayMs: 300, run: () => this.check() }));
    this.disposables.add(options.directory.onDidChange(() => soon.trigger()));
    this.disposables.add(options.panels.onDidChange(() => soon.trigger()));
    this.disposables.add(options.pool.onDidChangeRoom(() => soon.trigger()));
    this.disposables.add(vscode.window.onDidChangeWindowState(() => soon.trigger()));
    this.disposables.defer(() => {
      for (const handle of this.shared.values()) handle.dispose();
    });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private check(): void {
    this.followShared();
    this.askAboutReplacement();
    const refs = new Map<string, SessionRef>();
    for (const row of this.options.machine.rows) {
      const ref: SessionRef = { kind: 'own', session: row.session.id };
      refs.set(refKey(ref), ref);
    }
    for (const { ref } of this.options.panels.all) refs.set(refKey(ref), ref);
    const sessions = [...refs.values()].flatMap((ref) => this.watched(ref));
    for (const notice of this.rules.next(sessions, vscode.window.state.focused)) {
      void this.show(notice);
    }
  }

  /** [G8] Nobody was here for a day while a newer version waited: whoever is here now is asked, once. */
  private askAboutReplacement(): void {
    const { replacement } = this.options.machine.state ?? {};
    const isHere = vscode.window.state.focused && this.options.machine.connection === 'live';
    if (replacement?.asksSince === undefined || !isHere) return;
    const key = `${replacement.version} ${replacement.asksSince}`;
    if (key === this.asked) return;
    this.asked = key;
    void this.ask(replacement);
  }

  private async ask(replacement: Replacement): Promise<void> {
    const replace = vscode.l10n.t('Replace Now');
    const wait = vscode.l10n.t('Wait');
    const sentence = waitingSentence(replacement, this.options.clock.now(), this.t);
    const choice = await vscode.window.showInformationMessage(plainText(sentence), replace, wait);
    const command = choice === replace ? 'replaceHost' : choice === wait ? 'keepHost' : undefined;
    if (command) await vscode.commands.executeCommand(fullName(command));
  }

  private followShared(): void {
    const { machine, pool } = this.options;
    const ids = machine.rows.filter(({ sharing }) => sharing).map(({ session }) => session.id);
    for (const [id, handle] of this.shared) {
      if (ids.includes(id)) continue;
      this.shared.delete(id);
      handle.dispose();
    }
    for (const id of ids) {
      if (!this.shared.has(id)) this.shared.set(id, pool.acquire({ kind: 'own', session: id }));
    }
  }

  private watched(ref: SessionRef): readonly WatchedSession[] {
    const { machine, directory, pool, panels, clock } = this.options;
    const room = pool.find(ref);
    const panel = panels.find(ref);
    const row = ref.kind === 'own' ? machine.row(ref.session) : undefined;
    const header = room?.view && panelHeader(room.view, clock.monotonic(), this.t);
    const session = header?.session ?? row?.session;
    if (!session) return [];
    const group = groupOf(session, row);
    const isHosted = ref.kind === 'own' && canOf(session, 'prompt');
    const isHere = isHosted && isInWorkspace(session.cwd);
    const need = row && ownerNeedText(session, this.t);
    const asks = group === 'waiting' && (need === undefined || (row?.pending ?? 0) > 0);
    const waits = asks && (row !== undefined || header?.canAnswer === true);
    const ids = header
      ? header.pending.map(({ requestId }) => requestId)
      : countedDecisions(row?.pending ?? 0);
    const truth = header?.truth.kind;
    return [
      {
        ref,
        title: directory.titleOf(ref),
        isOpenHere: panel !== undefined,
        isLookedAt: panel?.panel.visible === true && vscode.window.state.focused,
        isOfThisWindow: panel !== undefined || isHere,
        isHosted,
        decisions: waits ? (ids.length > 0 ? ids : countedDecisions(1)) : [],
        waitingFor: session.waitingFor,
        need,
        waitingCause: session.waitingCause,
        isWorking: isAtWork(session),
        isEnded: statusOf(session.status) === 'ended',
        problem: session.problem && translatedProblem(session.problem, this.t).happened,
        limit: limitText(header ?? ownSource(session, clock.now()), this.t, clock.now()),
        // Of this computer's own host the Sessions view and the panel tell.
        isLost: ref.kind === 'joined' && (truth === 'host-offline' || truth === 'relay-offline'),
        knocks:
          header?.me?.role === 'owner' ? header.people.filter((person) => person.asksControl) : [],
        requests: header?.controlRequests ?? [],
      },
    ];
  }

  private async show(notice: Notice): Promise<void> {
    const kind = settingOf(notice);
    if (!settings.isNoticeEnabled(kind)) return;
    const never = vscode.l10n.t("Don't Show Again");
    const { text, actions } = words(notice);
    const labels = actions.map(([label]) => label);
    const choice = await vscode.window.showInformationMessage(plainText(text), ...labels, never);
    if (choice === never) return settings.turnOffNotice(kind);
    const [, command] = actions.find(([label]) => label === choice) ?? [];
    if (command) await vscode.commands.executeCommand(fullName(command), notice.ref, notice);
  }
}

/** [W1] A usage limit that keeps it from going on, with the time of its reset. */
function limitText(source: StandingSource, t: Translate, now: number): string | undefined {
  const stands = standing(source);
  const { wait } = stands;
  if (wait === undefined || waitKindOf(wait.why) !== 'usage-limit') return undefined;
  const at = timeOfDay(wait.leftMs, { now });
  return [waitReason(stands, t), at && t('resets: {0}', at)].filter(Boolean).join(' · ');
}

/** A session of this computer that nobody has joined here: its time is ours. */
function ownSource(session: SessionSummary, hostNow: number): StandingSource {
  const control = { kind: 'watching', reason: 'joining' } as const;
  return { truth: { kind: 'live' }, control, session, hostNow };
}

function settingOf(notice: Notice): NoticeKind {
  return notice.kind === 'turnEnded' ? 'waiting' : notice.kind;
}

type NoticeAction = readonly [label: string, command: string | undefined];

function words(notice: Notice): {
  readonly text: string;
  readonly actions: readonly NoticeAction[];
} {
  const { t } = vscode.l10n;
  const { title } = notice;
  const open: NoticeAction = [t('Open'), 'openSession'];
  switch (notice.kind) {
    case 'knock': {
      const text = t(
        '{0} joined “{1}” by a controller link and watches. Allow control?',
        notice.name,
        title,
      );
      const allow: NoticeAction = [t('Allow Control'), 'allowControl'];
      return { text, actions: [allow, [t('Keep Watching'), undefined]] };
    }
    case 'controlRequest': {
      const text = t('{0} asks for control of “{1}”.', notice.name, title);
      const give: NoticeAction = [t('Give Control'), 'giveControl'];
      return { text, actions: [give, [t('Not Now'), undefined]] };
    }
    case 'waiting': {
      const { waitingCause: cause } = notice;
      if (cause !== undefined) {
        const text = t(
          '“{0}” waits for you, for {1}’s prompt “{2}”.',
          title,
          cause.name,
          cause.text,
        );
        return { text, actions: [open] };
      }
      const text = notice.waitingFor
        ? t('“{0}” waits for you: {1}', title, notice.waitingFor)
        : t('“{0}” waits for a decision.', title);
      return { text, actions: [open] };
    }
    case 'turnEnded': {
      if (!notice.isEnded && notice.limit) {
        return { text: t('“{0}” has stopped: {1}.', title, notice.limit), actions: [open] };
      }
      if (!notice.isEnded) {
        return { text: t('“{0}” has finished its turn.', title), actions: [open] };
      }
      const text = notice.problem
        ? t('“{0}” has ended: {1}', title, notice.problem)
        : t('“{0}” has ended.', title);
      return { text, actions: [open] };
    }
    case 'hostLost':
      return {
        text: t(
          'The computer of “{0}” cannot be reached. Nothing is lost; the panel goes on when it is back.',
          title,
        ),
        actions: [open],
      };
    default:
      return assertNever(notice);
  }
}

function isInWorkspace(path: string): boolean {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) !== undefined;
}
