import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages to people and how their delivery goes: technical rows (D1). Address and content are sealed,
 * and erased once the message was taken over by the server that delivers it.
 */
export class MailTables implements MigrationInterface {
  readonly name = 'MailTables1764288000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema mail;
      create table mail.messages (
        message_id uuid primary key,
        channel text not null check (channel in ('MAIL', 'SMS')),
        environment text not null,
        node_id text,
        template text not null,
        language text not null check (language in ('fr', 'en')),
        about_kind text,
        about_id text,
        subject text not null,
        masked_recipient text not null,
        data_key_id uuid references security.data_keys,
        sealed bytea,
        state text not null check (state in ('QUEUED', 'SENDING', 'SENT', 'FAILED')),
        attempts integer not null default 0,
        tries integer not null default 0,
        next_attempt_at timestamptz not null default clock_timestamp(),
        sending_until timestamptz,
        last_error text,
        created_at timestamptz not null,
        sent_at timestamptz,
        check (state <> 'SENT' or sealed is null),
        check (state = 'SENT' or sealed is not null)
      );
      create index on mail.messages (channel, next_attempt_at)
        where state in ('QUEUED', 'SENDING');
      create index on mail.messages (environment, created_at desc, message_id desc);
      create index on mail.messages (about_kind, about_id) where about_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema mail cascade');
  }
}
