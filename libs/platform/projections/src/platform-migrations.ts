import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Technical rows of the platform: checkpoints, snapshots, clock and timed jobs. */
export class PlatformTables1763769600000 implements MigrationInterface {
  readonly name = 'PlatformTables1763769600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema platform;
      create table platform.projections (
        name text primary key,
        version integer not null,
        position bigint not null,
        moved_at timestamptz not null default clock_timestamp()
      );
      create table platform.reference_snapshots (
        name text primary key,
        version integer not null,
        position bigint not null,
        state jsonb not null
      );
      create table platform.dev_clock (
        only_row boolean primary key default true check (only_row),
        frozen_at timestamptz
      );
      create table platform.timed_jobs (
        name text primary key,
        done_until timestamptz not null
      );
      create sequence platform.transaction_numbers as bigint start 1;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema platform cascade');
  }
}
