import type { MigrationInterface, QueryRunner } from 'typeorm';

const SIGN_IN = `
      create schema access;
      create table access.sessions (
        session_id uuid primary key,
        token_digest bytea not null unique,
        user_id uuid not null,
        environment text not null,
        csrf_secret text not null,
        needs_second_factor boolean not null,
        needs_new_password boolean not null,
        started_at timestamptz not null,
        last_seen_at timestamptz not null,
        ended_at timestamptz
      );
      create unique index sessions_live on access.sessions (user_id) where ended_at is null;
      create table access.passwords (
        user_id uuid primary key,
        hash text not null,
        former_hashes text[] not null,
        changed_at timestamptz not null,
        temporary_until timestamptz,
        must_change boolean not null default false
      );
      create table access.sign_in_failures (
        user_id uuid primary key,
        failures integer not null
      );
      create table access.one_time_links (
        token_digest bytea primary key,
        user_id uuid not null,
        purpose text not null,
        expires_at timestamptz not null,
        used_at timestamptz
      );
      create index one_time_links_user on access.one_time_links (user_id);
      create table access.attempts (
        key varchar(255) primary key,
        points integer not null,
        expire bigint
      );
`;

const FACTORS_AND_KEYS = `
      create table access.contact_changes (
        user_id uuid primary key,
        change_id uuid not null,
        channel text not null check (channel in ('EMAIL', 'MOBILE')),
        data_key_id uuid not null references security.data_keys,
        sealed bytea not null,
        code_digest bytea not null,
        attempts integer not null,
        expires_at timestamptz not null
      );
      create table access.factors (
        factor_id uuid primary key,
        user_id uuid not null,
        kind text not null check (kind in ('TOTP', 'PASSKEY')),
        label text not null,
        data_key_id uuid not null references security.data_keys,
        sealed bytea not null,
        credential_id text unique,
        counter bigint not null default 0,
        is_confirmed boolean not null
      );
      create index factors_user on access.factors (user_id);
      create table access.challenges (
        challenge_id text primary key,
        user_id uuid not null,
        purpose text not null,
        challenge text not null,
        expires_at timestamptz not null
      );
      create table access.api_key_secrets (
        key_id uuid not null,
        secret_id uuid not null,
        digest bytea not null,
        primary key (key_id, secret_id)
      );
`;

/**
 * The technical rows of signing in (D1): sessions, digests, counters. What happened to a user, a key or
 * the terms is in the log; nothing here is needed to replay it. No column holds a secret in clear.
 */
export class AccessTables implements MigrationInterface {
  readonly name = 'AccessTables1764288000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SIGN_IN);
    await runner.query(FACTORS_AND_KEYS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema access cascade');
  }
}
