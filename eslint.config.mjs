import { readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const PURE = ['libs/kernel/**/*.ts', 'libs/*/domain/**/*.ts', 'libs/*/contract/**/*.ts'];
const FEATURES = ['libs/*/feature/**/*.ts'];
/** Play what stands outside: machines of their own, no part of what is simulated. */
const COUNTERPARTS = ['libs/acquirer-simulator/**/*.ts', 'libs/mail-sink/**/*.ts'];
const SPECS = ['**/*.spec.ts', '**/*.property.ts'];
/** Suites and examples that specs run: as long as what they list. */
const MATRIX = ['apps/*/src/matrix/**/*.ts'];
const TEST_MATERIAL = ['libs/testing/**/*.ts', 'libs/*/*/src/testing/**/*.ts', ...MATRIX];
const SHARED = ['kernel', 'ledger', 'platform', 'testing'];
const CONTEXTS = readdirSync(new URL('./libs/', import.meta.url)).filter(
  (folder) => !SHARED.includes(folder),
);

const byKind = [
  { sourceTag: 'kind:app', onlyDependOnLibsWithTags: ['kind:feature', 'kind:platform'] },
  {
    sourceTag: 'kind:feature',
    onlyDependOnLibsWithTags: ['kind:domain', 'kind:contract', 'kind:platform', 'kind:kernel'],
  },
  {
    sourceTag: 'kind:domain',
    onlyDependOnLibsWithTags: ['kind:kernel', 'kind:contract'],
    allowedExternalImports: [],
  },
  {
    sourceTag: 'kind:contract',
    onlyDependOnLibsWithTags: ['kind:kernel'],
    allowedExternalImports: [],
  },
  { sourceTag: 'kind:platform', onlyDependOnLibsWithTags: ['kind:platform', 'kind:kernel'] },
  {
    sourceTag: 'kind:kernel',
    onlyDependOnLibsWithTags: ['kind:kernel'],
    allowedExternalImports: ['luxon'],
  },
  { sourceTag: 'kind:testing', onlyDependOnLibsWithTags: ['kind:platform', 'kind:kernel'] },
  {
    sourceTag: 'kind:tool',
    onlyDependOnLibsWithTags: [
      'kind:feature',
      'kind:domain',
      'kind:contract',
      'kind:platform',
      'kind:kernel',
      'kind:testing',
    ],
  },
];

/**
 * A context sees itself, what is shared, the ledger's domain and what others publish; its service names
 * the list of all that is published.
 */
const byScope = CONTEXTS.map((context) => ({
  sourceTag: `scope:${context}`,
  onlyDependOnLibsWithTags: [
    `scope:${context}`,
    'scope:shared',
    'scope:ledger',
    'scope:messages',
    'kind:contract',
    // The log is read, and people sign in, where the back office serves them.
    ...(context === 'backoffice' ? ['scope:audit', 'scope:access'] : []),
    // What plays the outside runs in one process.
    ...(context === 'acquirer-simulator' ? ['scope:mail-sink'] : []),
  ],
}));

const boundaries = (extraKinds) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    // The suites of libs/testing run ports of the platform, whose own specs run the suites: a circle
    // of specs only, which the rule cannot tell from one of production code.
    ignoredCircularDependencies: ['platform', 'feature', 'domain', 'contract', 'kernel'].map(
      (kind) => [`tag:kind:${kind}`, 'testing'],
    ),
    depConstraints: [
      ...byKind.map((rule) => ({
        ...rule,
        onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, ...extraKinds],
        ...(extraKinds.length > 0 ? { allowedExternalImports: undefined } : {}),
      })),
      ...byScope,
      { sourceTag: 'scope:ledger', onlyDependOnLibsWithTags: ['scope:ledger', 'scope:shared'] },
      { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
    ].map((rule) =>
      Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)),
    ),
  },
];

/** Pure code is told the time, the identifiers and the chance; it asks nobody. */
const IMPURE_GLOBALS = {
  Date: 'The time comes in with the command.',
  performance: 'The time comes in with the command.',
  process: 'Pure code has no environment.',
  globalThis: 'Pure code has no environment.',
  console: 'Pure code tells nothing but what it returns.',
  crypto: 'Identifiers and chance come in with the command.',
  fetch: 'Pure code has no network.',
  WebSocket: 'Pure code has no network.',
  setTimeout: 'Pure code has no timers.',
  setInterval: 'Pure code has no timers.',
  setImmediate: 'Pure code has no timers.',
  queueMicrotask: 'Pure code has no timers.',
};

const purity = {
  'no-restricted-imports': [
    'error',
    {
      paths: builtinModules.map((name) => ({ name, message: 'Pure code has no machine.' })),
      patterns: [{ group: ['node:*'], message: 'Pure code has no machine.' }],
    },
  ],
  'no-restricted-globals': [
    'error',
    ...Object.entries(IMPURE_GLOBALS).map(([name, message]) => ({ name, message })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'Pure code is deterministic.' },
    { object: 'DateTime', property: 'now', message: 'The time comes in with the command.' },
    { object: 'DateTime', property: 'utc', message: 'Read an instant with fromISO or fromMillis.' },
    { object: 'DateTime', property: 'local', message: 'The time comes in with the command.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'ImportExpression', message: 'Pure code is whole when it is loaded.' },
  ],
};

/**
 * Features wait through `Timers`, read business time from `Clock` and take ids from the platform: what
 * asks the machine itself could not be simulated (the simulation's loader refuses it at run time too).
 */
const MACHINE_GLOBALS = {
  performance: 'Ask Timers.monotonicMillis.',
  crypto: 'Chance comes from the platform.',
  fetch: 'The network is reached through ports.',
  setTimeout: 'Ask Timers.',
  setInterval: 'Ask Timers.',
  setImmediate: 'Ask Timers.',
};

const noMachine = {
  'no-restricted-globals': [
    'error',
    ...Object.entries(MACHINE_GLOBALS).map(([name, message]) => ({ name, message })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'Chance comes from the platform.' },
    { object: 'Date', property: 'now', message: 'Ask Clock or Timers.' },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'Ask Clock for the time.',
    },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        { name: 'node:timers', message: 'Ask Timers.' },
        { name: 'node:timers/promises', message: 'Ask Timers.' },
        { name: 'uuidv7', message: 'Ids come from the caller or from the platform.' },
        {
          name: 'node:crypto',
          importNames: ['randomBytes', 'randomFillSync', 'randomInt', 'randomUUID'],
          message: 'Chance comes from the platform.',
        },
      ],
    },
  ],
};

const length = (lines, functionLines) => ({
  'max-lines': ['error', { max: lines, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': [
    'error',
    { max: functionLines, skipBlankLines: true, skipComments: true },
  ],
});

/** Specs and their material look at answers of the API as they come. */
const ANSWERS_AS_THEY_COME = {
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.nx/**',
      '.data/**',
      'coverage/**',
      '**/*.generated.ts',
      '**/*.mjs',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs' },
    rules: {
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-var': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error',
      ...length(300, 60),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/no-extraneous-class': 'off',
      // The classes of HTTP bodies and answers are shapes: a literal of the shape is one of them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      ...length(300, 60),
    },
  },
  { files: PURE, ignores: SPECS, rules: purity },
  { files: FEATURES, ignores: [...SPECS, ...TEST_MATERIAL, ...COUNTERPARTS], rules: noMachine },
  {
    files: TEST_MATERIAL,
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      ...ANSWERS_AS_THEY_COME,
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
  {
    files: [...SPECS, ...MATRIX],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['kind:testing']),
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      ...ANSWERS_AS_THEY_COME,
    },
  },
);
