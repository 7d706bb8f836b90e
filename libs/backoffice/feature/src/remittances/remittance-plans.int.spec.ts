import { instant } from '@encaisse/kernel';
import type { Query } from '@encaisse/platform/lists';
import { Database, type SqlSession } from '@encaisse/platform/postgres';
import {
  createTestDatabase,
  planOf,
  type ReadPlan,
  recordingDatabase,
  type Statement,
  type TestDatabase,
  withChangeUndone,
} from '@encaisse/testing';
import type { ReadScope } from '../backoffice-directory';
import { IDLE_SHOP, LARGE_SHOPS } from '../fixtures/large-journal';
import { fillLargeRemittances } from '../fixtures/large-remittances';
import { RemittanceQueries, type RemittanceSorting } from './remittance-queries';
import { parseRemittanceSearch } from './remittance-search';
import { REMITTANCES_SCHEMA, remittancesProjection } from './remittances.projection';

const NOW = instant('2026-11-22T12:00:00.000Z');
const ROWS = 210_000;
const PERIOD = { from: '2025-10-23', to: '2026-11-22' };

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'plans-spec' }, []);
  await database.transaction(async (session) => {
    await session.query(`create schema ${REMITTANCES_SCHEMA}`);
    await session.query(`set local search_path to ${REMITTANCES_SCHEMA}, public`);
    await session.query(remittancesProjection.tables);
    await fillLargeRemittances({ rows: ROWS, from: '2025-10-22T22:00:00Z', days: 395 }, session);
    await session.query(remittancesProjection.indexes!);
    await session.query('analyze remittances');
  });
}, 180_000);

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const root: ReadScope = { environment: 'TEST', nodeId: 'root', shopIds: null, historyMonths: 13 };
const shopsAt = (...shopIds: string[]): ReadScope => ({ ...root, nodeId: 'node', shopIds });
const MIDDLING = LARGE_SHOPS[10]!;

/** Every filter of REM-06 alone: values that many rows have, that few have, and that none has. */
const FILTERS: Readonly<Record<string, Query>> = {
  everything: {},
  'one day': { from: '2026-06-10', to: '2026-06-10' },
  'status accepted': { status: 'ACCEPTED' },
  'status sent': { status: 'SENT' },
  'status to send': { status: 'TO_SEND' },
  'status rejected, rare': { status: 'REJECTED' },
  'means visa': { paymentMeans: 'VISA' },
  'means paypal, rare': { paymentMeans: 'PAYPAL' },
  'means nobody': { paymentMeans: 'DINERS' },
  contract: { contractNumber: '5200001' },
  'contract, small': { contractNumber: '5200580' },
  'contract nobody': { contractNumber: '999' },
  'rank common': { rank: '001' },
  'rank second': { rank: '002' },
  'rank, rare': { rank: '003' },
  'rank nobody': { rank: '009' },
  'number nobody': { remittanceNumber: '5200000-999999' },
  'amount eq': { totalAmount: 'eq:5500' },
  'amount gte': { totalAmount: 'gte:5000000' },
  'amount gte many': { totalAmount: 'gte:10000' },
  'amount gte none': { totalAmount: 'gte:999999999' },
  'amount lte, negative': { totalAmount: 'lte:-1000000' },
  'amount ne': { totalAmount: 'ne:5500' },
  'currency eur': { currency: 'EUR' },
  'currency usd': { currency: 'USD' },
  'currency jpy, rare': { currency: 'JPY' },
  'currency nobody': { currency: 'CHF' },
};

/** What people ask together. */
const COMBINATIONS: Readonly<Record<string, Query>> = {
  'rejected of a means': { status: 'REJECTED', paymentMeans: 'VISA' },
  'two statuses': { status: ['REJECTED', 'TO_SEND'] },
  'a rank of a contract': { contractNumber: '5200001', rank: '002' },
  'several contracts': { contractNumber: ['5200001', '5200300', '5200580'] },
  'several numbers': { remittanceNumber: ['5200000-000100', '5200001-000200', '7'] },
  'an amount range in euros': { totalAmount: ['gte:40000:EUR', 'lte:41000:EUR'] },
  'an amount of a day': { from: '2026-06-10', to: '2026-06-10', totalAmount: 'gte:100000' },
  'nothing at all': { status: 'REJECTED', currency: 'JPY', rank: '003' },
};

const SCOPES: Readonly<Record<string, ReadScope>> = {
  root,
  'a large shop': shopsAt(LARGE_SHOPS[0]!),
  'a small shop': shopsAt(LARGE_SHOPS[58]!),
  'an idle shop': shopsAt(IDLE_SHOP),
  'four shops': shopsAt(...LARGE_SHOPS.slice(30, 33), IDLE_SHOP),
  'all shops': shopsAt(...LARGE_SHOPS),
};

const PAGE = 50;
/** A tenth of the table, and what a page costs at any size of it. */
const MOST_ROWS_READ = 20_000;
/** A page for each of the shops that are merged, and what a rare value or one contract gathers. */
const MOST_ROWS_SORTED = 2_500;
/** A contract that is sorted by total: its remittances are found first, as many as they are. */
const MOST_ROWS_OF_A_CONTRACT = ROWS / 10;

type Asked = {
  readonly filters: Query;
  readonly scope: ReadScope;
  readonly sorting: RemittanceSorting;
};

const byDate = { by: 'createdAt', isDescending: true } as const;
const byTotal = { by: 'totalAmount', isDescending: true } as const;

