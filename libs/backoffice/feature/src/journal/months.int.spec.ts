import { uuidv7 } from 'uuidv7';
import { instant, money, plusMillis, startOfDay, businessDay, streamIdOf } from '@encaisse/kernel';
import { type TransactionEvent, transactionStream } from '@encaisse/ledger/domain';
import { NODE_CATEGORY } from '@encaisse/merchant-onboarding/contract';
import { MemoryEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import {
  MonthStillSearched,
  PlatformTables1763769600000,
  Projections,
} from '@encaisse/platform/projections';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { BRAND, TREE } from '../fixtures/random-trade';
import { eventsOf, idOf } from '../fixtures/recorded-transactions';
import { parseTransactionSearch } from '../search/transaction-search';
import { TransactionQueries } from '../transactions/transaction-queries';
import { journalProjection, JOURNAL_PROJECTION } from './journal.projection';
import type { JournalRow } from './journal-row';
import { MonthUpkeep } from './month-upkeep';

const NOW = instant('2026-11-22T12:00:00.000Z');
const METADATA = {
  actor: { kind: 'system', login: 'test' },
  correlationId: 'test',
  causationId: null,
} as const;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const noPersons = { reveal: () => Promise.resolve(new Map()) };
const SCOPE = {
  environment: 'TEST',
  nodeId: 'root',
  shopIds: null,
  historyMonths: 24,
} as const;

/** Both sides of each month's first instant in Paris over 14 months, and one row years back. */
const AT = [
  instant('2019-03-05T10:00:00.000Z'),
  ...Array.from({ length: 14 }, (_, index) => {
    const month = new Date(Date.UTC(2025, 9 + index, 1)).toISOString().slice(0, 10);
    const first = startOfDay(businessDay(month));
    return [plusMillis(first, -1), first, plusMillis(first, 86_400_000)];
  }).flat(),
];

let testDatabase: TestDatabase;
let database: Database;
let store: MemoryEventStore;
let projections: Projections;

async function append(category: string, id: string, events: readonly object[]): Promise<void> {
  await store.append([
    {
      streamId: streamIdOf({ category }, id),
      expected: 'any',
      events: (events as readonly TransactionEvent[]).map(({ type, data }) => ({
        eventId: uuidv7(),
        type,
        schemaVersion: 1,
        data,
        metadata: METADATA,
      })),
    },
  ]);
}

async function settled(): Promise<void> {
  expect(await projections.settle(await store.lastPosition(), 20_000)).toBe(true);
}

const sketchOf = (index: number) =>
  eventsOf({
    id: idOf(0x200000 + index),
    type: 'DEBIT',
    status: 'ACCEPTED',
    acquirerStatus: 'SENT',
    at: AT[index]!,
    initial: 1000 + index,
  });

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'months-spec' }, [
    PlatformTables1763769600000,
  ]);
  store = new MemoryEventStore({ now: () => NOW });
  projections = new Projections(store, database, SILENT);
  projections.register(journalProjection(noPersons));
  await projections.start();
  for (const { data } of TREE)
    await append(NODE_CATEGORY, data.nodeId, [
      { type: 'NodeOpened', data: { ...data, historyMonths: data.nodeId === BRAND ? 18 : null } },
    ]);
  for (let index = 0; index < AT.length; index += 1)
    await append(transactionStream.category, idOf(0x200000 + index), sketchOf(index));
  await settled();
});

afterAll(async () => {
  await projections.stop();
  await store.close();
  await database.close();
  await testDatabase.drop();
});

const months = async (isAttached: boolean) =>
  (await projections.partitions())
    .filter((one) => one.isAttached === isAttached)
    .map(({ month }) => month);

