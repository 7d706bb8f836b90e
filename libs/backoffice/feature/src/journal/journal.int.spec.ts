import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import {
  businessDayOf,
  categoryOf,
  type DomainEvent,
  instant,
  plusMillis,
  streamIdOf,
} from '@encaisse/kernel';
import { type TransactionEvent, transactionStream } from '@encaisse/ledger/domain';
import { NODE_CATEGORY } from '@encaisse/merchant-onboarding/contract';
import { MemoryEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000, Projections } from '@encaisse/platform/projections';
import type { PersonalData } from '@encaisse/platform/security';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import type { ReadScope } from '../backoffice-directory';
import { idOf } from '../fixtures/recorded-transactions';
import {
  BRAND,
  GROUPS,
  OTHER_SHOP,
  randomFrom,
  randomTrade,
  SHOPS,
  TREE,
} from '../fixtures/random-trade';
import { parseTransactionSearch, type TransactionSearch } from '../search/transaction-search';
import { type Figures, StatisticsQueries, type Step } from '../statistics/statistics-queries';
import { TransactionQueries } from '../transactions/transaction-queries';
import { contributionOf } from './contribution';
import { foldTransaction } from './fold-transaction';
import { JOURNAL_PROJECTION, journalProjection } from './journal.projection';
import type { JournalRow } from './journal-row';

const FROM = instant('2026-10-20T00:00:00.000Z');
const DAYS = 15;
const NOW = instant('2026-11-22T12:00:00.000Z');
const METADATA = {
  actor: { kind: 'system', login: 'test' },
  correlationId: 'test',
  causationId: null,
} as const;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The vault's answer: every other person is still known. */
const persons = new Map<string, PersonalData>(
  [0, 2, 4].map((number) => [idOf(0x9e00 + number), { email: `Client.${number}@Exemple.fr` }]),
);
const vault = {
  reveal: (ids: readonly string[]) =>
    Promise.resolve(
      new Map(ids.flatMap((id) => (persons.has(id) ? [[id, persons.get(id)!] as const] : []))),
    ),
};

const trade = randomTrade(900, 11, { from: FROM, days: DAYS });
const rows = rowsOf(trade);

/** The journal as an independent reader would make it: every stream folded on its own. */
function rowsOf(events: readonly TransactionEvent[]): readonly JournalRow[] {
  const folded = new Map<string, JournalRow>();
  for (const event of events) {
    const { transactionId } = event.data;
    folded.set(transactionId, foldTransaction(folded.get(transactionId), event));
  }
  for (const row of folded.values())
    row.cardholderEmail = persons.get(row.personId ?? '')?.email ?? null;
  return [...folded.values()].filter(({ combination }) => combination !== null);
}

let testDatabase: TestDatabase;
let database: Database;
let store: MemoryEventStore;
let projections: Projections;
let versions: Map<string, number>;

async function append(category: string, id: string, { type, data }: DomainEvent): Promise<void> {
  const streamId = streamIdOf({ category }, id);
  const event = { eventId: uuidv7(), type, schemaVersion: 1, data, metadata: METADATA };
  await store.append([{ streamId, expected: 'any', events: [event] }]);
  versions.set(streamId, (versions.get(streamId) ?? -1) + 1);
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'journal-spec' }, [
    PlatformTables1763769600000,
  ]);
  store = new MemoryEventStore({ now: () => NOW });
  versions = new Map();
  projections = new Projections(store, database, SILENT);
  projections.register(journalProjection(vault));
  await projections.start();
  for (const event of TREE) await append(NODE_CATEGORY, event.data.nodeId, event);
  for (const event of trade)
    await append(transactionStream.category, event.data.transactionId, event);
  expect(await projections.settle(await store.lastPosition(), 30_000)).toBe(true);
});

afterAll(async () => {
  await projections.stop();
  await store.close();
  await database.close();
  await testDatabase.drop();
});

function scopeAt(nodeId: string, environment: ReadScope['environment'] = 'TEST'): ReadScope {
  const below: Readonly<Record<string, readonly string[]>> = {
    [BRAND]: SHOPS,
    [GROUPS[0]]: SHOPS.slice(0, 2),
    [GROUPS[1]]: SHOPS.slice(2),
  };
  const shopIds = nodeId === 'root' ? null : (below[nodeId] ?? [nodeId]);
  return { environment, nodeId, shopIds, historyMonths: 13 };
}

