import { instant } from '@encaisse/kernel';
import type { Query } from '@encaisse/platform/lists';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import {
  createTestDatabase,
  planOf,
  type ReadPlan,
  recordingDatabase,
  type Statement,
  withChangeUndone,
} from '@encaisse/testing';
import type { ReadScope } from '../backoffice-directory';
import {
  IDLE_SHOP,
  LARGE_SHOPS,
  type OpenedJournal,
  openLargeJournal,
} from '../fixtures/large-journal';
import { JOURNAL_SCHEMA } from '../journal/journal.projection';
import {
  TransactionQueries,
  TRANSACTIONS,
  type TransactionSorting,
} from '../transactions/transaction-queries';
import { StatisticsQueries, type Step } from '../statistics/statistics-queries';
import { searchConditions } from './search-conditions';
import { parseTransactionSearch } from './transaction-search';

const NOW = instant('2026-11-22T12:00:00.000Z');
const ROWS = 210_000;
const PERIOD = { from: '2025-10-23', to: '2026-11-22' };

let journal: OpenedJournal;
let database: Database;

beforeAll(async () => {
  journal = await openLargeJournal(ROWS, await createTestDatabase());
  ({ database } = journal);
}, 180_000);

afterAll(() => journal.close());

const root: ReadScope = { environment: 'TEST', nodeId: 'root', shopIds: null, historyMonths: 13 };
const shopsAt = (...shopIds: string[]): ReadScope => ({ ...root, nodeId: 'node', shopIds });
const SHOP = LARGE_SHOPS[0]!;
const MIDDLING = LARGE_SHOPS[10]!;
const SMALL = LARGE_SHOPS[58]!;

/** Every filter of TRX-02 alone: values that many rows have, that few have, and that none has. */
const FILTERS: Readonly<Record<string, Query>> = {
  everything: {},
  'one day': { from: '2026-06-10', to: '2026-06-10' },
  'status refused': { status: 'REFUSED' },
  'status accepted': { status: 'ACCEPTED' },
  'status abandoned, rare': { status: 'ABANDONED' },
  'type debit': { type: 'DEBIT' },
  'type refund': { type: 'REFUND' },
  'to send': { acquirerStatus: 'TO_SEND' },
  sent: { acquirerStatus: 'SENT' },
  'set aside, rare': { acquirerStatus: 'SET_ASIDE' },
  'means visa': { paymentMeans: 'VISA' },
  'means paypal, rare': { paymentMeans: 'PAYPAL' },
  'means nobody': { paymentMeans: 'DINERS' },
  wallet: { wallet: 'APPLE_PAY' },
  'wallet, rare': { wallet: 'PAYLIB' },
  'wallet nobody': { wallet: 'GOOGLE_PAY' },
  'shop, large': { shopId: SHOP },
  'shop, small': { shopId: SMALL },
  'shop, idle': { shopId: IDLE_SHOP },
  contract: { contractNumber: '5200001' },
  'contract, rare': { contractNumber: '5200584' },
  'contract nobody': { contractNumber: '999' },
  remittance: { remittanceNumber: '5200000-100' },
  reference: { orderReference: 'CMD-777777-25' },
  'reference beginning': { orderReference: 'CMD-7777%' },
  'reference containing': { orderReference: '%77-12%' },
  'reference ending': { orderReference: '%-123456' },
  'reference common': { orderReference: 'facture%' },
  'reference common inside': { orderReference: '%md-%' },
  'reference around': { orderReference: 'cmd-%-1234%' },
  'references, inside or beginning': { orderReference: ['%77-12%', 'CMD-7777%'] },
  'amount eq': { amount: 'eq:5500' },
  'amount gte': { amount: 'gte:55000' },
  'amount gte many': { amount: 'gte:1000' },
  'amount gte none': { amount: 'gte:99999999' },
  'amount lte': { amount: 'lte:101' },
  'amount ne': { amount: 'ne:5500' },
  number: { transactionNumber: '0000100000' },
  email: { cardholderEmail: 'client.7@exemple.fr' },
  'email nobody': { cardholderEmail: 'nobody@exemple.fr' },
  'currency eur': { currency: 'EUR' },
  'currency usd': { currency: 'USD' },
  'currency jpy, rare': { currency: 'JPY' },
  'currency nobody': { currency: 'CHF' },
};

