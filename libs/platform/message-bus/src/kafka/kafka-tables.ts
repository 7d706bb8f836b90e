import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far groups have come along each partition, what they took of it, and what is published at all. */
export class KafkaBusTables implements MigrationInterface {
  readonly name = 'KafkaBusTables1763769600400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bus.partitions (
        group_name text not null references bus.consumer_groups,
        topic text not null,
        partition integer not null,
        next_offset bigint not null,
        position bigint not null,
        moved_at timestamptz not null default clock_timestamp(),
        primary key (group_name, topic, partition)
      );
      create table bus.inbox (
        group_name text not null references bus.consumer_groups,
        message_id text not null,
        position bigint not null,
        primary key (group_name, message_id)
      );
      create index on bus.inbox (group_name, position);
      create table bus.published_types (
        type text primary key,
        publication text not null,
        known_since timestamptz not null default clock_timestamp()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table bus.published_types, bus.inbox, bus.partitions');
  }
}

/**
 * The ids taken in the order of the log, in one index: a message has one position for ever, so that the
 * two together are as unique as its id, and what is let go lies together. Without a reference to the
 * group: checking it for every message cost more than writing it.
 */
export class KafkaInboxByPosition implements MigrationInterface {
  readonly name = 'KafkaInboxByPosition1763769600500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index bus.inbox_group_name_position_idx;
      alter table bus.inbox
        drop constraint inbox_group_name_fkey,
        drop constraint inbox_pkey,
        alter column group_name type text collate "C",
        alter column message_id type text collate "C",
        add primary key (group_name, position, message_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bus.inbox
        drop constraint inbox_pkey,
        alter column group_name type text collate "default",
        alter column message_id type text collate "default",
        add primary key (group_name, message_id),
        add foreign key (group_name) references bus.consumer_groups;
      create index on bus.inbox (group_name, position);
    `);
  }
}

/** How many ids of the tables before go into one row. */
const POSITIONS_A_ROW = 1000;

/**
 * The ids taken, one row for each stretch of a partition: a row for every message cost more than all else
 * in the transaction. Texts are kept outside the row as they are: packing UUIDs costs and gains nothing. What
 * was taken before lies in no topic, and is asked for whatever the partition.
 */
export class KafkaTakenByStretch implements MigrationInterface {
  readonly name = 'KafkaTakenByStretch1763769600600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bus.taken (
        group_name text collate "C" not null,
        topic text collate "C" not null,
        partition integer not null,
        first_position bigint not null,
        last_position bigint not null,
        ids text collate "C" not null
      );
      alter table bus.taken alter column ids set storage external;
      create index taken_reach on bus.taken (group_name, topic, partition, last_position);
      insert into bus.taken
      select group_name, '', -1, min(position), max(position), string_agg(message_id, ' ')
      from bus.inbox group by group_name, position / ${POSITIONS_A_ROW};
      drop table bus.inbox;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bus.inbox (
        group_name text collate "C" not null,
        message_id text collate "C" not null,
        position bigint not null,
        primary key (group_name, position, message_id)
      );
      insert into bus.inbox
      select group_name, unnest(string_to_array(ids, ' ')), last_position from bus.taken
      on conflict do nothing;
      drop table bus.taken;
    `);
  }
}

/** The tables of messages over Kafka, in the order in which they are made; after those of the bus. */
export const KAFKA_BUS_MIGRATIONS = [
  KafkaBusTables,
  KafkaInboxByPosition,
  KafkaTakenByStretch,
] as const;