/** The statement of a page, so many rows after the first. */
async function statementOf(
  { filters, scope, sorting }: Asked,
  after = 0,
): Promise<Statement | null> {
  const statements: Statement[] = [];
  const queries = new RemittanceQueries(recordingDatabase(database, statements));
  const search = parseRemittanceSearch({ ...PERIOD, ...filters }, scope, NOW);
  let cursor: string | null = null;
  for (let skipped = 0; skipped < after; skipped += 500) {
    cursor = (await queries.page(search, { sorting, limit: 500, cursor })).nextCursor;
    if (cursor === null) return null;
  }
  await queries.page(search, { sorting, limit: PAGE, cursor });
  return statements.at(-1)!;
}

function mostRowsSorted({ filters, sorting }: Asked): number {
  const isOfContract = filters['contractNumber'] !== undefined && sorting.by === 'totalAmount';
  return isOfContract ? MOST_ROWS_OF_A_CONTRACT : MOST_ROWS_SORTED;
}

/** A page without filters reads its own rows, one page of each shop that is merged. */
function mostRowsRead({ filters, scope }: Asked): number {
  if (Object.keys(filters).length > 0) return MOST_ROWS_READ;
  const shops = scope.shopIds?.length ?? 1;
  return 500 * (shops <= 16 ? shops : 1);
}

function faultsOf(plan: ReadPlan, asked: Asked): string[] {
  return [
    ...plan.wholeTables.map((table) => `reads all of ${table}`),
    ...(plan.sortedRows > mostRowsSorted(asked) ? [`sorts ${plan.sortedRows} rows`] : []),
    ...(plan.rowsRead > mostRowsRead(asked) ? [`reads ${plan.rowsRead} rows`] : []),
  ];
}

const SEARCHES = Object.entries({ ...FILTERS, ...COMBINATIONS });
const ASKED = Object.entries(SCOPES).flatMap(([place, scope]) =>
  [byDate, byTotal].map((sorting) => [place, sorting.by, { scope, sorting }] as const),
);

describe('Plans of searches among the remittances of thirteen months', () => {
  it.each(ASKED)(
    'REM-06 no filter reads or sorts more than it shows: %s, by %s',
    async (_place, _by, { scope, sorting }) => {
      const faults: string[] = [];
      for (const [name, filters] of SEARCHES) {
        const asked = { filters, scope, sorting };
        const plan = await planOf((await statementOf(asked))!, database);
        faults.push(...faultsOf(plan, asked).map((fault) => `${name}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it.each(ASKED)(
    'REM-06 a deep page costs no more than the first: %s, by %s',
    async (_place, _by, { scope, sorting }) => {
      const faults: string[] = [];
      for (const name of ['everything', 'status accepted', 'means visa', 'amount gte many']) {
        for (const isDescending of [true, false]) {
          const asked = { filters: FILTERS[name]!, scope, sorting: { ...sorting, isDescending } };
          const statement = await statementOf(asked, 2000);
          if (statement === null) continue;
          const plan = await planOf(statement, database);
          faults.push(...faultsOf(plan, asked).map((fault) => `${name}: ${fault}`));
        }
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  const withoutIndex = (change: string, work: (session: SqlSession) => Promise<void>) =>
    withChangeUndone(change, work, database);

  const needed: readonly (readonly [string, string, ReadScope, RemittanceSorting])[] = [
    ['remittances_date', 'everything', root, byDate],
    ['remittances_total', 'everything', root, byTotal],
    ['remittances_shop', 'everything', shopsAt(MIDDLING), byDate],
    ['remittances_shop_total', 'everything', shopsAt(MIDDLING), byTotal],
    ['remittances_contract', 'contract nobody', root, byDate],
    ['remittances_number', 'several numbers', root, byDate],
    ['remittances_status', 'status rejected, rare', root, byDate],
    ['remittances_means', 'means paypal, rare', root, byDate],
    ['remittances_rank', 'rank, rare', root, byDate],
    ['remittances_currency', 'currency jpy, rare', root, byDate],
  ];

  it.each(needed)(
    'needs %s: without it, « %s » is found out',
    async (index, name, scope, sorting) => {
      const asked = { filters: { ...FILTERS, ...COMBINATIONS }[name]!, scope, sorting };
      const statement = (await statementOf(asked))!;
      expect(faultsOf(await planOf(statement, database), asked)).toEqual([]);
      await withoutIndex(`drop index ${REMITTANCES_SCHEMA}.${index}`, async (session) => {
        expect(faultsOf(await planOf(statement, session), asked)).not.toEqual([]);
      });
    },
  );

  it('has no index of the remittances that no search of them needs', async () => {
    const kept = await database.query<{ name: string }>(
      `select indexrelid::regclass::text as name from pg_index
       where indrelid = '${REMITTANCES_SCHEMA}.remittances'::regclass and not indisprimary`,
    );
    const names = kept.map(({ name }) => name.replace(/^.*\./, '')).sort();
    expect(names).toEqual(needed.map(([index]) => index).sort());
  });

  it('REM-08 shows one remittance by its key, and walks through another index without it', async () => {
    const statements: Statement[] = [];
    const queries = new RemittanceQueries(recordingDatabase(database, statements));
    const [row] = await database.query<{ id: string }>(
      `select remittance_id as id from ${REMITTANCES_SCHEMA}.remittances
       where remittance_number like '%-012345'`,
    );
    const found = await queries.find(row!.id, root);
    expect(found?.remittanceNumber).toMatch(/-012345$/);
    const plan = await planOf(statements.at(-1)!, database);
    expect(plan).toMatchObject({ wholeTables: [], sortedRows: 0, rowsRead: 1 });
    expect(plan.pages).toBeLessThan(10);
    const change = `alter table ${REMITTANCES_SCHEMA}.remittances drop constraint remittances_pkey`;
    await withoutIndex(change, async (session) => {
      const without = await planOf(statements.at(-1)!, session);
      expect(without.pages).toBeGreaterThan(500);
    });
  });
});
