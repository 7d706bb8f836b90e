import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of merchants, sealed, and the digests of the links that confirm them. */
export class MessageKeyTables implements MigrationInterface {
  readonly name = 'MessageKeyTables1764288000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table security.message_keys (
        key_id uuid primary key,
        shop_id uuid not null,
        environment text not null,
        token_digest bytea unique,
        data_key_id uuid not null references security.data_keys,
        sealed bytea not null,
        sealed_at timestamptz not null default clock_timestamp()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table security.message_keys');
  }
}