/** What people ask together. */
const COMBINATIONS: Readonly<Record<string, Query>> = {
  'refused of a means': { status: 'REFUSED', paymentMeans: 'VISA' },
  'refused of a rare means': { status: 'REFUSED', paymentMeans: 'PAYPAL' },
  'large refunds': { type: 'REFUND', amount: 'gte:30000' },
  'an amount of a day': { from: '2026-06-10', to: '2026-06-10', amount: 'eq:5500' },
  'an amount range in euros': { amount: ['gte:4000:EUR', 'lte:4100:EUR'] },
  'to send of a contract': { acquirerStatus: 'TO_SEND', contractNumber: '5200001' },
  'wallet of a means': { wallet: 'APPLE_PAY', paymentMeans: 'CB' },
  'reference of a status': { orderReference: 'cmd-1%', status: 'REFUSED' },
  'two statuses of a shop': { status: ['REFUSED', 'ABANDONED'], shopId: SHOP },
  'several numbers': { transactionNumber: ['0000100000', '0000200000', '7'] },
  'foreign currency refunds': { type: 'REFUND', currency: 'USD' },
  'nothing at all': { wallet: 'PAYLIB', currency: 'JPY', status: 'ABANDONED' },
};

const SCOPES: Readonly<Record<string, ReadScope>> = {
  root,
  'a large shop': shopsAt(SHOP),
  'a small shop': shopsAt(SMALL),
  'an idle shop': shopsAt(IDLE_SHOP),
  'four shops': shopsAt(...LARGE_SHOPS.slice(30, 33), IDLE_SHOP),
  'all shops': shopsAt(...LARGE_SHOPS),
};

const PAGE = 50;
/** Far below the rows of one month, and what a page costs at any size of the journal. */
const MOST_ROWS_READ = 20_000;
/** A page for each of the branches that are merged, and what a rare value gathers. */
const MOST_ROWS_SORTED = 2_500;

type Asked = {
  readonly filters: Query;
  readonly scope: ReadScope;
  readonly sorting: TransactionSorting;
};

const byDate = { by: 'createdAt', isDescending: true } as const;
const byAmount = { by: 'initialAmount', isDescending: true } as const;

/** The statements of a page, so many rows after the first. */
async function statementsOf(
  { filters, scope, sorting }: Asked,
  after = 0,
): Promise<readonly Statement[] | null> {
  const statements: Statement[] = [];
  const queries = new TransactionQueries(recordingDatabase(database, statements));
  const search = parseTransactionSearch({ ...PERIOD, ...filters }, scope, NOW);
  let cursor: string | null = null;
  for (let skipped = 0; skipped < after; skipped += 500) {
    cursor = (await queries.page(search, { sorting, limit: 500, cursor })).nextCursor;
    if (cursor === null) return null;
  }
  statements.length = 0;
  await queries.page(search, { sorting, limit: PAGE, cursor });
  return statements;
}

/** What all the statements of a page read together. */
async function planOfPage(
  statements: readonly Statement[],
  session: Pick<Database, 'query'>,
): Promise<ReadPlan> {
  const plans: ReadPlan[] = [];
  for (const statement of statements) plans.push(await planOf(statement, session));
  const sum = (of: (plan: ReadPlan) => number) => plans.reduce((total, one) => total + of(one), 0);
  return {
    wholeTables: plans.flatMap(({ wholeTables }) => wholeTables),
    plannedWholeTables: plans.flatMap(({ plannedWholeTables }) => plannedWholeTables),
    sortedRows: sum(({ sortedRows }) => sortedRows),
    pages: sum(({ pages }) => pages),
    rowsFound: sum(({ rowsFound }) => rowsFound),
    rowsRead: sum(({ rowsRead }) => rowsRead),
  };
}

