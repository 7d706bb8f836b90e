import { instant } from '@encaisse/kernel';
import {
  type CategoriesPage,
  MemoryEventStore,
  type ReadCategoriesOptions,
  StoreUnavailable,
  type SubscribeOptions,
  type Subscription,
} from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { recordThings, THING_CATEGORY } from './fixtures/things';
import { PlatformTables1763769600000 } from './platform-migrations';
import { type ReferenceDefinition, ReferenceView } from './reference-view';

const OTHERS = 'testing.other';
const LONG = 45_000;

/** Counts what a view asks for, and can be away. */
class WatchedStore extends MemoryEventStore {
  followedFrom: number | null = null;
  pages = 0;
  isAway = false;

  override subscribeToAll(options: SubscribeOptions): Subscription {
    this.followedFrom = options.after;
    return super.subscribeToAll(options);
  }

  override async readCategories(options: ReadCategoriesOptions): Promise<CategoriesPage> {
    this.pages += 1;
    if (this.isAway) throw new StoreUnavailable('away');
    return super.readCategories(options);
  }
}

const COUNT: ReferenceDefinition<{ seen: number[] }> = {
  name: 'testing.count',
  version: 1,
  categories: [THING_CATEGORY],
  initial: () => ({ seen: [] }),
  evolve: (state, { position }) => {
    state.seen.push(position);
    return state;
  },
  toJson: (state) => state,
  fromJson: (json) => json as { seen: number[] },
};

let testDatabase: TestDatabase;
let database: Database;
let store: WatchedStore;

const started = async () => {
  const view = new ReferenceView(COUNT, store, database);
  await view.start();
  return view;
};

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'view-spec' }, [
    PlatformTables1763769600000,
  ]);
  store = new WatchedStore({ now: () => instant('2026-11-30T08:00:00.000Z') });
});

afterEach(async () => {
  await store.close();
  await database.close();
  await testDatabase.drop();
});

describe('A view of a long log', () => {
  it('reads its own categories alone until it is near the end, then follows the log', async () => {
    await recordThings(store, 2);
    await recordThings(store, LONG, OTHERS);
    await recordThings(store, 1);
    const view = await started();
    expect(view.current.seen).toEqual([1, 2, LONG + 3]);
    expect(view.reached).toBe(LONG + 3);
    expect(store.pages).toBeGreaterThan(0);
    expect(store.followedFrom).toBeGreaterThan(LONG - 20_000);
    await recordThings(store, 1);
    expect(await view.waitFor(LONG + 4, 5_000)).toBe(true);
    expect(view.current.seen).toEqual([1, 2, LONG + 3, LONG + 4]);
    await view.stop();
    // What was kept is where the next start begins.
    store.pages = 0;
    const next = await started();
    expect([next.current.seen.length, store.pages]).toEqual([4, 0]);
    await next.stop();
  });

  it('holds all of it where most events are its own', async () => {
    await recordThings(store, LONG);
    const view = await started();
    expect(view.current.seen).toEqual(Array.from({ length: LONG }, (_, index) => index + 1));
    await view.stop();
  });

  it('follows the log from where it is when the store is away for a moment', async () => {
    await recordThings(store, LONG, OTHERS);
    await recordThings(store, 1);
    store.isAway = true;
    const view = await started();
    expect([store.pages, store.followedFrom]).toEqual([1, 0]);
    expect(view.current.seen).toEqual([LONG + 1]);
    await view.stop();
  });

  it('is not begun by a short one: it is followed from the beginning', async () => {
    await recordThings(store, 30);
    const view = await started();
    expect([store.pages, store.followedFrom]).toEqual([0, 0]);
    expect(view.current.seen).toHaveLength(30);
    await view.stop();
  });
});
