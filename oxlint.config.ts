// The linter: general rules, and the walls between rooms as tools/roomWalls.ts says them.
import { walls } from './tools/roomWalls.ts';

// Oxlint reads the default export of this file and nothing else.
// oxlint-disable-next-line import/no-default-export
export default {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise'],
  categories: {
    correctness: 'error',
  },
  env: {
    builtin: true,
  },
  ignorePatterns: [
    'node_modules',
    'dist',
    '.cache',
    '.twinhelm',
    'artifacts',
    'tools/hosts',
    'test/fixtures',
    'media',
  ],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-self-import': 'error',
    'import/no-duplicates': 'error',
    'oxc/no-barrel-file': [
      'error',
      {
        threshold: 0,
      },
    ],
    'typescript/no-explicit-any': 'error',
    'typescript/no-namespace': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'typescript/ban-ts-comment': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/no-unnecessary-condition': 'off',
    'typescript/unbound-method': 'off',
    'typescript/restrict-template-expressions': 'off',
    'unicorn/no-useless-spread': 'off',
    'typescript/no-meaningless-void-operator': 'off',
    'no-console': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: 'error',
    'no-eval': 'error',
    'no-throw-literal': 'error',
    'no-else-return': 'error',
    'no-restricted-globals': [
      'error',
      {
        name: 'event',
        message: 'Take it as a parameter.',
      },
    ],
  },
  overrides: [
    ...walls().map(({ files, patterns }) => ({
      files,
      rules: { 'no-restricted-imports': ['error', { patterns }] },
    })),
    {
      files: ['src/sync/**/*Parts.ts'],
      rules: {
        'no-use-before-define': ['error', { functions: false, typedefs: false }],
      },
    },
    {
      files: ['test/**', 'tools/**', 'scripts/**', 'bench/**', 'esbuild.mjs', 'vitest.config.ts'],
      rules: {
        'no-console': 'off',
        'no-await-in-loop': 'off',
      },
    },
    {
      files: ['esbuild.mjs', 'scripts/**/*.mjs'],
      rules: {
        'typescript/explicit-module-boundary-types': 'off',
      },
    },
  ],
};
