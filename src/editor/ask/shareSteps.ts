// The questions of Share: role, rights, expiry, where. Answers only; nothing is shared here.
import * as vscode from 'vscode';
import type { CommandArgs } from '../../protocol/commandTable.ts';
import { relayAddress } from '../../protocol/link.ts';
import { canOf, isUnattended } from '../../protocol/openValues.ts';
import type { SessionSummary } from '../../protocol/state.ts';
import { askText, BACK, pickMany, pickOne, type StepItem } from './quickSteps.ts';
import { settings } from '../settings.ts';

const HOUR_MS = 3_600_000;
const TOTAL = 4;

type ShareArgs = CommandArgs<'share'>;
type Scope = NonNullable<ShareArgs['scopes']>[number];
/** A tick: a right of controllers, or what everybody may see. */
type Tick = Scope | 'command-output';

/** What the person chose. */
export interface ShareChoice {
  readonly role: ShareArgs['role'];
  readonly scopes?: Scope[];
  readonly lifetimeMs?: number;
  readonly where: ShareArgs['where'];
  readonly commandOutput?: true;
}

/** What is known when the questions begin. */
export interface ShareQuestions {
  readonly session: SessionSummary;
  /** Others read what commands print by now. */
  readonly isOutputShown: boolean;
  /** Access key of a relay server that was given before. */
  readonly accessKey: (relay: string) => Promise<string | undefined>;
}

/** Asks everything; undefined if the person cancelled. */
export async function askShare(questions: ShareQuestions): Promise<ShareChoice | undefined> {
  const { t } = vscode.l10n;
  const title = t('Share “{0}”', questions.session.title);
  const draft: { role?: ShareChoice['role']; lifetimeMs?: number } = {};
  let ticks: readonly Tick[] = questions.isOutputShown ? ['command-output'] : [];
  let step = 1;
  for (;;) {
    const options = { title, step, totalSteps: TOTAL };
    // oxlint-disable no-await-in-loop -- one question after the other is the point
    if (step === 1) {
      const role = await pickOne({
        ...options,
        items: roles(questions.session),
        placeholder: t('What may people with the link do?'),
      });
      if (role === undefined || role === BACK) return undefined;
      draft.role = role;
      step = 2;
    } else if (step === 2) {
      const ticked = await pickMany({
        ...options,
        items: ticksFor(draft.role).map((item) => ({
          ...item,
          picked: ticks.includes(item.value),
        })),
        placeholder:
          draft.role === 'controller'
            ? t('Controllers may prompt and interrupt. What else?')
            : t('Viewers see the whole conversation. What else?'),
      });
      if (ticked === undefined) return undefined;
      if (ticked !== BACK) ticks = ticked;
      step = ticked === BACK ? 1 : 3;
    } else if (step === 3) {
      const lifetime = await pickOne({
        ...options,
        items: lifetimes(),
        placeholder: t('How long does the link work?'),
      });
      if (lifetime === undefined) return undefined;
      if (lifetime !== BACK) draft.lifetimeMs = lifetime;
      step = lifetime === BACK ? 2 : 4;
    } else {
      const where = await askWhere(options, questions);
      if (where === undefined || draft.role === undefined) return undefined;
      if (where !== BACK) {
        const scopes = ticks.filter((tick) => tick !== 'command-output');
        return {
          role: draft.role,
          where,
          ...(draft.role === 'controller' && scopes.length > 0 ? { scopes } : {}),
          ...(ticks.includes('command-output') ? { commandOutput: true } : {}),
          ...(draft.lifetimeMs === undefined ? {} : { lifetimeMs: draft.lifetimeMs }),
        };
      }
      step = 3;
    }
    // oxlint-enable no-await-in-loop
  }
}

function roles(session: SessionSummary): readonly StepItem<'viewer' | 'controller'>[] {
  const { t } = vscode.l10n;
  const viewer = {
    label: `$(eye) ${t('Viewer')}`,
    detail: t('Watches live: history, streaming text, decisions. Sends nothing.'),
    value: 'viewer' as const,
  };
  if (!canOf(session, 'prompt')) {
    const detail =
      session.source === 'observed'
        ? t('Watches live. This session runs in a terminal, so nobody can prompt from here.')
        : t('Watches live. This session can only be watched from here.');
    return [{ ...viewer, detail }];
  }
  if (isUnattended(session)) {
    return [
      {
        ...viewer,
        detail: t(
          'Watches live. No controller link while permissions are bypassed in this session.',
        ),
      },
    ];
  }
  const detail = t('May ask for control. Watches until you press Allow control.');
  return [viewer, { label: `$(edit) ${t('Controller')}`, detail, value: 'controller' as const }];
}

function ticksFor(role: ShareChoice['role'] | undefined): readonly StepItem<Tick>[] {
  const { t } = vscode.l10n;
  const output = {
    label: t('Show the output of commands'),
    detail: t(
      'What /context, /usage and the like print from now on, for everybody in the session: it may show memory and plan. Off unless you tick it.',
    ),
    value: 'command-output' as const,
  };
  if (role !== 'controller') return [output];
  return [
    {
      label: t('Approve tools'),
      detail: t(
        'May answer permission requests: commands then run on this computer. Off unless you tick it.',
      ),
      value: 'approve',
    },
    output,
  ];
}

function lifetimes(): readonly StepItem<number>[] {
  const { t } = vscode.l10n;
  return [
    { label: t('24 hours'), value: 24 * HOUR_MS },
    { label: t('1 hour'), value: HOUR_MS },
    { label: t('8 hours'), value: 8 * HOUR_MS },
    { label: t('7 days'), value: 7 * 24 * HOUR_MS },
  ];
}

async function askWhere(
  options: { readonly title: string; readonly step: number; readonly totalSteps: number },
  questions: ShareQuestions,
): Promise<ShareChoice['where'] | typeof BACK | undefined> {
  const { t } = vscode.l10n;
  const kind = await pickOne({
    ...options,
    placeholder: t('Where should the link work?'),
    items: [
      {
        label: `$(device-desktop) ${t('This computer only')}`,
        detail: t('For other windows and users of this computer. The link works nowhere else.'),
        value: 'loopback' as const,
      },
      {
        label: `$(globe) ${t('An address that leads to this computer')}`,
        detail: t(
          'A forwarded port, tailscale, a tunnel or a proxy. It is checked before you get the link.',
        ),
        value: 'address' as const,
      },
      {
        label: `$(server) ${t('A relay server')}`,
        detail: t('A server of your own that sees ciphertext only.'),
        value: 'relay' as const,
      },
    ],
  });
  if (kind === undefined || kind === BACK) return kind;
  if (kind === 'loopback') return { kind };
  const url = await askText({
    ...options,
    prompt:
      kind === 'address'
        ? t('Address at which others reach this computer')
        : t('Address of the relay server'),
    placeholder: 'wss://…',
    value: kind === 'relay' ? settings.relayUrl() : '',
    check: (text) =>
      relayAddress(text) === undefined ? t('An address like wss://example.org') : undefined,
  });
  if (url === undefined) return undefined;
  if (url === BACK) return askWhere(options, questions);
  const address = relayAddress(url) ?? url;
  if (kind === 'address') return { kind, url: address };
  const accessKey = await askText({
    ...options,
    prompt: t('Access key of {0}. Leave it empty if it has none.', address),
    placeholder: t('Access key'),
    value: (await questions.accessKey(address)) ?? '',
    isSecret: true,
  });
  if (accessKey === undefined) return undefined;
  if (accessKey === BACK) return askWhere(options, questions);
  return { kind, url: address, ...(accessKey === '' ? {} : { accessKey }) };
}