function isInScope(row: JournalRow, { environment, shopIds }: ReadScope): boolean {
  return row.environment === environment && (shopIds?.includes(row.shopId) ?? true);
}

const NODES = ['root', BRAND, GROUPS[0], GROUPS[1], SHOPS[0], OTHER_SHOP] as const;

describe('Figures on PostgreSQL', () => {
  const bucketOf = (row: JournalRow, step: Step | null) => {
    if (step === null) return null;
    return step === 'hour' ? `${row.createdAt.slice(0, 13)}:00:00.000Z` : row.businessDay;
  };

  function expected(scope: ReadScope, from: string, to: string, step: Step | null): Figures[] {
    const found = new Map<string, Figures>();
    for (const row of rows) {
      if (!isInScope(row, scope) || row.createdAt < from || row.createdAt >= to) continue;
      const bucket = bucketOf(row, step);
      const key = `${bucket}|${row.paymentMeans}|${row.currency}`;
      const own = contributionOf(row);
      const before = found.get(key);
      const maxima = [
        ...(before?.maximumMinor == null ? [] : [before.maximumMinor]),
        ...(own.debitCount > 0 ? [own.debitMinor] : []),
      ];
      found.set(key, {
        bucket,
        paymentMeans: row.paymentMeans,
        currency: row.currency,
        recordedCount: (before?.recordedCount ?? 0) + 1,
        debitCount: (before?.debitCount ?? 0) + own.debitCount,
        debitMinor: (before?.debitMinor ?? 0) + own.debitMinor,
        refundCount: (before?.refundCount ?? 0) + own.refundCount,
        refundMinor: (before?.refundMinor ?? 0) + own.refundMinor,
        maximumMinor: maxima.length === 0 ? null : Math.max(...maxima),
      });
    }
    return [...found.values()];
  }

  const inAnyOrder = (figures: readonly Figures[]) =>
    figures
      .filter(({ recordedCount }) => recordedCount > 0)
      .map((one) => JSON.stringify(one, Object.keys(one).sort()))
      .sort();

  it('STAT-09 STAT-10 STAT-11 STAT-13 equal an independent fold at any node and period', async () => {
    const queries = new StatisticsQueries(database);
    const moments = fc.integer({ min: -3600, max: DAYS * 86_400 }).map((s) => s * 1000);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NODES),
        fc.constantFrom('TEST', 'PRODUCTION'),
        fc.constantFrom<Step | null>('hour', 'day', null),
        fc.tuple(moments, moments),
        async (nodeId, environment, step, [one, other]) => {
          const scope = scopeAt(nodeId, environment);
          const from = plusMillis(FROM, Math.min(one, other));
          const to = plusMillis(FROM, Math.max(one, other));
          const figures = await queries.figures({
            scope,
            period: { from, to },
            step,
            currencies: [],
          });
          expect(inAnyOrder(figures)).toEqual(inAnyOrder(expected(scope, from, to, step)));
        },
      ),
      { numRuns: 120, seed: 3 },
    );
  });

  it('P3 add up over adjoining periods, the maximum being the higher one', async () => {
    const queries = new StatisticsQueries(database);
    const of = (from: number, to: number) =>
      queries.figures({
        scope: scopeAt(BRAND),
        period: { from: plusMillis(FROM, from), to: plusMillis(FROM, to) },
        step: null,
        currencies: ['EUR'],
      });
    const random = randomFrom(5);
    for (let run = 0; run < 20; run += 1) {
      const [a, b, c] = [0, 0, 0]
        .map(() => random(DAYS * 86_400_000))
        .sort((left, right) => left - right) as [number, number, number];
      const parts = [...(await of(a, b)), ...(await of(b, c))];
      for (const whole of await of(a, c)) {
        const own = parts.filter(({ paymentMeans }) => paymentMeans === whole.paymentMeans);
        const sum = (name: 'debitMinor' | 'refundMinor' | 'debitCount' | 'refundCount') =>
          own.reduce((total, part) => total + part[name], 0);
        expect(whole).toMatchObject({
          debitCount: sum('debitCount'),
          debitMinor: sum('debitMinor'),
          refundCount: sum('refundCount'),
          refundMinor: sum('refundMinor'),
        });
        const maxima = own.flatMap(({ maximumMinor }) => maximumMinor ?? []);
        expect(whole.maximumMinor).toBe(maxima.length === 0 ? null : Math.max(...maxima));
      }
    }
  });
});

