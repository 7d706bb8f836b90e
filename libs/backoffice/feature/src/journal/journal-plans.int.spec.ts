import { instant } from '@encaisse/kernel';
import { orderBy, type Query } from '@encaisse/platform/lists';
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
import { columnsOf } from '../export/export-column';
import { exportedRows } from '../export/row-stream';
import { JOURNAL_EXPORT_COLUMNS, transactionColumns } from '../export/transaction-columns';
import {
  IDLE_SHOP,
  LARGE_SHOPS,
  type OpenedJournal,
  openLargeJournal,
} from '../fixtures/large-journal';
import { eligibleOf, selectionOf } from '../mass-operations/mass-selection';
import { RemittanceQueries } from '../remittances/remittance-queries';
import type { RemittanceRow } from '../remittances/remittance-row';
import { searchConditions } from '../search/search-conditions';
import { parseTransactionSearch } from '../search/transaction-search';
import {
  TRANSACTION_SORT_COLUMNS,
  TransactionQueries,
  TRANSACTIONS,
  type TransactionSorting,
} from '../transactions/transaction-queries';
import { JOURNAL_SCHEMA } from './journal.projection';
import { JOURNAL_ROWS } from './journal-row';

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
const byDate = { by: 'createdAt', isDescending: true } as const;
const byAmount = { by: 'initialAmount', isDescending: true } as const;

const SCOPES: Readonly<Record<string, ReadScope>> = {
  root,
  'a large shop': shopsAt(LARGE_SHOPS[0]!),
  'a small shop': shopsAt(LARGE_SHOPS[58]!),
  'an idle shop': shopsAt(IDLE_SHOP),
  'four shops': shopsAt(...LARGE_SHOPS.slice(30, 33), IDLE_SHOP),
  'all shops': shopsAt(...LARGE_SHOPS),
};

const FILTERS: Readonly<Record<string, Query>> = {
  everything: {},
  'one day': { from: '2026-06-10', to: '2026-06-10' },
  'type refund': { type: 'REFUND' },
  'means visa': { paymentMeans: 'VISA' },
  'means paypal, rare': { paymentMeans: 'PAYPAL' },
  wallet: { wallet: 'APPLE_PAY' },
  'shop, small': { shopId: LARGE_SHOPS[58]! },
  contract: { contractNumber: '5200001' },
  remittance: { remittanceNumber: '5200000-100' },
  reference: { orderReference: 'CMD-777777-25' },
  'reference containing': { orderReference: '%77-12%' },
  'amount gte': { amount: 'gte:55000' },
  number: { transactionNumber: '0000100000' },
  email: { cardholderEmail: 'client.7@exemple.fr' },
  'currency jpy, rare': { currency: 'JPY' },
};

const without = (change: string, work: (session: SqlSession) => Promise<void>) =>
  withChangeUndone(change, work, database);

const withoutIndex = (index: string, work: (session: SqlSession) => Promise<void>) =>
  without(`drop index ${JOURNAL_SCHEMA}.${index}`, work);

const searchOf = (filters: Query, scope: ReadScope) =>
  parseTransactionSearch({ ...PERIOD, ...filters }, scope, NOW);

const isWithin = ({ shopId }: Query, { shopIds }: ReadScope) =>
  typeof shopId !== 'string' || shopIds === null || shopIds.includes(shopId);

