import { join } from 'node:path';
import { type LogVerdict, restoreBackup, verifyLog, writeBackup } from '@encaisse/audit/feature';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { PLATFORM_MIGRATIONS } from '@encaisse/platform/runtime';
import { Client } from 'pg';
import { Random } from '../demo/month/random';
import { PostgresVictim } from '../torture/world/postgres-victim';
import { ArchivedServer, type RecoveryTarget } from './archived-server';
import { type Instant, type LogRow, differenceOf, goesOn, rowsOf, writeLog } from './written-log';

export type RestoreCheckOptions = {
  readonly folder: string;
  /** How long is written before and again after the base backup. */
  readonly seconds: number;
  /** Random instants that are restored, by place and by time in turn. */
  readonly instants: number;
  readonly seed: number;
  readonly say: (line: string) => void;
};

export type RestoreReport = {
  readonly events: number;
  readonly restores: number;
  /** Milliseconds from the decision to a server that answers and verifies. */
  readonly recoveryMillis: readonly number[];
  /** Acknowledged events missing after a total loss of the server, with its last segment and without. */
  readonly lostWithTail: number;
  readonly lostWithoutTail: number;
  readonly faults: readonly string[];
};

const quiet = (): void => undefined;
const DATABASE = 'encaisse';

/** A base backup and an archive, restored to instants of the past; a logical backup into a new cluster. */
export async function checkRestores(options: RestoreCheckOptions): Promise<RestoreReport> {
  const { folder, seconds, say } = options;
  const primary = await ArchivedServer.start(folder);
  const url = await primary.server.createDatabase(DATABASE);
  await (await Database.connect({ url, applicationName: 'check' }, PLATFORM_MIGRATIONS)).close();
  await writeLog(url, seconds / 2);
  // The copy is made while the log is being written, as in production.
  const [base] = await Promise.all([primary.baseBackup(), writeLog(url, seconds)]);
  const later = await writeLog(url, seconds / 2);
  await primary.archiveNow();
  const archived = (await rowsOf(url)).length;
  await writeLog(url, 0.5);
  const source = await rowsOf(url);
  const logical = await checkLogical(url, folder);
  say(`${source.length} events written, base backup and archive taken; the server dies now`);
  primary.server.kill();
  const lost = await checkEnd(primary, base, source, archived);
  primary.saveTail();
  // A base backup is consistent from its end on: only instants after it can be asked for.
  const random = new Random(options.seed);
  const chosen = Array.from({ length: options.instants }, () => random.one(later));
  const runs = [];
  for (const [index, instant] of chosen.entries()) {
    const run = await restoreTo(primary, base, index, instant, source);
    say(`${run.name}: ${run.fault ?? `exact, ${run.events} events, ${Math.round(run.millis)} ms`}`);
    runs.push(run);
  }
  const whole = await restoreTo(primary, base, runs.length, null, source);
  await primary.server.stop();
  const all = [...runs, whole];
  return {
    events: source.length,
    restores: all.length,
    recoveryMillis: all.map(({ millis }) => millis),
    lostWithTail: source.length - whole.events,
    lostWithoutTail: lost,
    faults: [...all.flatMap(({ fault }) => fault ?? []), ...logical],
  };
}

/** Without the last segment of the dead server: what the archive alone holds. */
async function checkEnd(
  primary: ArchivedServer,
  base: string,
  source: readonly LogRow[],
  archived: number,
): Promise<number> {
  const server = await primary.restore(base, 'archive-only', { kind: 'end' });
  try {
    const rows = await rowsOf(server.url(DATABASE));
    const fault = differenceOf(rows, source);
    if (fault !== null) throw new Error(`the archive alone: ${fault}`);
    if (rows.length < archived) throw new Error('the archive holds less than was archived');
    return source.length - rows.length;
  } finally {
    await server.stop();
  }
}

type Run = {
  readonly name: string;
  readonly events: number;
  readonly millis: number;
  readonly fault: string | null;
};

async function restoreTo(
  primary: ArchivedServer,
  base: string,
  index: number,
  instant: Instant | null,
  source: readonly LogRow[],
): Promise<Run> {
  const target = targetOf(instant, index);
  const name = `restore ${index + 1} to ${target.kind === 'end' ? 'the end' : target.value}`;
  const began = performance.now();
  const server = await primary.restore(base, `restored-${index}`, target);
  try {
    const url = server.url(DATABASE);
    const verdict = await verified(url);
    const millis = performance.now() - began;
    const rows = await rowsOf(url);
    const fault =
      (verdict.firstBad === null ? null : `bad at ${verdict.firstBad.position}`) ??
      differenceOf(rows, source) ??
      placeFault(rows.length, instant, source.length) ??
      ((await goesOn(url)) ? null : 'the log does not go on');
    return {
      name,
      events: rows.length,
      millis,
      fault: fault === null ? null : `${name}: ${fault}`,
    };
  } finally {
    await server.stop();
  }
}

function targetOf(instant: Instant | null, index: number): RecoveryTarget {
  if (instant === null) return { kind: 'end' };
  return index % 2 === 0
    ? { kind: 'lsn', value: instant.lsn }
    : { kind: 'time', value: instant.time };
}

/** A restored log ends where it was at the instant: nothing acknowledged before it is missing. */
export function placeFault(events: number, instant: Instant | null, all: number): string | null {
  const [least, most] = instant === null ? [all, all] : [instant.atLeast, instant.atMost];
  return events >= least && events <= most
    ? null
    : `it holds ${events} events, and held ${least} to ${most}`;
}

async function verified(url: string): Promise<LogVerdict> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await verifyLog(client, quiet);
  } finally {
    await client.end();
  }
}

/** A logical backup in a new cluster: its readers see all, what is new sorts last. */
async function checkLogical(url: string, folder: string): Promise<string[]> {
  const file = join(folder, 'logical.backup');
  const backup = await writeBackup(url, file, new Date(Date.now()).toISOString(), quiet);
  const server = await PostgresVictim.start({ dataDir: join(folder, 'fresh') });
  try {
    const freshUrl = await server.createDatabase(DATABASE);
    await restoreBackup(freshUrl, file, quiet);
    const faults: string[] = [];
    const seen = await seenBySubscriber(freshUrl, backup.position);
    if (seen !== backup.position)
      faults.push(`a subscriber of the logical restore saw ${seen} of ${backup.position} events`);
    if (!(await goesOn(freshUrl)))
      faults.push('the logical restore: a new event does not sort last');
    const difference = differenceOf((await rowsOf(freshUrl)).slice(0, -1), await rowsOf(url));
    if (difference !== null) faults.push(`the logical restore: ${difference}`);
    return faults;
  } finally {
    await server.stop();
  }
}

const SUBSCRIBER_MILLIS = 30_000;

async function seenBySubscriber(url: string, expected: number): Promise<number> {
  const store = await PostgresEventStore.open({ url });
  let seen = 0;
  const subscription = store.subscribeToAll({
    after: 0,
    onBatch: (events) => {
      seen += events.length;
      return Promise.resolve();
    },
  });
  const deadline = performance.now() + SUBSCRIBER_MILLIS;
  while (seen < expected && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await subscription.close();
  await store.close();
  return seen;
}