describe('Search on PostgreSQL', () => {
  const PERIOD = { from: '2026-10-20', to: '2026-11-05' };
  const search = (
    filters: Readonly<Record<string, string | readonly string[]>>,
    nodeId = 'root',
  ): TransactionSearch => parseTransactionSearch({ ...PERIOD, ...filters }, scopeAt(nodeId), NOW);

  async function pages(wanted: TransactionSearch, limit: number, isDescending = true) {
    const queries = new TransactionQueries(database);
    const sorting = { by: 'createdAt', isDescending } as const;
    const found: JournalRow[] = [];
    let cursor: string | null = null;
    do {
      const page = await queries.page(wanted, { sorting, limit, cursor });
      found.push(...page.rows);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  const key = ({ createdAt, transactionId }: JournalRow) => `${createdAt} ${transactionId}`;
  const byDate = (left: JournalRow, right: JournalRow) => (key(left) < key(right) ? 1 : -1);
  const visible = (nodeId = 'root') => rows.filter((row) => isInScope(row, scopeAt(nodeId)));

  it.each(NODES)(
    'TRX-22 lists whole rows newest first, page by page, at node %s',
    async (nodeId) => {
      const all = visible(nodeId).toSorted(byDate);
      expect(await pages(search({}, nodeId), 17)).toEqual(all);
      expect(await pages(search({}, nodeId), 50, false)).toEqual(all.toReversed());
    },
  );

  const some = rows.find((row) => row.remittanceNumber !== null && row.environment === 'TEST')!;
  type Filters = Readonly<Record<string, string | readonly string[]>>;
  const cases: readonly (readonly [string, Filters, (row: JournalRow) => boolean])[] = [
    [
      'TRX-15 transaction number',
      { transactionNumber: some.transactionNumber },
      (row) => row.transactionId === some.transactionId,
    ],
    [
      'TRX-11 amount =',
      { amount: String(some.initialMinor) },
      (row) => row.initialMinor === some.initialMinor,
    ],
    ['TRX-11 amount ≥', { amount: 'gte:15000' }, (row) => row.initialMinor >= 15000],
    [
      'TRX-11 amount ≤ in euros',
      { amount: '<=500:EUR' },
      (row) => row.initialMinor <= 500 && row.currency === 'EUR',
    ],
    [
      'TRX-11 amount ≠',
      { amount: `ne:${some.initialMinor}` },
      (row) => row.initialMinor !== some.initialMinor,
    ],
    [
      'TRX-11 amount between',
      { amount: ['gte:1000', 'lte:5000'] },
      (row) => row.initialMinor >= 1000 && row.initialMinor <= 5000,
    ],
    ['TRX-17 wallet', { wallet: 'APPLE_PAY' }, (row) => row.wallet === 'APPLE_PAY'],
    [
      'TRX-12 payment means',
      { paymentMeans: ['CB', 'PAYPAL'] },
      (row) => row.paymentMeans !== 'VISA',
    ],
    ['TRX-14 shop', { shopId: SHOPS[2] }, (row) => row.shopId === SHOPS[2]],
    [
      'TRX-13 remittance number',
      { remittanceNumber: some.remittanceNumber! },
      (row) => row.remittanceNumber === some.remittanceNumber,
    ],
    [
      'TRX-10 reference, exact',
      { orderReference: some.orderReference.toUpperCase() },
      (row) => row.orderReference.toLowerCase() === some.orderReference.toLowerCase(),
    ],
    [
      'TRX-10 reference, beginning',
      { orderReference: 'CMD_%' },
      (row) => row.orderReference.startsWith('cmd_'),
    ],
    [
      'TRX-10 reference, containing',
      { orderReference: '%100%' },
      (row) => row.orderReference.includes('100'),
    ],
    [
      'TRX-10 reference, ending',
      { orderReference: '%7' },
      (row) => row.orderReference.endsWith('7'),
    ],
    [
      'TRX-10 reference, in the middle',
      { orderReference: 'ÉTÉ%1' },
      (row) => /^été.*1$/.test(row.orderReference),
    ],
    ['TRX-06 type', { type: 'REFUND' }, (row) => [5, 6, 7, 14, 15].includes(row.combination!)],
    [
      'TRX-07 status',
      { status: ['REFUSED', 'ABANDONED'] },
      (row) => [4, 7, 10, 12].includes(row.combination!),
    ],
    [
      'TRX-08 acquirer status',
      { acquirerStatus: 'SENT' },
      (row) => [1, 5, 8].includes(row.combination!),
    ],
    [
      'TRX-09 a combination that cannot exist',
      { type: 'CANCELLATION', acquirerStatus: 'SET_ASIDE' },
      () => false,
    ],
    [
      'TRX-14 contract number',
      { contractNumber: '1000003' },
      (row) => row.contractNumber === '1000003',
    ],
    [
      'TRX-19 cardholder e-mail',
      { cardholderEmail: 'client.2@exemple.FR' },
      (row) => row.cardholderEmail === 'Client.2@Exemple.fr',
    ],
    ['TRX-16 currency', { currency: ['JPY', 'USD'] }, (row) => row.currency !== 'EUR'],
    [
      'TRX-04 several filters',
      { type: 'DEBIT', paymentMeans: 'CB', amount: 'gte:3000', orderReference: '%d%' },
      (row) =>
        [1, 2, 3, 4, 11, 12, 13].includes(row.combination!) &&
        row.paymentMeans === 'CB' &&
        row.initialMinor >= 3000 &&
        /d/i.test(row.orderReference),
    ],
  ];

  it.each(cases)('%s', async (_name, filters, isFound) => {
    const found = await pages(search(filters), 40);
    expect(found.map(key)).toEqual(visible().filter(isFound).toSorted(byDate).map(key));
    const totals = await new TransactionQueries(database).totals(search(filters));
    expect(totals.count).toBe(found.length);
  });

  it('TRX-03 tests the creation date, the end of the period with its whole second', async () => {
    const at = some.createdAt.slice(0, 19);
    const ofSecond = visible().filter(({ createdAt }) => createdAt.startsWith(at));
    expect(ofSecond.length).toBeGreaterThan(0);
    const found = await pages(search({ from: `${at}Z`, to: `${at}Z` }), 40);
    expect(found.map(key)).toEqual(ofSecond.toSorted(byDate).map(key));
  });

  const amountFilters: readonly (readonly [string, Filters, (row: JournalRow) => boolean])[] = [
    ['everything', {}, () => true],
    ['refunds', { type: 'REFUND' }, (row) => [5, 6, 7, 14, 15].includes(row.combination!)],
    [
      'a remittance',
      { remittanceNumber: some.remittanceNumber! },
      (row) => row.remittanceNumber === some.remittanceNumber,
    ],
  ];

  it.each(amountFilters)(
    'TRX-22 sorts %s by initial amount, ties settled, page by page',
    async (_name, filters, isFound) => {
      const queries = new TransactionQueries(database);
      const sorting = { by: 'initialAmount', isDescending: false } as const;
      const found: JournalRow[] = [];
      let cursor: string | null = null;
      do {
        const page = await queries.page(search(filters, BRAND), { sorting, limit: 23, cursor });
        found.push(...page.rows);
        cursor = page.nextCursor;
      } while (cursor !== null);
      const ordered = visible(BRAND)
        .filter(isFound)
        .toSorted(
          (left, right) =>
            left.initialMinor - right.initialMinor ||
            (left.transactionId < right.transactionId ? -1 : 1),
        );
      expect(found.map(key)).toEqual(ordered.map(key));
    },
  );

  it('refuses the cursor of another search', async () => {
    const queries = new TransactionQueries(database);
    const sorting = { by: 'createdAt', isDescending: true } as const;
    const { nextCursor } = await queries.page(search({}), { sorting, limit: 5, cursor: null });
    const asked = (wanted: TransactionSearch) =>
      queries.page(wanted, { sorting, limit: 5, cursor: nextCursor });
    await expect(asked(search({ type: 'DEBIT' }))).rejects.toMatchObject({
      code: 'cursor-of-another-search',
    });
    await expect(asked(search({}, BRAND))).rejects.toMatchObject({
      code: 'cursor-of-another-search',
    });
    await expect(asked(search({}))).resolves.toMatchObject({ rows: expect.any(Array) });
  });

  it('finds no transaction of another node or environment', async () => {
    const queries = new TransactionQueries(database);
    const foreign = rows.find(({ shopId }) => shopId === OTHER_SHOP)!;
    const { environment } = foreign;
    const other = environment === 'TEST' ? 'PRODUCTION' : 'TEST';
    const find = (scope: ReadScope) => queries.find(foreign.transactionId, scope);
    expect(await find(scopeAt(OTHER_SHOP, environment))).toEqual(foreign);
    expect(await find(scopeAt(BRAND, environment))).toBeNull();
    expect(await find(scopeAt('root', other))).toBeNull();
  });
});

describe('A rebuild of the journal', () => {
  it('P1 leads to the same rows and figures beside the ones that serve, then takes their place', async () => {
    const report = await projections.rebuild(JOURNAL_PROJECTION);
    expect(report).toEqual({
      name: JOURNAL_PROJECTION,
      events: await store.lastPosition(),
      position: await store.lastPosition(),
      comparison: 'equal',
      differences: [],
    });
  });

  it.each([
    [1, 'as events come'],
    [7, 'as events come'],
    [1000, 'as events come'],
    [7, 'in bulk'],
    [1000, 'in bulk'],
  ])('P1 leads to the same rows and figures in batches of %p, %s', async (batchSize, manner) => {
    const schema = `copy_${batchSize}_${manner.replaceAll(' ', '_')}`;
    const projection = journalProjection(vault);
    const { tables, indexes = '', categories } = projection;
    const events = (await store.readAll({ after: 0, limit: 100_000 })).filter(({ streamId }) =>
      categories.includes(categoryOf(streamId)),
    );
    await database.transaction(async (session) => {
      await session.query(`create schema ${schema}`);
      await session.query(`set local search_path to ${schema}, public`);
      await session.query(tables);
      if (manner !== 'in bulk') await session.query(indexes);
      for (let start = 0; start < events.length; start += batchSize)
        await projection.apply(events.slice(start, start + batchSize), session);
      if (manner === 'in bulk') await session.query(indexes);
    });
    const digest = async (of: string, table: string) =>
      database.query(
        `select count(*), sum(hashtextextended(t::text, 0)::numeric)::text from ${of}.${table} t`,
      );
    for (const table of ['transactions', 'statistics_hour', 'statistics_day', 'node_shops'])
      expect([table, await digest(schema, table)]).toEqual([
        table,
        await digest('backoffice_journal', table),
      ]);
  });

  it('goes on with live events afterwards, figures included', async () => {
    const queries = new StatisticsQueries(database);
    const period = { from: plusMillis(NOW, -86_400_000), to: plusMillis(NOW, 86_400_000) };
    const more = randomTrade(20, 23, { from: NOW, days: 1 }).map((event) => ({
      ...event,
      data: { ...event.data, transactionId: event.data.transactionId.replace('1', '2') },
    })) as readonly TransactionEvent[];
    for (const event of more)
      await append(transactionStream.category, event.data.transactionId, event);
    expect(await projections.settle(await store.lastPosition(), 10_000)).toBe(true);
    const figures = await queries.figures({
      scope: scopeAt('root'),
      period,
      step: null,
      currencies: [],
    });
    const count = rowsOf(more).filter(
      ({ environment, businessDay }) =>
        environment === 'TEST' && businessDay >= businessDayOf(period.from),
    ).length;
    expect(figures.reduce((sum, one) => sum + one.recordedCount, 0)).toBe(count);
  });
});
