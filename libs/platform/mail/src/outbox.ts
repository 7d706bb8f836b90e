import type { Environment, Instant } from '@encaisse/kernel';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { SealedValue } from '@encaisse/platform/security';
import type { MessageChannel, MessageLanguage, MessageSubject } from './message';

/** States of a message. */
export const MESSAGE_STATES = ['QUEUED', 'SENDING', 'SENT', 'FAILED'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** The table of the journal. */
export const MESSAGES = 'mail.messages';

export type NewMessage = {
  readonly id: string;
  readonly channel: MessageChannel;
  readonly environment: Environment;
  readonly nodeId: string | null;
  readonly template: string;
  readonly language: MessageLanguage;
  readonly about: MessageSubject | null;
  readonly subject: string;
  readonly maskedRecipient: string;
  readonly content: SealedValue;
  readonly createdAt: Instant;
};

/** A message in delivery: its attempt is this process's until it is given up or another takes over. */
export type TakenMessage = {
  readonly messageId: string;
  readonly subject: string;
  readonly dataKeyId: string;
  readonly sealed: Buffer;
  readonly attempts: number;
  /** Attempts since it was last queued by somebody. */
  readonly tries: number;
};

/** An attempt that did not end within this time is another process's to repeat. */
const SENDING_SECONDS = 120;

/** The queue of messages. Its clock is the database's, which every copy of a service shares. */
export class Outbox {
  constructor(private readonly database: Database) {}

  /** False when a message of this id is there already. */
  async add(session: SqlSession, message: NewMessage): Promise<boolean> {
    const { about, content } = message;
    const rows = await session.query(
      `insert into ${MESSAGES} (message_id, channel, environment, node_id, template, language,
         about_kind, about_id, subject, masked_recipient, data_key_id, sealed, state, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'QUEUED', $13)
       on conflict (message_id) do nothing returning message_id`,
      [
        ...[message.id, message.channel, message.environment, message.nodeId, message.template],
        ...[message.language, about?.kind ?? null, about?.id ?? null, message.subject],
        ...[message.maskedRecipient, content.dataKeyId, content.sealed, message.createdAt],
      ],
    );
    return rows.length === 1;
  }

  /** Takes due messages, each by one process at a time; those whose attempt was lost come again. */
  take(channel: MessageChannel, most: number): Promise<TakenMessage[]> {
    return this.database.query<TakenMessage>(
      `with due as (
         select message_id from ${MESSAGES}
         where channel = $1 and state in ('QUEUED', 'SENDING')
           and case state when 'QUEUED' then next_attempt_at else sending_until end
             <= clock_timestamp()
         order by next_attempt_at limit $2
         for update skip locked)
       update ${MESSAGES} taken
       set state = 'SENDING', attempts = attempts + 1, tries = tries + 1,
         sending_until = clock_timestamp() + make_interval(secs => ${SENDING_SECONDS})
       from due where taken.message_id = due.message_id
       returning taken.message_id as "messageId", subject, data_key_id as "dataKeyId", sealed,
         attempts, tries`,
      [channel, most],
    );
  }

  /** What is personal goes with the same statement. */
  async sent({ messageId, attempts }: TakenMessage, at: Instant): Promise<void> {
    await this.database.query(
      `update ${MESSAGES} set state = 'SENT', sent_at = $3, last_error = null, sealed = null,
         data_key_id = null, sending_until = null
       where message_id = $1 and state = 'SENDING' and attempts = $2`,
      [messageId, attempts, at],
    );
  }

  async postponed(
    { messageId, attempts }: TakenMessage,
    error: string,
    pauseMillis: number,
  ): Promise<void> {
    await this.database.query(
      `update ${MESSAGES} set state = 'QUEUED', last_error = $3, sending_until = null,
         next_attempt_at = clock_timestamp() + make_interval(secs => $4)
       where message_id = $1 and state = 'SENDING' and attempts = $2`,
      [messageId, attempts, error, pauseMillis / 1000],
    );
  }

  async failed({ messageId, attempts }: TakenMessage, error: string): Promise<void> {
    await this.database.query(
      `update ${MESSAGES} set state = 'FAILED', last_error = $3, sending_until = null
       where message_id = $1 and state = 'SENDING' and attempts = $2`,
      [messageId, attempts, error],
    );
  }

  /** Queues a failed message again, with all its attempts before it. False when it has not failed. */
  async retry(messageId: string): Promise<boolean> {
    const rows = await this.database.query(
      `update ${MESSAGES} set state = 'QUEUED', tries = 0, next_attempt_at = clock_timestamp()
       where message_id = $1 and state = 'FAILED' returning message_id`,
      [messageId],
    );
    return rows.length === 1;
  }

  async waiting(channel: MessageChannel): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*) as count from ${MESSAGES}
       where channel = $1 and state in ('QUEUED', 'SENDING')`,
      [channel],
    );
    return row?.count ?? 0;
  }
}
