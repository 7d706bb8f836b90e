import { MemoryEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { instant } from '@encaisse/kernel';
import { recordThings, SILENT, THING_CATEGORY } from './fixtures/things';
import { PlatformTables1763769600000 } from './platform-migrations';
import type { Projection } from './projection';
import { Projections } from './projections';
import type { RebuildDiffers } from './rebuild';

/** A copy may have thousands of events to catch up with on a busy machine. */
const PATIENCE_MILLIS = 60_000;

const things = (overrides: Partial<Projection> = {}): Projection => ({
  name: 'testing.things',
  version: 1,
  schema: 'testing_things',
  tables: `create table things (position bigint primary key, amount integer not null, note text);
    create table notes (note text);`,
  categories: [THING_CATEGORY],
  apply: async (events, session) => {
    for (const { position, data } of events) {
      const { amount } = data as { amount: number };
      await session.query('insert into things values ($1, $2, null)', [position, amount]);
    }
  },
  ...overrides,
});

let testDatabase: TestDatabase;
let database: Database;
let store: MemoryEventStore;
const opened: Projections[] = [];

const record = (count: number) => recordThings(store, count);

async function running(projection: Projection): Promise<Projections> {
  const projections = new Projections(store, database, SILENT);
  projections.register(projection);
  await projections.start();
  expect(await projections.settle(await store.lastPosition(), PATIENCE_MILLIS)).toBe(true);
  opened.push(projections);
  return projections;
}

function known(projection: Projection): Projections {
  const projections = new Projections(store, database, SILENT);
  projections.register(projection);
  return projections;
}

const sumOf = async () => {
  const [row] = await database.query<{ sum: number; count: number }>(
    'select sum(amount)::bigint as sum, count(*) as count from testing_things.things',
  );
  return row!;
};

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'rebuild-spec' }, [
    PlatformTables1763769600000,
  ]);
  store = new MemoryEventStore({ now: () => instant('2026-11-22T12:00:00.000Z') });
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.stop()));
  await store.close();
  await database.close();
  await testDatabase.drop();
});

describe('Start several copies together', () => {
  const copies = (projection: Projection) =>
    Promise.all(Array.from({ length: 4 }, () => running(projection)));
  const settledIn = async (all: readonly Projections[]) => {
    const head = await store.lastPosition();
    await Promise.all(all.map((one) => one.settle(head, PATIENCE_MILLIS)));
    const [{ count }] = (await database.query(
      'select count(*) as count from testing_things.things',
    )) as [{ count: number }];
    return count;
  };

  it('makes the tables once on an empty database', async () => {
    await record(20);
    expect(await settledIn(await copies(things()))).toBe(20);
  });

  it('rebuilds once for a new version', async () => {
    await record(20);
    await settledIn(await copies(things()));
    await Promise.all(opened.splice(0).map((one) => one.stop()));
    let applied = 0;
    const next = things({
      version: 2,
      apply: async (events, session) => {
        applied += events.length;
        await things().apply(events, session);
      },
    });
    expect(await settledIn(await copies(next))).toBe(20);
    expect(applied).toBe(20);
  });
});

describe('Run two releases side by side', () => {
  const newer = things({
    version: 2,
    tables: 'create table things (position bigint primary key, amount integer, release integer);',
    apply: async (events, session) => {
      for (const { position, data } of events) {
        const { amount } = data as { amount: number };
        await session.query('insert into things values ($1, $2, 2)', [position, amount]);
      }
    },
  });

  it('P1 the older one writes nothing into tables that the newer one made again', async () => {
    await record(3);
    const old = await running(things());
    await running(newer);
    await record(3);
    const head = await store.lastPosition();
    expect(await opened[1]!.settle(head, PATIENCE_MILLIS)).toBe(true);
    for (let tries = 0; (await old.status())[0]?.state !== 'halted' && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await old.status())[0]).toMatchObject({
      state: 'halted',
      error: expect.stringContaining('has version 2, this program knows 1') as string,
    });
    const rows = await database.query('select release from testing_things.things');
    expect(rows).toEqual(Array.from({ length: 6 }, () => ({ release: 2 })));
  });

  it('the older one does not move the checkpoint that it left at the same position', async () => {
    await record(3);
    await running(things());
    await database.query('update platform.projections set version = 2');
    await record(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [row] = await database.query<{ position: number }>(
      'select position from platform.projections',
    );
    expect(row?.position).toBe(3);
  });
});

