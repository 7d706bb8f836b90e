import { NO_ROWS, type Execution, type Statement } from './statements';
import type { Row } from './tables';

const PROJECTIONS = 'platform.projections';
const SNAPSHOTS = 'platform.reference_snapshots';
const JOBS = 'platform.timed_jobs';
const LEASES = 'platform.leases';
const NUMBERS = 'platform.transaction_numbers';

function text({ parameters }: Execution, index: number): string {
  return parameters[index] as string;
}

function number({ parameters }: Execution, index: number): number {
  return parameters[index] as number;
}

const searchPath: Statement = {
  pattern: /^set local search_path to (\w+), public(; set local synchronous_commit to off)?$/,
  run({ session, sql }) {
    session.schema = /search_path to (\w+)/.exec(sql)?.[1] ?? '';
    if (sql.includes('synchronous_commit to off')) session.isAsynchronous = true;
    return NO_ROWS;
  },
};

/** Tables need no definition here: a row is what is put into it. */
const definitions: Statement = {
  pattern:
    /^(create (schema|table|index|extension|unique index)|drop schema|alter schema|set transaction|set local enable_sort|select quote_ident)/,
  run({ session, sql }) {
    const renamed = /^alter schema (\w+) rename to (\w+)$/.exec(sql);
    if (renamed) session.renameSchema(renamed[1]!, renamed[2]!);
    const dropped = /^drop schema if exists (\w+)/.exec(sql)?.[1];
    if (dropped !== undefined) session.dropSchema(dropped);
    return NO_ROWS;
  },
};

const projections: readonly Statement[] = [
  {
    pattern: /^select version, position from platform\.projections where name = \$1$/,
    run(execution) {
      const row = execution.session.get(PROJECTIONS, text(execution, 0));
      return row ? [row] : NO_ROWS;
    },
  },
  {
    pattern:
      /^insert into platform\.projections \(name, version, position\) values \(\$1, \$2, (0|\$3)\)/,
    locks: (execution) => [`${PROJECTIONS}/${text(execution, 0)}`],
    run(execution) {
      const [name, version, position = 0] = execution.parameters;
      execution.session.put(PROJECTIONS, name as string, { name, version, position });
      return NO_ROWS;
    },
  },
  {
    pattern: /^update platform\.projections set position = \$3, moved_at = clock_timestamp\(\)/,
    locks: (execution) => [`${PROJECTIONS}/${text(execution, 0)}`],
    run(execution) {
      const row = execution.session.get(PROJECTIONS, text(execution, 0));
      const [, from, , version] = execution.parameters;
      if (row === undefined || row['position'] !== from) return NO_ROWS;
      if (execution.sql.includes('and version = $4') && row['version'] !== version) return NO_ROWS;
      const moved = { ...row, position: number(execution, 2) };
      execution.session.put(PROJECTIONS, text(execution, 0), moved);
      return [{ name: row['name'] }];
    },
  },
  {
    pattern: /^select position, version from platform\.projections where name = \$1 for update$/,
    locks: (execution) => [`${PROJECTIONS}/${text(execution, 0)}`],
    run(execution) {
      const row = execution.session.get(PROJECTIONS, text(execution, 0));
      return row ? [row] : NO_ROWS;
    },
  },
  {
    pattern: /^delete from platform\.projections where name = \$1$/,
    locks: (execution) => [`${PROJECTIONS}/${text(execution, 0)}`],
    run(execution) {
      execution.session.remove(PROJECTIONS, text(execution, 0));
      return NO_ROWS;
    },
  },
  {
    pattern: /^select 1 from platform\.projections where name = \$1 and position >= \$2$/,
    run(execution) {
      const row = execution.session.get(PROJECTIONS, text(execution, 0));
      return (row?.['position'] as number) >= number(execution, 1) ? [{}] : NO_ROWS;
    },
  },
];

const snapshots: readonly Statement[] = [
  {
    pattern: /^select position, state from platform\.reference_snapshots/,
    run(execution) {
      const row = execution.session.get(SNAPSHOTS, text(execution, 0));
      if (row?.['version'] !== number(execution, 1)) return NO_ROWS;
      return [{ position: row['position'], state: JSON.parse(row['state'] as string) as unknown }];
    },
  },
  {
    pattern: /^insert into platform\.reference_snapshots/,
    locks: (execution) => [`${SNAPSHOTS}/${text(execution, 0)}`],
    run(execution) {
      const [name, version, position, state] = execution.parameters;
      const before = execution.session.get(SNAPSHOTS, name as string);
      const isKept =
        before?.['version'] === version && (before?.['position'] as number) >= (position as number);
      if (!isKept) {
        execution.session.put(SNAPSHOTS, name as string, { name, version, position, state });
      }
      return NO_ROWS;
    },
  },
];

