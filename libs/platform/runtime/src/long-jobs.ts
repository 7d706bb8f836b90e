import type { Environment } from '@encaisse/kernel';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { Keyring } from '@encaisse/platform/security';

/** A job that did not end yet. */
export type OpenJob = {
  readonly jobId: string;
  /** Since it was asked for, by the database's clock. */
  readonly elapsedMillis: number;
};

/** How far a job is. The total is null until it is known. */
export type JobProgress = { readonly done: number; readonly total: number | null };

/**
 * Work that goes on after its answer: what it is to do, sealed, and how far it is. Technical rows (D1):
 * that it was asked for and what came of it are events of its context.
 */
export class LongJobs {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  /** Does nothing when a job of this id is there. */
  async add(job: {
    readonly jobId: string;
    readonly kind: string;
    readonly environment: Environment;
    readonly content: object;
  }): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(job.content));
    const { dataKeyId, sealed } = this.keyring.seal(job.environment, bytes, placeOf(job.jobId));
    await this.database.query(
      `insert into platform.long_jobs (job_id, kind, data_key_id, sealed)
       values ($1, $2, $3, $4) on conflict (job_id) do nothing`,
      [job.jobId, job.kind, dataKeyId, sealed],
    );
  }

  /** What a job is to do; null when it was forgotten. */
  async contentOf(jobId: string): Promise<unknown> {
    const [row] = await this.database.query<{ dataKeyId: string; sealed: Buffer }>(
      'select data_key_id as "dataKeyId", sealed from platform.long_jobs where job_id = $1',
      [jobId],
    );
    if (!row) return null;
    return JSON.parse((await this.keyring.unseal(row, placeOf(jobId))).toString('utf8')) as unknown;
  }

  /** Jobs of a kind that did not end, oldest first. */
  open(kind: string): Promise<OpenJob[]> {
    return this.database.query<OpenJob>(
      `select job_id as "jobId",
         (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint as "elapsedMillis"
       from platform.long_jobs where kind = $1 and finished_at is null order by created_at, job_id`,
      [kind],
    );
  }

  async progress(jobId: string, { done, total }: JobProgress): Promise<void> {
    await this.database.query(
      'update platform.long_jobs set done = $2, total = $3 where job_id = $1',
      [jobId, done, total],
    );
  }

  async progressOf(jobIds: readonly string[]): Promise<ReadonlyMap<string, JobProgress>> {
    const rows = await this.database.query<JobProgress & { readonly jobId: string }>(
      `select job_id as "jobId", done, total from platform.long_jobs
       where job_id = any($1::uuid[])`,
      [jobIds],
    );
    return new Map(rows.map(({ jobId, ...progress }) => [jobId, progress]));
  }

  async hasEnded(jobId: string): Promise<boolean> {
    const rows = await this.database.query(
      'select 1 from platform.long_jobs where job_id = $1 and finished_at is not null',
      [jobId],
    );
    return rows.length === 1;
  }

  /** Whoever asked waits no longer, and is told otherwise. False when the job ended before that. */
  async stopWaiting(jobId: string): Promise<boolean> {
    const rows = await this.database.query(
      `update platform.long_jobs set is_awaited = false
       where job_id = $1 and finished_at is null returning 1`,
      [jobId],
    );
    return rows.length === 1;
  }

  /** Ends a job; null when it ended before. */
  async end(session: SqlSession, jobId: string): Promise<{ readonly isAwaited: boolean } | null> {
    const [row] = await session.query<{ isAwaited: boolean }>(
      `update platform.long_jobs set finished_at = clock_timestamp()
       where job_id = $1 and finished_at is null returning is_awaited as "isAwaited"`,
      [jobId],
    );
    return row ?? null;
  }

  /** Forgets what jobs were to do that ended so many days ago. */
  async forgetEnded(kind: string, days: number): Promise<void> {
    await this.database.query(
      `delete from platform.long_jobs
       where kind = $1 and finished_at < clock_timestamp() - make_interval(days => $2)`,
      [kind, days],
    );
  }

  async forget(jobId: string): Promise<void> {
    await this.database.query('delete from platform.long_jobs where job_id = $1', [jobId]);
  }
}

/** Ties the sealed bytes to their row. */
function placeOf(jobId: string): string {
  return `long-job/${jobId}`;
}
