import { instant } from '@encaisse/kernel';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import { createTestDatabase } from '@encaisse/testing';
import { BusTables } from '../bus-migrations';
import { KafkaBusTables, KafkaInboxByPosition, KafkaTakenByStretch } from './kafka-tables';
import { PartitionCheckpoint, PartitionCheckpoints } from './partition-checkpoints';

const BEFORE = [
  PlatformTables1763769600000,
  BusTables,
  KafkaBusTables,
  KafkaInboxByPosition,
] as const;
const GROUP = 'testing.upgraded';
const TAKEN = 2500;

const placed = (position: number) => ({
  position,
  ordinal: 0,
  message: {
    id: `id-${position}`,
    type: 'testing.thing-happened.v1',
    key: 'testing.thing-1',
    time: instant('2026-11-28T10:00:00.000Z'),
    correlationId: 'upgrade',
    data: {},
  },
});

describe('The ids taken by an earlier release', () => {
  it('are known after the change of tables, whatever the partition, until the group is past them', async () => {
    const testDatabase = await createTestDatabase();
    const connect = (migrations: Parameters<typeof Database.connect>[1]) =>
      Database.connect({ url: testDatabase.url, applicationName: 'upgrade-spec' }, migrations);
    const before = await connect([...BEFORE]);
    await before.query(`insert into bus.consumer_groups (group_name, position) values ($1, 0)`, [
      GROUP,
    ]);
    await before.query(
      `insert into bus.inbox (group_name, message_id, position)
       select $1, 'id-' || i, i from generate_series(1, $2::integer) i`,
      [GROUP, TAKEN],
    );
    await before.close();
    const database = await connect([...BEFORE, KafkaTakenByStretch]);
    const partition = new PartitionCheckpoint(GROUP, { topic: 'testing', partition: 2 });
    const untakenOf = async (...positions: number[]) => {
      const found = await database.transaction((session) =>
        partition.untaken(positions.map(placed), session),
      );
      return found.map(({ position }) => position);
    };
    expect(await untakenOf(1, 999, 1000, 1001, TAKEN, TAKEN + 1)).toEqual([TAKEN + 1]);
    await new PartitionCheckpoints(database).pass(GROUP, TAKEN);
    expect(await database.query('select 1 from bus.taken')).toEqual([]);
    await database.close();
    await testDatabase.drop();
  });
});