const timedJobs: readonly Statement[] = [
  {
    pattern: /^insert into platform\.timed_jobs \(name, done_until\) values \(\$1, \$2\)/,
    locks: (execution) => [`${JOBS}/${text(execution, 0)}`],
    run(execution) {
      const { session } = execution;
      const [name, doneUntil] = execution.parameters as [string, string];
      if (!session.get(JOBS, name)) session.put(JOBS, name, { name, done_until: doneUntil });
      return NO_ROWS;
    },
  },
  {
    pattern: /^select name, done_until from platform\.timed_jobs$/,
    run: ({ session }) =>
      session
        .all(JOBS)
        .map((row) => ({ ...row, done_until: new Date(row['done_until'] as string) })),
  },
  {
    pattern:
      /^update platform\.timed_jobs set done_until = \$2 where name = \$1 and done_until < \$2$/,
    locks: (execution) => [`${JOBS}/${text(execution, 0)}`],
    run(execution) {
      const [name, doneUntil] = execution.parameters as [string, string];
      const row = execution.session.get(JOBS, name);
      if (row && (row['done_until'] as string) < doneUntil)
        execution.session.put(JOBS, name, { name, done_until: doneUntil });
      return NO_ROWS;
    },
  },
];

/** A sequence: what was drawn stays drawn, whatever becomes of the transaction. */
const numbers: Statement = {
  pattern: /^select nextval\('platform\.transaction_numbers'\) as number/,
  run(execution) {
    const { session } = execution;
    const last = (session.get(NUMBERS, 'last')?.['value'] as number | undefined) ?? 0;
    const count = number(execution, 0);
    session.put(NUMBERS, 'last', { value: last + count });
    return Array.from({ length: count }, (_, index) => ({ number: last + index + 1 }));
  },
};

function leaseOf(execution: Execution): Row | undefined {
  return execution.session.get(LEASES, text(execution, 0));
}

const leaseLock = (execution: Execution) => [`${LEASES}/${text(execution, 0)}`];

const leases: readonly Statement[] = [
  {
    pattern: /^insert into platform\.leases \(name, holder, epoch, expires_at\)/,
    locks: leaseLock,
    run(execution) {
      const row = leaseOf(execution);
      const now = execution.leaseClock;
      if (row && (row['expires_at'] as number) >= now) return NO_ROWS;
      const epoch = ((row?.['epoch'] as number | undefined) ?? 0) + 1;
      const [name, holder, lifetime] = execution.parameters as [string, string, number];
      execution.session.put(LEASES, name, { name, holder, epoch, expires_at: now + lifetime });
      return [{ epoch }];
    },
  },
  {
    pattern: /^update platform\.leases set expires_at = clock_timestamp\(\) \+ \$3/,
    locks: leaseLock,
    run(execution) {
      const row = leaseOf(execution);
      if (row?.['epoch'] !== number(execution, 1) || row['holder'] === null) return NO_ROWS;
      const until = execution.leaseClock + number(execution, 2);
      execution.session.put(LEASES, text(execution, 0), { ...row, expires_at: until });
      return [{ epoch: row['epoch'] }];
    },
  },
  {
    pattern: /^update platform\.leases set expires_at = '-infinity', holder = null/,
    locks: leaseLock,
    run(execution) {
      const row = leaseOf(execution);
      if (row?.['epoch'] === number(execution, 1)) {
        const free = { ...row, expires_at: -Infinity, holder: null };
        execution.session.put(LEASES, text(execution, 0), free);
      }
      return NO_ROWS;
    },
  },
  {
    pattern: /^select 1 from platform\.leases where name = \$1 and epoch = \$2 for share$/,
    locks: leaseLock,
    run: (execution) => (leaseOf(execution)?.['epoch'] === number(execution, 1) ? [{}] : NO_ROWS),
  },
];

/** The statements of projections, reference views, timed jobs, numbers and leases. */
export const PLATFORM_STATEMENTS: readonly Statement[] = [
  searchPath,
  definitions,
  ...projections,
  ...snapshots,
  ...timedJobs,
  numbers,
  ...leases,
];
