// The name of the branch in a line of a transcript.

/** The branch; undefined where there is none: Claude Code writes "HEAD" then. */
export function branchName(gitBranch: string | undefined): string | undefined {
  return gitBranch === '' || gitBranch === 'HEAD' ? undefined : gitBranch;
}
