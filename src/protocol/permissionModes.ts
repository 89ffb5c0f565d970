// Permission modes by what they mean for guests. Names are Claude Code's.

/** Modes in which tools run that nobody was asked about: whoever may prompt may run anything. */
const SKIPS_QUESTIONS: ReadonlySet<string> = new Set(['bypassPermissions', 'auto']);

/** Whether a mode skips questions: no guest is in control of such a session. */
export function skipsQuestions(mode: string | undefined): boolean {
  return mode !== undefined && SKIPS_QUESTIONS.has(mode);
}
