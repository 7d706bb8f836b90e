import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Checkpoints of consumer groups and the messages they could not take. */
export class BusTables implements MigrationInterface {
  readonly name = 'BusTables1763769600200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema bus;
      create table bus.consumer_groups (
        group_name text primary key,
        position bigint not null,
        moved_at timestamptz not null default clock_timestamp()
      );
      create table bus.parked (
        group_name text not null references bus.consumer_groups,
        position bigint not null,
        ordinal integer not null,
        key text not null,
        message json not null,
        attempts integer not null,
        error text,
        parked_at timestamptz not null default clock_timestamp(),
        primary key (group_name, position, ordinal)
      );
      create index on bus.parked (group_name, key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema bus cascade');
  }
}