describe('Plans of a mass selection in a journal of thirteen months', () => {
  const OPERATIONS = ['capture', 'send'] as const;
  type Operation = (typeof OPERATIONS)[number];

  /** The statement of the number and sums, and that of the ids. */
  async function statementsOf(operation: Operation, filters: Query, scope: ReadScope) {
    const statements: Statement[] = [];
    const search = eligibleOf(operation, searchOf(filters, scope));
    const { count } = await selectionOf(search, recordingDatabase(database, statements));
    const [isolation, sums, ids] = statements;
    expect(isolation!.sql).toMatch(/repeatable read/);
    return { count, read: { sums: sums!, ids: ids! } };
  }

  /** The rows an operation could be for at all, in every environment: more are never looked at. */
  async function mostRowsOf(operation: Operation): Promise<number> {
    const { combinations } = eligibleOf(operation, searchOf({}, root));
    const [row] = await database.query<{ count: number }>(
      `select count(*) as count from ${TRANSACTIONS} where combination = any($1::smallint[])`,
      [combinations],
    );
    return row!.count;
  }

  function faultsOf(plan: ReadPlan, most: number): string[] {
    return [
      ...plan.wholeTables.map((table) => `reads all of ${table}`),
      ...(plan.rowsRead > most ? [`reads ${plan.rowsRead} rows`] : []),
    ];
  }

  it.each(
    OPERATIONS.flatMap((operation) => Object.keys(SCOPES).map((place) => [operation, place])),
  )(
    'CASH-20 reads no more than what waits: %s at %s',
    async (operation, place) => {
      const most = await mostRowsOf(operation as Operation);
      const faults: string[] = [];
      const scope = SCOPES[place]!;
      for (const [name, filters] of Object.entries(FILTERS)) {
        if (!isWithin(filters, scope)) continue;
        const { read } = await statementsOf(operation as Operation, filters, scope);
        for (const [part, statement] of Object.entries(read)) {
          const plan = await planOf(statement, database);
          faults.push(...faultsOf(plan, most).map((fault) => `${name}, ${part}: ${fault}`));
        }
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it('CASH-20 needs the indexes of amounts: without them a selection is found out', async () => {
    const most = await mostRowsOf('capture');
    const { count, read } = await statementsOf('capture', {}, root);
    expect(count).toBeGreaterThan(300);
    const indexes = ['transactions_amount', 'transactions_shop_amount'];
    await withoutIndex(indexes.join(`, ${JOURNAL_SCHEMA}.`), async (session) => {
      for (const statement of Object.values(read))
        expect(faultsOf(await planOf(statement, session), most)).not.toEqual([]);
    });
  });
});

describe('Plans of an export of a journal of thirteen months', () => {
  const COLUMNS = columnsOf(
    {},
    transactionColumns((shopId) => shopId),
    JOURNAL_EXPORT_COLUMNS,
  );

  /** What an export asks of its connection up to its cursor. */
  async function exportOf(filters: Query, scope: ReadScope, sorting: TransactionSorting) {
    const statements: Statement[] = [];
    const conditions = searchConditions(searchOf(filters, scope));
    const source = {
      table: TRANSACTIONS,
      where: conditions.text,
      parameters: conditions.parameters,
      orderBy: orderBy(sorting, TRANSACTION_SORT_COLUMNS[sorting.by], 'transaction_id'),
      amount: 'initial_minor',
    };
    const recorded = recordingDatabase(database, statements);
    for await (const _rows of exportedRows(recorded, source, COLUMNS, 'fr')) break;
    const [begin, cursor] = statements;
    return { settings: begin!.sql.replace(/^begin[^;]*;/, ''), cursor: cursor! };
  }

  function planOfExport(asked: Awaited<ReturnType<typeof exportOf>>): Promise<ReadPlan> {
    return database.transaction(async (session) => {
      await session.query(asked.settings);
      return planOf(asked.cursor, session);
    });
  }

  /** Most of the journal is better read from end to end, when most of it is exported by amount. */
  function faultsOf(plan: ReadPlan): string[] {
    const isMost = plan.rowsFound > ROWS / 2;
    return [
      ...(isMost ? [] : plan.wholeTables.map((table) => `reads all of ${table}`)),
      ...(plan.rowsRead > 5 * plan.rowsFound + 500
        ? [`reads ${plan.rowsRead} rows for ${plan.rowsFound}`]
        : []),
    ];
  }

  it.each(
    Object.entries(SCOPES).flatMap(([place, scope]) =>
      [byDate, byAmount].map((sorting) => [place, sorting.by, { scope, sorting }] as const),
    ),
  )(
    'TRX-23 reads little more than it exports: %s, by %s',
    async (_place, _by, { scope, sorting }) => {
      const faults: string[] = [];
      for (const [name, filters] of Object.entries(FILTERS)) {
        if (!isWithin(filters, scope)) continue;
        const plan = await planOfExport(await exportOf(filters, scope, sorting));
        faults.push(...faultsOf(plan).map((fault) => `${name}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it('TRX-23 gives everything by date in the order of the index, without a sort', async () => {
    const plan = await planOfExport(await exportOf({}, root, byDate));
    expect(plan).toMatchObject({ wholeTables: [], sortedRows: 0 });
  });

  it('needs to tell the planner that all rows are taken: else refunds are sought among all', async () => {
    const { cursor } = await exportOf({ type: 'REFUND' }, root, byDate);
    expect(faultsOf(await planOf(cursor, database))).not.toEqual([]);
  });
});

describe('Plans of what is shown beside a transaction', () => {
  const ID_OF_REFUND = `select original_transaction_id as id from ${TRANSACTIONS}
    where original_transaction_id is not null and environment = 'TEST' limit 1`;

  async function recorded(work: (queries: TransactionQueries) => Promise<unknown>) {
    const statements: Statement[] = [];
    const answer = await work(new TransactionQueries(recordingDatabase(database, statements)));
    return { answer, statement: statements.at(-1)! };
  }

  it('TRX-31 finds a transaction by the key of each month, and reads them all without it', async () => {
    const [row] = await database.query<{ id: string }>(ID_OF_REFUND);
    const { answer, statement } = await recorded((queries) => queries.find(row!.id, root));
    expect(answer).toMatchObject({ transactionId: row!.id });
    const plan = await planOf(statement, database);
    expect(plan).toMatchObject({ wholeTables: [], rowsRead: 1 });
    expect(plan.pages).toBeLessThan(60);
    const change = `alter table ${TRANSACTIONS} drop constraint transactions_pkey`;
    await without(change, async (session) => {
      expect((await planOf(statement, session)).pages).toBeGreaterThan(500);
    });
  });

  it('TRX-31 needs transactions_original for the refunds of a transaction', async () => {
    const [row] = await database.query<{ id: string }>(ID_OF_REFUND);
    const { answer, statement } = await recorded((queries) => queries.linkedTo(row!.id));
    expect(answer).toHaveLength(1);
    const plan = await planOf(statement, database);
    expect(plan).toMatchObject({ wholeTables: [], rowsRead: 1, rowsFound: 1 });
    await withoutIndex('transactions_original', async (session) => {
      expect((await planOf(statement, session)).wholeTables).not.toEqual([]);
    });
  });

  it('folds a batch of events into the rows of their keys', async () => {
    const some = await database.query<{ id: string }>(
      `select transaction_id as id from ${TRANSACTIONS} where transaction_number like '%00' limit 500`,
    );
    const statements: Statement[] = [];
    const plan = await recordingDatabase(database, statements).transaction(async (session) => {
      await session.query(`set local search_path to ${JOURNAL_SCHEMA}, public`);
      const ids = some.map(({ id }) => id);
      expect((await JOURNAL_ROWS.load(ids, session)).size).toBe(500);
      return planOf(statements.at(-1)!, session);
    });
    expect(plan).toMatchObject({ wholeTables: [], rowsRead: 500 });
  });
});

describe('Plans of the transactions of a remittance', () => {
  const LARGEST = '5200000-300';

  async function remittanceNumbered(remittanceNumber: string): Promise<RemittanceRow> {
    const [row] = await database.query<{ id: string }>('select md5($1)::uuid as id', [
      remittanceNumber,
    ]);
    return { remittanceId: row!.id, remittanceNumber } as RemittanceRow;
  }

  async function statementOf(number: string, sorting: TransactionSorting, after = 0) {
    const statements: Statement[] = [];
    const queries = new RemittanceQueries(recordingDatabase(database, statements));
    const remittance = await remittanceNumbered(number);
    let cursor: string | null = null;
    for (let skipped = 0; skipped < after; skipped += 200)
      cursor = (await queries.transactions(remittance, root, { sorting, limit: 200, cursor }))
        .nextCursor;
    const page = await queries.transactions(remittance, root, { sorting, limit: 50, cursor });
    expect(page.rows.length).toBeGreaterThan(10);
    return statements.at(-1)!;
  }

  async function linesOf(number: string): Promise<number> {
    const [row] = await database.query<{ count: number }>(
      `select count(*) as count from ${TRANSACTIONS}
       where remittance_number = $1 or earlier_remittances @> array[md5($1)::uuid]`,
      [number],
    );
    return row!.count;
  }

  const ASKED = [LARGEST, '5200000-100', '5200002-200'].flatMap((number) =>
    [byDate, byAmount].map((sorting) => [number, sorting.by, sorting] as const),
  );

  it.each(ASKED)(
    'REM-11 reads its own transactions only: %s by %s',
    async (number, _by, sorting) => {
      const plan = await planOf(await statementOf(number, sorting), database);
      expect(plan.wholeTables).toEqual([]);
      expect(plan.rowsRead).toBeLessThanOrEqual(await linesOf(number));
    },
  );

  it.each([byDate, byAmount])(
    'REM-11 a deep page costs no more than the first: by %j',
    async (sorting) => {
      const plan = await planOf(await statementOf(LARGEST, sorting, 600), database);
      expect(plan.wholeTables).toEqual([]);
      expect(plan.rowsRead).toBeLessThanOrEqual(await linesOf(LARGEST));
    },
  );

  it.each(['transactions_remittance', 'transactions_earlier_remittance'])(
    'REM-11 needs %s: without it, what others sent is read',
    async (index) => {
      const statement = await statementOf('5200000-100', byDate);
      await withoutIndex(index, async (session) => {
        const plan = await planOf(statement, session);
        expect(plan.rowsRead).toBeGreaterThan(5000);
      });
    },
  );
});
