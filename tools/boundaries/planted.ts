import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A violation planted in a file that does not exist, and what the linter must say about it. */
export type Planted = {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  readonly rule: string;
  readonly says: RegExp;
};

const NX = '@nx/enforce-module-boundaries';
const ROOT = join(__dirname, '..', '..');

function importing(module: string): string {
  return `import * as planted from '${module}';\nexport const seen = planted;\n`;
}

type ImportRow = readonly [from: string, folder: string, module: string, says: RegExp];

/** One row at least per row of the table of kinds, docs/architecture.md. */
const KIND_ROWS: readonly ImportRow[] = [
  ['an app', 'apps/cashdesk/src', '@encaisse/ledger/domain', /"kind:app" can only/],
  ['an app', 'apps/cashdesk/src', '@encaisse/kernel', /"kind:app" can only/],
  [
    'a feature',
    'libs/cashdesk/feature/src',
    '@encaisse/scheduler/feature',
    /"kind:feature" can only/,
  ],
  ['a feature', 'libs/cashdesk/feature/src', '@encaisse/testing', /"kind:feature" can only/],
  ['a domain', 'libs/ledger/domain/src', '@encaisse/platform/http', /"kind:domain" can only/],
  [
    'a domain',
    'libs/remittance/domain/src',
    '@encaisse/remittance/feature',
    /"kind:domain" can only/,
  ],
  ['a domain', 'libs/ledger/domain/src', 'pg', /"kind:domain" is not allowed/],
  ['a domain', 'libs/ledger/domain/src', '@nestjs/common', /"kind:domain" is not allowed/],
  ['a domain', 'libs/ledger/domain/src', 'luxon', /"kind:domain" is not allowed/],
  ['a contract', 'libs/ledger/contract/src', '@encaisse/ledger/domain', /"kind:contract" can only/],
  [
    'a contract',
    'libs/ledger/contract/src',
    '@encaisse/platform/event-store',
    /"kind:contract" can only/,
  ],
  ['a contract', 'libs/ledger/contract/src', 'pg', /"kind:contract" is not allowed/],
  ['the kernel', 'libs/kernel/src', '@encaisse/platform/clock', /"kind:kernel" can only/],
  ['the kernel', 'libs/kernel/src', 'uuidv7', /"kind:kernel" is not allowed/],
  [
    'the platform',
    'libs/platform/http/src',
    '@encaisse/cashdesk/feature',
    /"kind:platform" can only/,
  ],
  ['the platform', 'libs/platform/http/src', '@encaisse/ledger/domain', /"kind:platform" can only/],
  ['the platform', 'libs/platform/http/src', '@encaisse/testing', /"kind:platform" can only/],
  [
    'the testing library',
    'libs/testing/src',
    '@encaisse/cashdesk/feature',
    /"kind:testing" can only/,
  ],
];

function contexts(): string[] {
  const shared = ['kernel', 'ledger', 'platform', 'testing'];
  return readdirSync(join(ROOT, 'libs')).filter((folder) => !shared.includes(folder));
}

/** A context may read what another publishes, never its domain. */
function scopeRows(): ImportRow[] {
  const rows = contexts().map((context): ImportRow => {
    const other = context === 'remittance' ? 'authorization' : 'remittance';
    const says = new RegExp(`"scope:${context}" can only`);
    return [
      `the context ${context}`,
      `libs/${context}/feature/src`,
      `@encaisse/${other}/domain`,
      says,
    ];
  });
  return [
    ...rows,
    [
      'the ledger',
      'libs/ledger/domain/src',
      '@encaisse/remittance/contract',
      /"scope:ledger" can only/,
    ],
  ];
}

const IMPURITIES: readonly (readonly [string, string, string])[] = [
  ['node:fs', importing('node:fs'), 'no-restricted-imports'],
  ['fs', importing('fs'), 'no-restricted-imports'],
  ['node:crypto', importing('node:crypto'), 'no-restricted-imports'],
  ['a late import', 'export const late = () => import("luxon");\n', 'no-restricted-syntax'],
  ['Date', 'export const now = () => Date.now();\n', 'no-restricted-globals'],
  ['new Date', 'export const now = () => new Date();\n', 'no-restricted-globals'],
  [
    'the clock of luxon',
    "import { DateTime } from 'luxon';\nexport const now = () => DateTime.now();\n",
    'no-restricted-properties',
  ],
  ['performance', 'export const now = () => performance.now();\n', 'no-restricted-globals'],
  ['process', 'export const home = () => process.env;\n', 'no-restricted-globals'],
  ['globalThis', 'export const all = () => globalThis;\n', 'no-restricted-globals'],
  ['Math.random', 'export const dice = () => Math.random();\n', 'no-restricted-properties'],
  ['crypto', 'export const id = () => crypto.randomUUID();\n', 'no-restricted-globals'],
  ['fetch', "export const page = () => fetch('http://x');\n", 'no-restricted-globals'],
  ['setTimeout', 'export const wait = () => setTimeout(() => 1, 1);\n', 'no-restricted-globals'],
  ['setInterval', 'export const wait = () => setInterval(() => 1, 1);\n', 'no-restricted-globals'],
  ['setImmediate', 'export const wait = () => setImmediate(() => 1);\n', 'no-restricted-globals'],
  ['console', 'export const tell = () => console.log(1);\n', 'no-restricted-globals'],
];

