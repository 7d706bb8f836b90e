import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that goes on after its answer. What it is to do may hold personal data, and is sealed. */
export class LongJobTables implements MigrationInterface {
  readonly name = 'LongJobTables1764288000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table platform.long_jobs (
        job_id uuid primary key,
        kind text not null,
        data_key_id uuid not null references security.data_keys,
        sealed bytea not null,
        is_awaited boolean not null default true,
        done bigint not null default 0,
        total bigint,
        created_at timestamptz not null default clock_timestamp(),
        finished_at timestamptz
      );
      create index on platform.long_jobs (kind, created_at) where finished_at is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table platform.long_jobs');
  }
}
