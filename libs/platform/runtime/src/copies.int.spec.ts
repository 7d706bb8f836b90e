import { setTimeout as wait } from 'node:timers/promises';
import { instant, type Instant, instantOfEpochMillis } from '@encaisse/kernel';
import { ControllableClock } from '@encaisse/platform/clock';
import { type EventStore, MemoryEventStore } from '@encaisse/platform/event-store';
import { LeasedEventStore, Leases, LeaseTables } from '@encaisse/platform/leases';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import { createTestDatabase, type TestDatabase, until } from '@encaisse/testing';
import { createLogger } from './logger';
import { TimedJobs } from './timed-jobs';
import { Workers } from './workers';

const SILENT = createLogger('test', 'silent');
const NOON = instant('2026-03-02T12:00:00.000Z');
/** Longer than a machine stands still under load: nobody loses a lease that a test wants kept. */
const LIFETIME_MILLIS = 6000;
/** Where a copy has to lose its lease. */
const SHORT_MILLIS = 600;
const METADATA = {
  actor: { kind: 'system', login: 'test' },
  correlationId: 'c1',
  causationId: null,
} as const;

/** Two copies of a service are two of everything on one database. */
describe('Copies of a service', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let leasesOfCopies: Leases[];
  const started: TimedJobs[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await Database.connect(
      { url: testDatabase.url, applicationName: 'copies', poolSize: 6 },
      [PlatformTables1763769600000, LeaseTables],
    );
  });
  beforeEach(async () => {
    await database.query('truncate platform.leases, platform.timed_jobs');
    leasesOfCopies = [leasesFor(LIFETIME_MILLIS), leasesFor(LIFETIME_MILLIS)];
  });
  afterEach(async () => {
    for (const jobs of started.splice(0)) await jobs.stop();
  });
  afterAll(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const leasesFor = (lifetimeMillis: number) =>
    new Leases({ database, logger: SILENT, lifetimeMillis });

  /** A job due at every full hour. */
  const copyWithJob = async (
    leases: Leases,
    run: (at: Instant) => Promise<void>,
    clock = new ControllableClock(),
  ) => {
    clock.set(NOON);
    const jobs = new TimedJobs(database, clock, SILENT, leases);
    const nextAfter = (after: Instant) =>
      instantOfEpochMillis((Math.floor(Date.parse(after) / 3_600_000) + 1) * 3_600_000);
    jobs.register({ name: 'hourly', nextAfter, run });
    started.push(jobs);
    await jobs.start();
    return jobs;
  };
  const FIVE_LATER = instant('2026-03-02T17:00:00.000Z');

  it('run each due instant of a job once, in one of them', async () => {
    const runs: string[] = [];
    const copies = await Promise.all(
      leasesOfCopies.map((leases, index) =>
        copyWithJob(leases, (at) => Promise.resolve(void runs.push(`${index} ${at}`))),
      ),
    );
    await Promise.all(copies.map((copy) => copy.runDue(FIVE_LATER)));
    const hours = runs.map((line) => line.slice(13, 15));
    expect(hours).toEqual(['13', '14', '15', '16', '17']);
    expect(new Set(runs.map((line) => line[0])).size).toBe(1);
  });

  it('hand a job over when the one that ran it stops', async () => {
    const ran: number[] = [];
    const [first, second] = (await Promise.all(
      leasesOfCopies.map((leases, index) =>
        copyWithJob(leases, () => Promise.resolve(void ran.push(index))),
      ),
    )) as [TimedJobs, TimedJobs];
    await first.runDue(instant('2026-03-02T13:00:00.000Z'));
    await second.runDue(instant('2026-03-02T13:00:00.000Z'));
    const holder = ran[0] ?? 0;
    const [stopping, taking] = holder === 0 ? [first, second] : [second, first];
    await stopping.stop();
    expect(await taking.runDue(FIVE_LATER)).toBe(4);
    expect(ran).toEqual([holder, 1 - holder, 1 - holder, 1 - holder, 1 - holder]);
  });

  it('take a job from one that was paused, which then appends nothing and counts nothing', async () => {
    const store: EventStore = new LeasedEventStore(new MemoryEventStore(new ControllableClock()));
    const append = (streamId: string, index: number) =>
      store.append([
        {
          streamId,
          expected: 'any',
          events: [
            {
              eventId: `0195f7a0-0000-7000-8000-00000000000${index}`,
              type: 'JobRan',
              schemaVersion: 1,
              data: {},
              metadata: METADATA,
            },
          ],
        },
      ]);
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    // The paused copy renews nothing, as a process that was stopped would not.
    const paused = leasesFor(SHORT_MILLIS);
    jest.spyOn(paused, 'renewRegularly').mockReturnValue(undefined);
    const first = await copyWithJob(paused, async () => {
      await asleep;
      await append('job-paused', 1);
    });
    const firstRun = first.runDue(instant('2026-03-02T13:00:00.000Z'));
    await wait(SHORT_MILLIS * 1.2);
    const second = await copyWithJob(leasesOfCopies[1] as Leases, async () => {
      await append('job-awake', 2);
    });
    let served = 0;
    for (let tries = 0; served === 0 && tries < 200; tries += 1) {
      served = await second.runDue(instant('2026-03-02T13:00:00.000Z'));
      await wait(20);
    }
    wake();
    expect(served).toBe(1);
    expect(await firstRun).toBe(0);
    expect((await store.readAll({ after: 0, limit: 10 })).map(({ streamId }) => streamId)).toEqual([
      'job-awake',
    ]);
  });

  it('run nothing for a time that the clock has left while they waited', async () => {
    const clock = new ControllableClock();
    const runs: Instant[] = [];
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const jobs = await copyWithJob(
      leasesOfCopies[0] as Leases,
      async (at) => {
        runs.push(at);
        await slow;
      },
      clock,
    );
    const first = jobs.runDue(instant('2026-03-02T13:00:00.000Z'));
    await until(() => runs.length === 1);
    clock.set(FIVE_LATER);
    await wait(1100);
    clock.set(NOON);
    finish();
    await first;
    await jobs.rewindTo(NOON);
    await jobs.runDue(NOON);
    expect(runs).toEqual(['2026-03-02T13:00:00.000Z']);
  });

  it('have an exclusive worker running in one of them, and in the other when that one stops', async () => {
    const running: number[] = [];
    const copies = leasesOfCopies.map((leases, index) => {
      const workers = new Workers(SILENT, leases);
      workers.register({
        name: 'inbox',
        isExclusive: true,
        start: () => Promise.resolve(void running.push(index)),
        stop: () => Promise.resolve(void running.splice(running.indexOf(index), 1)),
      });
      return workers;
    });
    const [first, second] = copies as [Workers, Workers];
    await first.start();
    expect(running).toEqual([0]);
    await second.start();
    expect(running).toEqual([0]);
    await first.stop();
    await until(() => running.length > 0);
    expect(running).toEqual([1]);
    await second.stop();
    expect(running).toEqual([]);
  });

  it('refuse to start when the worker they hold does not', async () => {
    const workers = new Workers(SILENT, leasesOfCopies[0] as Leases);
    workers.register({
      name: 'socket',
      isExclusive: true,
      start: () => Promise.reject(new Error('the port is taken')),
      stop: () => Promise.resolve(),
    });
    await expect(workers.start()).rejects.toThrow('the port is taken');
    await workers.stop();
  });
});