async function found(from: string, to: string, isDescending: boolean, limit = 4) {
  const search = parseTransactionSearch({ from, to }, SCOPE, NOW);
  const sorting = { by: 'createdAt', isDescending } as const;
  const rows: JournalRow[] = [];
  let cursor: string | null = null;
  do {
    const page = await new TransactionQueries(database).page(search, { sorting, limit, cursor });
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows.map(({ createdAt }) => createdAt);
}

const rowCount = async (table: string) => {
  const [row] = await database.query<{ count: number }>(
    `select count(*) as count from backoffice_journal.${table}`,
  );
  return row!.count;
};

describe('A journal cut by month', () => {
  it('makes the months its rows need, however old, and begins each at midnight in Paris', async () => {
    const made = await months(true);
    expect(made).toContain('2019-03');
    expect(made).toContain('2025-09');
    expect(made.at(-1)).toBe('2026-11');
    const [row] = await database.query<{ first: string }>(
      `select min(created_at)::text as first from backoffice_journal.transactions_2026_11`,
    );
    expect(row!.first).toBe('2026-10-31 23:00:00+00');
  });

  it('TRX-22 pages over all the months in both directions, and over each boundary', async () => {
    const inside = AT.filter((at) => at > '2025-10-21T22:00:00.000Z').sort();
    expect(await found('2025-10-22', '2026-11-22', false)).toEqual(inside);
    expect(await found('2025-10-22', '2026-11-22', true)).toEqual(inside.toReversed());
    const boundary = AT.filter(
      (at) => at >= '2026-10-30T23:00:00.000Z' && at < '2026-11-02T23:00:00.000Z',
    );
    expect(boundary).toHaveLength(3);
    expect(await found('2026-10-31', '2026-11-02', true, 1)).toEqual(boundary.toReversed());
    expect(await found('2026-10-31', '2026-10-31', true, 1)).toEqual([boundary[0]]);
  });

  it('GEN-09 detaches and keeps what nobody can search, by the longest history a brand chose', async () => {
    const rows = await rowCount('transactions');
    const [report] = await projections.keepMonths({ now: NOW, historyMonths: 13 });
    expect(report).toEqual({
      projection: JOURNAL_PROJECTION,
      table: 'transactions',
      horizon: '2025-05',
      created: ['2026-12', '2027-01'],
      broughtBack: [],
      detached: ['2019-03'],
      inUse: [],
    });
    expect(await months(false)).toEqual(['2019-03']);
    expect(await rowCount('transactions')).toBe(rows - 1);
    expect(await rowCount('transactions_2019_03')).toBe(1);
    await expect(
      projections.keepMonths({ now: NOW, historyMonths: 13, before: '2025-06' }),
    ).rejects.toThrow(MonthStillSearched);
  });

  it('leaves a month attached that queries hold, and says so', async () => {
    await projections.keepMonths({ now: NOW, historyMonths: 120 });
    expect(await months(false)).toEqual([]);
    await database.transaction(async (session) => {
      await session.query('select count(*) from backoffice_journal.transactions');
      const [report] = await projections.keepMonths({ now: NOW, historyMonths: 13 });
      expect(report).toMatchObject({ detached: [], inUse: ['2019-03'] });
    });
    const [report] = await projections.keepMonths({ now: NOW, historyMonths: 13 });
    expect(report).toMatchObject({ detached: ['2019-03'], inUse: [] });
  });

  it('rebuilds beside months that were detached: equal, and detached again', async () => {
    const before = await rowCount('transactions');
    const report = await projections.rebuild(JOURNAL_PROJECTION);
    expect(report).toMatchObject({ comparison: 'equal', differences: [] });
    expect(await months(false)).toEqual(['2019-03']);
    expect(await months(true)).toContain('2027-01');
    expect(await rowCount('transactions')).toBe(before);
    expect(await rowCount('transactions_2019_03')).toBe(1);
  });

  it('tells a row of a detached month that was changed by hand', async () => {
    await database.query(
      `update backoffice_journal.transactions_2019_03 set current_minor = current_minor + 1`,
    );
    await expect(projections.rebuild(JOURNAL_PROJECTION)).rejects.toMatchObject({
      report: {
        comparison: 'differs',
        differences: [{ table: 'transactions_2019_03', column: 'current_minor' }],
      },
    });
    await projections.rebuild(JOURNAL_PROJECTION, { acceptDifferences: true });
    expect(await projections.rebuild(JOURNAL_PROJECTION)).toMatchObject({ comparison: 'equal' });
  });

  it('brings a detached month back when a late event changes one of its rows', async () => {
    const transactionId = idOf(0x200000);
    await append(transactionStream.category, transactionId, [
      {
        type: 'TransactionRefunded',
        data: {
          transactionId,
          refundId: idOf(2),
          amount: money(400, 'EUR'),
          refundedAt: NOW,
          businessDay: '2026-11-22',
        },
      },
    ]);
    await settled();
    expect((await projections.status())[0]).toMatchObject({
      state: 'live',
    });
    expect(await months(false)).toEqual([]);
    const [row] = await database.query<{ refunded: number }>(
      `select refunded_minor as refunded from backoffice_journal.transactions
       where transaction_id = $1`,
      [transactionId],
    );
    expect(row!.refunded).toBe(400);
  });

  it('is looked after in the first three nights of a month, Paris time', () => {
    const upkeep = new MonthUpkeep(projections, undefined as never, { historyMonths: 13 });
    expect(upkeep.nextAfter(NOW)).toBe('2026-12-01T02:40:00.000Z');
    expect(upkeep.nextAfter(instant('2026-12-01T02:40:00.000Z'))).toBe('2026-12-02T02:40:00.000Z');
    expect(upkeep.nextAfter(instant('2026-12-03T02:40:00.000Z'))).toBe('2027-01-01T02:40:00.000Z');
    expect(upkeep.nextAfter(instant('2026-06-30T22:30:00.000Z'))).toBe('2026-07-01T01:40:00.000Z');
  });
});
