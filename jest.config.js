'use strict';
const swcOptions = require('./tools/build/swc-options.js');

const shared = {
  rootDir: __dirname,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools'],
  testEnvironment: 'node',
  moduleNameMapper: { '^@encaisse/(.*)$': '<rootDir>/libs/$1/src/index.ts' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcOptions],
    'node_modules/.+\\.m?js$': [
      '@swc/jest',
      { swcrc: false, jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['node_modules/(?!(jose|uuidv7|content-disposition|cookie|uuid)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  setupFiles: ['reflect-metadata'],
};

/** One Jest run holds the three tiers, told apart by file suffix. */
module.exports = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.unit.spec.ts', '**/tools/{tidy,boundaries}.spec.ts'],
    },
    {
      ...shared,
      displayName: 'int',
      testMatch: ['**/*.int.spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.js',
      globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.js',
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['**/*.e2e.spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.js',
      globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.js',
    },
    {
      // The end-to-end suite once more, on what `npm run services` runs.
      ...shared,
      displayName: 'services',
      testMatch: [
        '**/all-in-one/src/{payments,cash-desk,merchants,mass-operations,figures,contracts}.e2e.spec.ts',
      ],
      setupFiles: ['reflect-metadata', '<rootDir>/libs/testing/src/services-form.js'],
      globalSetup: '<rootDir>/libs/testing/src/jest-global-setup.js',
      globalTeardown: '<rootDir>/libs/testing/src/jest-global-teardown.js',
    },
  ],
  testSequencer: '<rootDir>/tools/test/long-first.js',
  testTimeout: 120000,
};
