import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who does what only one process may do, and for how long. */
export class LeaseTables implements MigrationInterface {
  readonly name = 'LeaseTables1763769600300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table platform.leases (
        name text primary key,
        holder text,
        epoch bigint not null,
        expires_at timestamptz not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table platform.leases');
  }
}