/** Whether the contract filter is sorted by amount: its rows are found first, as many as they are. */
function mostRowsSorted({ filters, sorting }: Asked): number {
  const isOfContract = filters['contractNumber'] !== undefined && sorting.by === 'initialAmount';
  return isOfContract ? ROWS / 10 : MOST_ROWS_SORTED;
}

/** A page without filters reads its own rows, one page of each branch that is merged. */
function mostRowsRead({ filters, scope, sorting }: Asked): number {
  if (Object.keys(filters).length > 0) return MOST_ROWS_READ;
  const shops = scope.shopIds?.length ?? 1;
  return (sorting.by === 'createdAt' ? 300 : 1000) * (shops <= 8 ? shops : 1);
}

function faultsOf(plan: ReadPlan, asked: Asked): string[] {
  const isExact = /^[^%]+$/.test(String(asked.filters['orderReference'] ?? '%'));
  return [
    ...plan.wholeTables.map((table) => `reads all of ${table}`),
    ...(plan.sortedRows > mostRowsSorted(asked) ? [`sorts ${plan.sortedRows} rows`] : []),
    ...(plan.rowsRead > mostRowsRead(asked) ? [`reads ${plan.rowsRead} rows`] : []),
    ...(isExact && plan.pages > 400 ? [`touches ${plan.pages} pages for one reference`] : []),
  ];
}

function isWithin(filters: Query, { shopIds }: ReadScope): boolean {
  const shopId = filters['shopId'];
  return typeof shopId !== 'string' || shopIds === null || shopIds.includes(shopId);
}

const SEARCHES = Object.entries({ ...FILTERS, ...COMBINATIONS });
const ASKED = Object.entries(SCOPES).flatMap(([place, scope]) =>
  [byDate, byAmount].map((sorting) => [place, sorting.by, { scope, sorting }] as const),
);