const PURE_FOLDERS = ['libs/kernel/src', 'libs/ledger/domain/src', 'libs/ledger/contract/src'];

function impureRows(): Planted[] {
  return PURE_FOLDERS.flatMap((folder) =>
    IMPURITIES.map(([what, text, rule]) => ({
      title: `${what} in ${folder}`,
      file: `${folder}/planted.ts`,
      text,
      rule,
      says: /./,
    })),
  );
}

/** What features may not ask the machine for: they could not be simulated. */
const MACHINE: readonly (readonly [string, string, string])[] = [
  ['Date.now', 'export const now = () => Date.now();\n', 'no-restricted-properties'],
  ['new Date()', 'export const now = () => new Date();\n', 'no-restricted-syntax'],
  ['Math.random', 'export const dice = () => Math.random();\n', 'no-restricted-properties'],
  ['crypto', 'export const id = () => crypto.randomUUID();\n', 'no-restricted-globals'],
  [
    'randomUUID of node:crypto',
    "import { randomUUID } from 'node:crypto';\nexport const id = () => randomUUID();\n",
    'no-restricted-imports',
  ],
  ['uuidv7', importing('uuidv7'), 'no-restricted-imports'],
  ['setTimeout', 'export const wait = () => setTimeout(() => 1, 1);\n', 'no-restricted-globals'],
  ['setInterval', 'export const wait = () => setInterval(() => 1, 1);\n', 'no-restricted-globals'],
  ['timers/promises', importing('node:timers/promises'), 'no-restricted-imports'],
  ['performance', 'export const now = () => performance.now();\n', 'no-restricted-globals'],
  ['fetch', "export const page = () => fetch('http://x');\n", 'no-restricted-globals'],
];

function machineRows(): Planted[] {
  return MACHINE.map(([what, text, rule]) => ({
    title: `${what} in a feature`,
    file: 'libs/remittance/feature/src/planted.ts',
    text,
    rule,
    says: /Ask|Chance|Ids|ports/,
  }));
}

function importRow([from, folder, module, says]: ImportRow): Planted {
  return {
    title: `${module} in ${from} (${folder})`,
    file: `${folder}/planted.ts`,
    text: importing(module),
    rule: NX,
    says,
  };
}

/** Everything the linter must refuse. */
export const FORBIDDEN: readonly Planted[] = [
  ...[...KIND_ROWS, ...scopeRows()].map(importRow),
  ...machineRows(),
  {
    title: 'a path into another library',
    file: 'libs/cashdesk/feature/src/planted.ts',
    text: importing('../../../ledger/domain/src/index'),
    rule: NX,
    says: /cannot be imported by a relative or absolute path/,
  },
  ...impureRows(),
];

/** What the same rules let pass: a rule that refuses everything would prove nothing. */
export const ALLOWED: readonly (readonly [title: string, file: string, module: string])[] = [
  ['a feature from an app', 'apps/cashdesk/src/planted.ts', '@encaisse/cashdesk/feature'],
  ['the ledger from a context', 'libs/cashdesk/feature/src/planted.ts', '@encaisse/ledger/domain'],
  [
    'what another context publishes',
    'libs/cashdesk/feature/src/planted.ts',
    '@encaisse/merchant-onboarding/contract',
  ],
  ['npm from a feature', 'libs/cashdesk/feature/src/planted.ts', '@nestjs/common'],
  ['luxon from the kernel', 'libs/kernel/src/planted.ts', 'luxon'],
  ['the kernel from a domain', 'libs/ledger/domain/src/planted.ts', '@encaisse/kernel'],
  [
    'the testing library from a spec',
    'libs/ledger/domain/src/planted.unit.spec.ts',
    '@encaisse/testing',
  ],
  [
    'npm from a spec of a domain',
    'libs/ledger/domain/src/planted.unit.spec.ts',
    '@fast-check/jest',
  ],
  ['the machine from a spec', 'libs/ledger/domain/src/planted.unit.spec.ts', 'node:fs'],
];
