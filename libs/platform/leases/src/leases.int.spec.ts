import { setTimeout as wait } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import {
  assertLeaseOfWork,
  fence,
  type HeldWork,
  type Lease,
  LeaseLost,
  Leases,
  LeaseTables,
  underLease,
  untilEnded,
} from '.';

const SILENT = { info: () => undefined, warn: () => undefined };
const LIFETIME_MILLIS = 400;

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

  const until = async (isReached: () => boolean) => {
    for (let tries = 0; !isReached(); tries += 1) {
      if (tries > 1000) throw new Error('waited in vain');
      await wait(10);
    }
  };

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

  it('is held by one of three processes, which keep asking', async () => {
    const all = [1, 2, 3].map(() => holder(process(), 'one-of-three'));
    await until(() => all.some(({ work }) => work.isHolder));
    await wait(LIFETIME_MILLIS * 3);
    expect(all.flatMap(({ seen }) => seen)).toHaveLength(1);
  });

  it('goes to the next at once when its holder stops, under a higher epoch', async () => {
    const first = holder(process(60_000), 'handed-over');
    await until(() => first.work.isHolder);
    await first.work.stop();
    const second = holder(process(60_000), 'handed-over');
    await until(() => second.work.isHolder);
    expect(second.seen[0]?.epoch).toBe((first.seen[0]?.epoch ?? 0) + 1);
  });

  it('goes to the next once it ran out when its holder says nothing more', async () => {
    const silent = await process().acquire('abandoned');
    expect(silent?.isHeld).toBe(true);
    const next = holder(process(), 'abandoned');
    await until(() => next.work.isHolder);
    expect(silent?.isHeld).toBe(false);
  });

  it('is lost for its holder before another may take it', async () => {
    const lease = await process().acquire('lost-in-time');
    await until(() => lease?.isHeld === false);
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

  it('lets a former holder write nothing: the transaction is void', async () => {
    await database.query('create table if not exists effects (by_epoch bigint)');
    const former = (await process().acquire('fenced')) as Lease;
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
    const lease = (await process(200).acquire('committing')) as Lease;
    const taken: number[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    await database.transaction(async (session) => {
      await fence(session, lease);
      await until(() => !lease.isHeld);
      await wait(100);
      taking = process()
        .acquire('committing')
        .then((next) => taken.push(next?.epoch ?? 0));
      await wait(50);
      expect(taken).toEqual([]);
    });
    await taking;
    expect(taken).toEqual([lease.epoch + 1]);
  });

  it('refuses the appends of work that slept through it', async () => {
    const lease = (await process().acquire('slept')) as Lease;
    const appended: string[] = [];
    const work = underLease(lease, async () => {
      assertLeaseOfWork();
      appended.push('in time');
      await until(() => !lease.isHeld);
      assertLeaseOfWork();
      appended.push('too late');
    });
    await expect(work).rejects.toThrow('the lease slept');
    expect(appended).toEqual(['in time']);
  });

  it('goes on asking one work when another is done', async () => {
    const lease = (await process().acquire('slept-longer')) as Lease;
    const work = underLease(lease, async () => {
      await until(() => !lease.isHeld);
      assertLeaseOfWork();
    });
    const refused = expect(work).rejects.toThrow('the lease slept-longer');
    const other = (await process(60_000).acquire('done-at-once')) as Lease;
    await underLease(other, () => Promise.resolve());
    await refused;
  });

  it('follows nothing once no work is under way', async () => {
    const lease = (await process().acquire('left-behind')) as Lease;
    let left: Promise<string> = Promise.resolve('');
    await underLease(lease, () => {
      left = until(() => !lease.isHeld).then(() => {
        assertLeaseOfWork();
        return 'not asked';
      });
      return Promise.resolve();
    });
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
      process().during('in-turn', async () => {
        order.push(`${name} begins`);
        await wait(30);
        order.push(`${name} ends`);
      });
    await Promise.all([once('a'), once('b')]);
    expect(order.map((line) => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends']);
  });
});