describe('Rebuild a read model', () => {
  it('refuses to switch when the same version gives other rows, and names each difference', async () => {
    await record(5);
    await running(things());
    await database.query(`update testing_things.things set amount = 70 where position = 2`);
    await database.query(`delete from testing_things.things where position = 4`);
    await database.query(`insert into testing_things.notes values ('by hand')`);
    const failure = await known(things())
      .rebuild('testing.things')
      .catch((error: unknown) => error as RebuildDiffers);
    expect((failure as RebuildDiffers).report).toMatchObject({
      comparison: 'differs',
      position: 5,
      differences: [
        { table: 'notes', key: '{"note": "by hand"}', column: null, rebuilt: null },
        { table: 'things', key: '{"position": 2}', column: 'amount', served: '70', rebuilt: '1' },
        { table: 'things', key: '{"position": 4}', column: null, served: null },
      ],
    });
    expect((await sumOf()).sum).toBe(0 + 70 + 2 + 4);
    const [copy] = await database.query(
      `select 1 from pg_namespace where nspname = 'testing_things_next'`,
    );
    expect(copy).toBeUndefined();
  });

  it('switches when told to accept the differences, and lists no more than asked for', async () => {
    await record(9);
    await running(things());
    await database.query('update testing_things.things set amount = amount + 1');
    const report = await known(things()).rebuild('testing.things', {
      acceptDifferences: true,
      differencesListed: 4,
    });
    expect(report).toMatchObject({ comparison: 'differs' });
    expect(report.differences).toHaveLength(4);
    expect((await sumOf()).sum).toBe(36);
  });

  it('compares nothing with another version, and says so', async () => {
    await record(3);
    const live = await running(things());
    await live.stop();
    const doubled = things({
      version: 2,
      apply: async (events, session) => {
        for (const { position, data } of events)
          await session.query('insert into things values ($1, $2, null)', [
            position,
            (data as { amount: number }).amount * 2,
          ]);
      },
    });
    expect(await known(doubled).rebuild('testing.things')).toMatchObject({
      comparison: 'new-version',
      differences: [],
      position: 3,
    });
    expect((await sumOf()).sum).toBe(6);
  });

  it('D9 goes on with live events while it is filled, compared and switched', async () => {
    await record(40);
    const live = await running(things());
    const enough = new AbortController();
    const writing = (async () => {
      while (!enough.signal.aborted) {
        await record(1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        // No faster than the live copy follows, or neither copy would ever come to the end.
        await live.settle((await store.lastPosition()) - 20, PATIENCE_MILLIS);
      }
    })();
    const reports = [];
    for (let round = 0; round < 3; round += 1)
      reports.push(await known(things()).rebuild('testing.things', { batchSize: 7 }));
    enough.abort();
    await writing;
    expect(reports.map(({ comparison }) => comparison)).toEqual(['equal', 'equal', 'equal']);
    const head = await store.lastPosition();
    expect(await live.settle(head, PATIENCE_MILLIS)).toBe(true);
    expect((await sumOf()).count).toBe(head);
  });

  it('compares with a live copy that has not saved its place for events of others', async () => {
    await record(4);
    const live = await running(things());
    await live.stop();
    await database.query(`update platform.projections set position = 3`);
    await database.query('delete from testing_things.things where position = 4');
    expect(await known(things()).rebuild('testing.things')).toMatchObject({ comparison: 'equal' });
  });

  it('begins anew when the log was restored and the live copy knows more', async () => {
    await record(4);
    const live = await running(things());
    await live.stop();
    await database.query(`update platform.projections set position = 900`);
    expect(await known(things()).rebuild('testing.things')).toMatchObject({
      comparison: 'log-restored',
      position: 4,
    });
  });
});
