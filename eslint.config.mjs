import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const PURE = ['libs/kernel/**/*.ts', 'libs/*/domain/**/*.ts', 'libs/*/contract/**/*.ts'];
const SPECS = ['**/*.spec.ts', '**/*.property.ts'];
const CONTEXTS = [
  'authorization',
  'cashdesk',
  'remittance',
  'scheduler',
  'reconciliation',
  'merchant-onboarding',
  'backoffice',
  'acquirer-simulator',
  'audit',
];

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
];

/** A context sees itself, what is shared, the ledger's domain and what others publish. */
const byScope = CONTEXTS.map((context) => ({
  sourceTag: `scope:${context}`,
  onlyDependOnLibsWithTags: [`scope:${context}`, 'scope:shared', 'scope:ledger', 'kind:contract'],
}));

const boundaries = (extraKinds) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
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

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.nx/**',
      '.data/**',
      'coverage/**',
      '**/*.js',
      '**/*.mjs',
    ],
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
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: SPECS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['kind:testing']),
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: PURE,
    ignores: SPECS,
    rules: {
      'no-restricted-imports': ['error', { patterns: ['node:*', 'fs', 'path', 'crypto', 'os'] }],
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'The time comes in with the command.' },
        { name: 'process', message: 'Pure code has no environment.' },
        { name: 'fetch', message: 'Pure code has no network.' },
        { name: 'setTimeout', message: 'Pure code has no timers.' },
        { name: 'setInterval', message: 'Pure code has no timers.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Pure code is deterministic.' },
      ],
    },
  },
);
