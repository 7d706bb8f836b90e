import { instant } from '@encaisse/kernel';
import { MemoryEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { createTestDatabase, type TestDatabase, until } from '@encaisse/testing';
import { recordThings, SILENT, THING_CATEGORY } from './fixtures/things';
import { PlatformTables1763769600000 } from './platform-migrations';
import type { Projection } from './projection';
import { ProjectionRunner } from './projection-runner';

const THINGS: Projection = {
  name: 'testing.things',
  version: 1,
  schema: 'testing_things',
  tables: 'create table things (position bigint primary key);',
  categories: [THING_CATEGORY],
  apply: async (events, session) => {
    for (const { position } of events)
      await session.query('insert into things values ($1)', [position]);
  },
};

/** A log that can be made to keep who asks for its end waiting. */
class HesitantStore extends MemoryEventStore {
  private gate: Promise<void> = Promise.resolve();
  asked = 0;

  /** Holds every question back until what it gives is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    this.asked = 0;
    return open;
  }

  override async lastPosition(): Promise<number> {
    this.asked += 1;
    await this.gate;
    return super.lastPosition();
  }
}

let testDatabase: TestDatabase;
let database: Database;
let store: HesitantStore;
let runner: ProjectionRunner;

const record = (count: number) => recordThings(store, count);

const rows = async () => {
  const [row] = await database.query<{ count: number }>(
    'select count(*) as count from testing_things.things',
  );
  return row!.count;
};

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'runner-spec' }, [
    PlatformTables1763769600000,
  ]);
  store = new HesitantStore({ now: () => instant('2026-11-22T12:00:00.000Z') });
  runner = new ProjectionRunner(THINGS, store, database, SILENT);
});

afterEach(async () => {
  await runner.stop();
  await store.close();
  await database.close();
  await testDatabase.drop();
});

describe('Follow the log', () => {
  it('ends when it is stopped before it has begun', async () => {
    const open = store.hold();
    await runner.start();
    await until(() => store.asked > 0);
    let isEnded = false;
    const ended = runner.stop().then(() => (isEnded = true));
    open();
    await Promise.race([ended, until(() => isEnded)]);
    await record(1);
    expect(await rows()).toBe(0);
  });

  it('P1 tells nobody a position that the tables lost, and makes its rows again', async () => {
    await runner.start();
    await record(5);
    const head = await store.lastPosition();
    expect(await runner.waitFor(head, 30_000)).toBe(true);
    await database.transaction(async (session) => {
      await session.query('delete from testing_things.things where position > 2');
      await session.query('update platform.projections set position = 2');
    });
    const open = store.hold();
    await runner.lookAgain();
    expect(await runner.waitFor(head, 50)).toBe(false);
    open();
    expect(await runner.checkpointAt(head, 30_000)).toBe(head);
    expect(await rows()).toBe(5);
  });
});
