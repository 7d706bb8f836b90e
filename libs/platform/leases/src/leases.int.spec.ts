import { setTimeout as wait } from 'node:timers/promises';
import { ControllableClock } from '@encaisse/platform/clock';
import { MemoryEventStore } from '@encaisse/platform/event-store';
import { createTestDatabase, type TestDatabase, until } from '@encaisse/testing';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import { assertLeaseOfWork } from './lease';
import {
  fence,
  type HeldWork,
  type Lease,
  LeasedEventStore,
  LeaseLost,
  Leases,
  LeaseTables,
  underLease,
  untilEnded,
} from '.';

const SILENT = { info: () => undefined, warn: () => undefined };
/** Short, where a lease has to run out. No test rests on one of these being held for any time. */
const LIFETIME_MILLIS = 400;
/** Longer than any machine stands still under load. */
const LONG_MILLIS = 60_000;

describe('A lease', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const held: HeldWork[] = [];

  const process = (lifetimeMillis = LIFETIME_MILLIS) =>
    new Leases({ database, logger: SILENT, lifetimeMillis });

  /** A process that does nothing but note when it holds the lease. */
  const holder = (leases: Leases, name: string, seen: Lease[] = []) => {
    const work = leases.hold(name, async (lease) => {
      seen.push(lease);
      await untilEnded(lease);
    });
    held.push(work);
    return { work, seen };
  };

  const isAnswered = async (sql: string, parameters: readonly unknown[] = []) =>
    (await database.query(sql, parameters)).length > 0;

  /** As if its holder had been asleep for longer than the lease lasts. */
  const sleepThrough = (lease: Lease) => lease.prolong(performance.now());

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await Database.connect(
      { url: testDatabase.url, applicationName: 'leases', poolSize: 4 },
      [PlatformTables1763769600000, LeaseTables],
    );
  });
  afterEach(async () => {
    for (const work of held.splice(0)) await work.stop();
  });
  afterAll(async () => {
    await database.close();
    await testDatabase.drop();
  });

  it('is held by one of three processes at any time, and the others keep asking', async () => {
    const all = [1, 2, 3].map(() => {
      const leases = process();
      return { ...holder(leases, 'one-of-three'), asking: jest.spyOn(leases, 'acquire') };
    });
    const inOrder: Lease[] = [];
    const looks: number[] = [];
    // A machine that stands still for longer than a lease lasts lets it change hands, rightly.
    await until(() => {
      const seen = all.flatMap((one) => one.seen);
      looks.push(seen.filter(({ isHeld }) => isHeld).length);
      inOrder.push(...seen.filter((lease) => !inOrder.includes(lease)));
      return all.filter(({ asking }) => asking.mock.calls.length > 20).length >= 2;
    });
    expect(Math.max(...looks)).toBe(1);
    expect(inOrder.map(({ epoch }) => epoch)).toEqual(inOrder.map((_, index) => index + 1));
  });

  it('stays with its holder for as long as that renews it', async () => {
    const { work, seen } = holder(process(), 'renewed');
    await until(() => work.isHolder);
    const [first] = await database.query<{ expires_at: Date }>(
      'select expires_at from platform.leases where name = $1',
      ['renewed'],
    );
    await until(() =>
      isAnswered('select 1 from platform.leases where name = $1 and expires_at > $2', [
        'renewed',
        new Date(first!.expires_at.getTime() + 2 * LIFETIME_MILLIS),
      ]),
    );
    expect(seen.map(({ epoch }) => epoch)).toEqual([1]);
  });

  it('goes to the next at once when its holder stops, under a higher epoch', async () => {
    const first = holder(process(LONG_MILLIS), 'handed-over');
    await until(() => first.work.isHolder);
    await first.work.stop();
    const second = holder(process(LONG_MILLIS), 'handed-over');
    await until(() => second.work.isHolder);
    expect(second.seen[0]?.epoch).toBe((first.seen[0]?.epoch ?? 0) + 1);
  });

  it('goes to the next once it ran out when its holder says nothing more', async () => {
    const silent = (await process().acquire('abandoned')) as Lease;
    const next = holder(process(), 'abandoned');
    await until(() => next.seen.length > 0);
    expect(silent.isHeld).toBe(false);
    expect(next.seen[0]?.epoch).toBe(silent.epoch + 1);
  });

  it('is lost for its holder before another may take it', async () => {
    const lease = (await process(LONG_MILLIS).acquire('lost-in-time')) as Lease;
    expect(lease.isHeld).toBe(true);
    const askedAt = performance.now();
    const [row] = await database.query<{ left: number }>(
      `select extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as left
       from platform.leases where name = $1`,
      ['lost-in-time'],
    );
    // The answer was given later than it was asked for, so the row runs out at this instant or later.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(askedAt + (row?.left ?? 0));
    const isHeldThen = lease.isHeld;
    clock.mockRestore();
    expect(isHeldThen).toBe(false);
    expect(await process().acquire('lost-in-time')).toBeNull();
  });

  it('is not renewed once another took it, and ends for the former holder', async () => {
    const leases = process(120);
    const former = (await leases.acquire('taken-over')) as Lease;
    await until(() => !former.isHeld);
    let taken: Lease | null = null;
    while (taken === null) taken = await process().acquire('taken-over');
    expect(await leases.renew(former)).toBe(false);
    expect(taken.epoch).toBe(former.epoch + 1);
  });

  it('is not renewed once it was given back, and is free at once', async () => {
    const leases = process(LONG_MILLIS);
    const lease = (await leases.acquire('given-back')) as Lease;
    await leases.release(lease);
    // A renewal that was under way arrives after the lease was given back.
    expect(await leases.renew(lease)).toBe(false);
    expect((await process().acquire('given-back'))?.epoch).toBe(lease.epoch + 1);
  });

  it('is renewed no more when it ended before its renewals began', async () => {
    const leases = process(40);
    const lease = (await leases.acquire('ended-early')) as Lease;
    lease.end();
    const renew = jest.spyOn(leases, 'renew');
    leases.renewRegularly(lease);
    await wait(100);
    expect(renew).not.toHaveBeenCalled();
  });

  it('lets a former holder write nothing: the transaction is void', async () => {
    await database.query('create table if not exists effects (by_epoch bigint)');
    const former = (await process(LONG_MILLIS).acquire('fenced')) as Lease;
    await database.query('update platform.leases set epoch = epoch + 1 where name = $1', [
      'fenced',
    ]);
    const effect = database.transaction(async (session) => {
      await session.query('insert into effects values ($1)', [former.epoch]);
      await fence(session, former);
    });
    await expect(effect).rejects.toThrow(LeaseLost);
    expect(await database.query('select 1 from effects')).toEqual([]);
  });

  it('cannot be taken while a fenced transaction of its holder is not committed', async () => {
    const lease = (await process(LIFETIME_MILLIS).acquire('committing')) as Lease;
    // Whatever the machine does meanwhile, the fence finds the lease held.
    lease.prolong(performance.now() + LONG_MILLIS);
    const taken: number[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    await database.transaction(async (session) => {
      await fence(session, lease);
      await until(() =>
        isAnswered(
          'select 1 from platform.leases where name = $1 and expires_at < clock_timestamp()',
          ['committing'],
        ),
      );
      taking = process()
        .acquire('committing')
        .then((next) => taken.push(next?.epoch ?? 0));
      await until(() =>
        isAnswered(
          `select 1 from pg_stat_activity where datname = current_database()
             and wait_event_type = 'Lock' and query like 'insert into platform.leases%'`,
        ),
      );
      expect(taken).toEqual([]);
    });
    await taking;
    expect(taken).toEqual([lease.epoch + 1]);
  });

  it('refuses the appends of work that slept through it', async () => {
    const lease = (await process(LONG_MILLIS).acquire('slept')) as Lease;
    const appended: string[] = [];
    const work = underLease(lease, async () => {
      assertLeaseOfWork();
      appended.push('in time');
      await wait(1);
      sleepThrough(lease);
      assertLeaseOfWork();
      appended.push('too late');
    });
    await expect(work).rejects.toThrow('the lease slept');
    expect(appended).toEqual(['in time']);
  });

  it('gives nothing to decide on to work that slept through it', async () => {
    const lease = (await process(LONG_MILLIS).acquire('slept-reading')) as Lease;
    const store = new LeasedEventStore(new MemoryEventStore(new ControllableClock()));
    const read: string[] = [];
    const work = underLease(lease, async () => {
      await store.readStream('testing.thing-1');
      read.push('in time');
      sleepThrough(lease);
      await store.readStream('testing.thing-1');
      read.push('too late');
    });
    await expect(work).rejects.toThrow('the lease slept-reading');
    expect(read).toEqual(['in time']);
  });

  it('goes on asking one work when another is done', async () => {
    const lease = (await process(LONG_MILLIS).acquire('slept-longer')) as Lease;
    const work = underLease(lease, async () => {
      await until(() => !lease.isHeld);
      assertLeaseOfWork();
    });
    const refused = expect(work).rejects.toThrow('the lease slept-longer');
    const other = (await process(LONG_MILLIS).acquire('done-at-once')) as Lease;
    await underLease(other, () => Promise.resolve());
    sleepThrough(lease);
    await refused;
  });

  it('follows nothing once no work is under way', async () => {
    const lease = (await process(LONG_MILLIS).acquire('left-behind')) as Lease;
    let left: Promise<string> = Promise.resolve('');
    await underLease(lease, () => {
      left = until(() => !lease.isHeld).then(() => {
        assertLeaseOfWork();
        return 'not asked';
      });
      return Promise.resolve();
    });
    sleepThrough(lease);
    expect(await left).toBe('not asked');
  });

  it('asks nothing of work that runs under no lease', () => {
    expect(() => assertLeaseOfWork()).not.toThrow();
  });

  it('is given back and asked for again when its work fails', async () => {
    const epochs: number[] = [];
    held.push(
      process().hold('failing', (lease) => {
        epochs.push(lease.epoch);
        return epochs.length < 3 ? Promise.reject(new Error('not yet')) : untilEnded(lease);
      }),
    );
    await until(() => epochs.length === 3);
    expect(epochs).toEqual([1, 2, 3]);
  });

  it('lets what is done during it wait its turn', async () => {
    const order: string[] = [];
    const once = (name: string) =>
      process(LONG_MILLIS / 6).during('in-turn', async () => {
        order.push(`${name} begins`);
        await wait(30);
        order.push(`${name} ends`);
      });
    await Promise.all([once('a'), once('b')]);
    expect(order.map((line) => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends']);
  });
});
