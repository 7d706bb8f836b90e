import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { join } from 'node:path';
import type { checkRebuilds as Check } from './check';

const DIST = join(__dirname, '..', '..', 'dist', 'tools', 'rebuild-check', 'check.js');
const databases: TestDatabase[] = [];
const context = {
  createDatabase: async () => {
    const database = await createTestDatabase();
    databases.push(database);
    return database.url;
  },
  say: () => undefined,
};

const WAYS = [
  'one by one',
  'in sevens',
  'in Kiritimati',
  'in Paris, in French',
  'as events come, killed on the way',
];

/** The folds run as compiled processes, so the check that starts them is the compiled one. */
function compiled(): { readonly checkRebuilds: typeof Check } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(DIST) as { readonly checkRebuilds: typeof Check };
}

afterAll(async () => {
  for (const database of databases) await database.drop();
});

describe('Making the read models again', () => {
  const small = { events: 400, smallEvents: 150, otherNode: false } as const;

  it('T18 gives the same rows in any batch size, time zone and language, killed on the way or not', async () => {
    const { findings } = await compiled().checkRebuilds(
      { ...small, hasLocalTimeFault: false, only: WAYS },
      context,
    );
    expect(findings).toHaveLength(WAYS.length);
    expect(findings.filter(({ different }) => different.length > 0)).toEqual([]);
  }, 180_000);

  it('T18 finds out a read model that goes by the local time of the machine', async () => {
    const { findings } = await compiled().checkRebuilds(
      { ...small, hasLocalTimeFault: true, only: ['in Kiritimati'] },
      context,
    );
    const abroad = findings.find(({ way }) => way === 'in Kiritimati');
    expect(abroad?.different).toEqual(['check.local_days']);
  }, 180_000);
});