describe('Plans of searches in a journal of thirteen months', () => {
  it.each(ASKED)(
    'TRX-02 no filter reads or sorts more than it shows: %s, by %s',
    async (_place, _by, { scope, sorting }) => {
      const faults: string[] = [];
      for (const [name, filters] of SEARCHES.filter(([, one]) => isWithin(one, scope))) {
        const asked = { filters, scope, sorting };
        const plan = await planOfPage((await statementsOf(asked))!, database);
        faults.push(...faultsOf(plan, asked).map((fault) => `${name}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it.each(ASKED)(
    'TRX-22 a deep page costs no more than the first: %s, by %s',
    async (_place, _by, { scope, sorting }) => {
      const faults: string[] = [];
      for (const name of ['everything', 'sent', 'means visa', 'amount gte many', 'type refund']) {
        for (const isDescending of [true, false]) {
          const filters = FILTERS[name]!;
          const asked = { filters, scope, sorting: { ...sorting, isDescending } };
          const statements = await statementsOf(asked, 2000);
          if (statements === null) continue;
          const plan = await planOfPage(statements, database);
          faults.push(...faultsOf(plan, asked).map((fault) => `${name}: ${fault}`));
        }
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it.each(['status abandoned, rare', 'reference ending', 'means paypal, rare', 'one day'])(
    'TRX-22 pages read month by month hold what one reading holds: %s',
    async (name) => {
      const search = parseTransactionSearch({ ...PERIOD, ...FILTERS[name] }, root, NOW);
      const conditions = searchConditions(search);
      for (const isDescending of [true, false]) {
        const direction = isDescending ? 'desc' : 'asc';
        const all = await database.query<{ transaction_id: string }>(
          `select transaction_id from ${TRANSACTIONS} where ${conditions.text}
           order by created_at ${direction}, transaction_id ${direction}`,
          conditions.parameters,
        );
        const queries = new TransactionQueries(database);
        const sorting = { by: 'createdAt', isDescending } as const;
        const found: string[] = [];
        // A number of rows that fits in no month, so that pages end in the middle of them and at their ends.
        const limit = Math.max(1, Math.ceil(all.length / 7));
        let cursor: string | null = null;
        do {
          const page = await queries.page(search, { sorting, limit, cursor });
          found.push(...page.rows.map(({ transactionId }) => transactionId));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(all.length).toBeGreaterThan(0);
        expect(found).toEqual(all.map(({ transaction_id }) => transaction_id));
      }
    },
  );

  const withoutIndex = (index: string, work: (session: SqlSession) => Promise<void>) =>
    withChangeUndone(`drop index ${JOURNAL_SCHEMA}.${index}`, work, database);

  const needed: readonly (readonly [string, string, ReadScope, TransactionSorting])[] = [
    ['transactions_date', 'everything', root, byDate],
    ['transactions_shop', 'everything', shopsAt(LARGE_SHOPS[2]!), byDate],
    ['transactions_shop_amount', 'everything', shopsAt(MIDDLING), byAmount],
    ['transactions_amount', 'everything', root, byAmount],
    ['transactions_means', 'means paypal, rare', root, byDate],
    ['transactions_contract', 'contract, rare', root, byDate],
    ['transactions_number', 'number', root, byDate],
    ['transactions_remittance', 'remittance', root, byDate],
    ['transactions_wallet', 'wallet, rare', root, byDate],
    ['transactions_currency', 'currency jpy, rare', root, byDate],
    ['transactions_email', 'email', root, byDate],
    ['transactions_reference', 'reference', root, byDate],
    ['transactions_reference_part', 'reference containing', root, byDate],
  ];

  it.each(needed)(
    'needs %s: without it, « %s » is found out',
    async (index, name, scope, sorting) => {
      const asked = { filters: FILTERS[name]!, scope, sorting };
      const statements = (await statementsOf(asked))!;
      expect(faultsOf(await planOfPage(statements, database), asked)).toEqual([]);
      await withoutIndex(index, async (session) => {
        expect(faultsOf(await planOfPage(statements, session), asked)).not.toEqual([]);
      });
    },
  );

  it('has no index of the journal that no search, detail or remittance needs', async () => {
    const kept = await database.query<{ name: string }>(
      `select indexrelid::regclass::text as name from pg_index
       where indrelid = '${JOURNAL_SCHEMA}.transactions'::regclass and not indisprimary`,
    );
    const others = ['transactions_original', 'transactions_earlier_remittance'];
    const names = kept.map(({ name }) => name.replace(/^.*\./, '')).sort();
    expect(names).toEqual([...needed.map(([index]) => index), ...others].sort());
  });
});

describe('Plans of figures over thirteen months', () => {
  const FIGURES = {
    scope: root,
    period: { from: instant('2025-10-22T22:00:00.000Z'), to: instant('2026-11-22T23:00:00.000Z') },
    currencies: [],
  } as const;

  async function figuresPlan(step: Step | null, run: (statement: Statement) => Promise<ReadPlan>) {
    const statements: Statement[] = [];
    const queries = new StatisticsQueries(recordingDatabase(database, statements));
    const figures = await queries.figures({ ...FIGURES, step });
    expect(figures.length).toBeGreaterThan(0);
    return run(statements.at(-1)!);
  }

  it.each(['day', 'week', 'month', null] as const)(
    'STAT-02 read the days of one node, not the transactions: step %s',
    async (step) => {
      const plan = await figuresPlan(step, (statement) => planOf(statement, database));
      expect(plan.wholeTables).toEqual([]);
      // Days, at five payment means in three currencies each at most.
      expect(plan.rowsRead).toBeLessThanOrEqual(397 * 15);
    },
  );

  it('needs the key of the days: without it the figures of all nodes are read', async () => {
    const asked: Statement[] = [];
    await figuresPlan('day', (statement) => {
      asked.push(statement);
      return planOf(statement, database);
    });
    const change = `alter table ${JOURNAL_SCHEMA}.statistics_day drop constraint statistics_day_pkey`;
    const work = async (session: SqlSession) => {
      const plan = await planOf(asked[0]!, session);
      expect(plan.wholeTables).toEqual(['statistics_day']);
    };
    await withChangeUndone(change, work, database);
  });
});
