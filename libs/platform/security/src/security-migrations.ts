import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys and vaults. Contents are sealed: no column holds a card number, an expiry or a person. */
export class SecurityTables implements MigrationInterface {
  readonly name = 'SecurityTables1763769600100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema security;
      create table security.data_keys (
        data_key_id uuid primary key,
        environment text not null,
        purpose text not null check (purpose in ('seal', 'fingerprint')),
        sealed bytea not null,
        is_active boolean not null,
        created_at timestamptz not null default clock_timestamp()
      );
      create unique index on security.data_keys (environment, purpose) where is_active;
      create table security.cards (
        card_id uuid primary key,
        environment text not null,
        tenant_id text not null,
        lookup bytea not null unique,
        fingerprint bytea not null,
        data_key_id uuid not null references security.data_keys,
        sealed bytea not null,
        sealed_at timestamptz not null default clock_timestamp()
      );
      create table security.persons (
        person_id uuid primary key,
        environment text not null,
        tenant_id text not null,
        lookup bytea not null unique,
        commitment bytea not null,
        data_key_id uuid not null references security.data_keys,
        sealed bytea not null,
        sealed_at timestamptz not null default clock_timestamp()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema security cascade');
  }
}
