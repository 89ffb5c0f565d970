// What a .vsix of ours may hold.

const ALLOWED: readonly RegExp[] = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package(\.nls(\.[a-z-]+)?)?\.json|readme\.md|changelog\.md|LICENSE(\.txt|\.md)?)$/i,
  /^extension\/l10n\/bundle\.l10n(\.[a-zA-Z-]+)?\.json$/,
  /^extension\/media\/[\w.-]+\.(png|svg)$/,
  /^extension\/media\/join\/[\w.-]+\.(html|css|js|svg|png)$/,
  /^extension\/dist\/join\/index\.html\.(br|gz)$/,
  /^extension\/dist\/(extension\.node\.cjs|extension\.web\.cjs|twinhelm\.mjs|panel(-\w+-\w+)?\.js|panel\.css)$/,
];
const REQUIRED: readonly string[] = [
  'extension/package.json',
  'extension/dist/extension.node.cjs',
  'extension/dist/extension.web.cjs',
  'extension/dist/twinhelm.mjs',
  'extension/dist/panel.js',
];
/** Largest .vsix, in bytes. */
export const MAX_VSIX_BYTES: number = 1.5 * 1024 * 1024;

/** What is wrong with a list of names in a .vsix; empty = nothing. `built`: names of files in dist/. */
export function vsixProblems(names: readonly string[], built: readonly string[]): string[] {
  // Parts that the page loads, at once or later: what they are called is the bundler's choice.
  const parts = built
    .filter((name) => /^panel-.*\.js$/.test(name))
    .map((name) => `extension/dist/${name}`);
  const unexpected = names.filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
  const missing = [...REQUIRED, ...parts].filter((name) => !names.includes(name));
  return [
    ...unexpected.map((name) => `${name} does not belong into the package`),
    ...missing.map((name) => `${name} is missing`),
  ];
}
