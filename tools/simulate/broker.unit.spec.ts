import { host } from './host';
import { SimulatedBroker } from './world/broker';
import { KafkaJSError, Rebalanced } from './world/broker-errors';
import { BrokerGroup } from './world/broker-group';
import { BrokerPartition } from './world/broker-partition';
import { Chance } from './world/chance';
import { Conditions, type FaultKind } from './world/conditions';
import { giveImmediate, Machine } from './world/machine';

giveImmediate((work) => void setImmediate(work));

const record = (key: string, value: string) => ({ key, value });
const valuesOf = ({ records }: BrokerPartition) => records.map(({ value }) => value).join(' ');

function startedBroker(kinds: readonly FaultKind[] = []) {
  const machine = new Machine(Date.UTC(2026, 0, 1), new Chance('machine'));
  host.run(machine);
  const conditions = new Conditions(new Chance('conditions'), new Set(kinds));
  const broker = new SimulatedBroker(machine, conditions, new Chance('broker'));
  broker.create('things', 1);
  return { machine, conditions, broker };
}

describe('A partition of the simulated broker', () => {
  it('stores a batch once that an idempotent producer sends twice', () => {
    const partition = new BrokerPartition('things', 0);
    expect(partition.append(1, 0, [record('a', '1'), record('a', '2')])).toBe(0);
    expect(partition.append(1, 2, [record('a', '3')])).toBe(2);
    expect(partition.append(1, 2, [record('a', '3')])).toBe(2);
    expect(valuesOf(partition)).toBe('1 2 3');
  });

  it('refuses a batch when one before it is missing', () => {
    const partition = new BrokerPartition('things', 0);
    expect(() => partition.append(1, 4, [record('a', '1')])).toThrow('out of order');
  });

  it('stores again what another producer sends', () => {
    const partition = new BrokerPartition('things', 0);
    partition.append(1, 0, [record('a', '1')]);
    expect(partition.append(2, 0, [record('a', '1')])).toBe(1);
  });

  it('is put out of order within a key alone, and only where nobody read yet', () => {
    const partition = new BrokerPartition('things', 0);
    partition.append(1, 0, [record('a', '1'), record('b', '2')]);
    expect(partition.disorder()).toBe(false);
    partition.append(1, 2, [record('a', '3')]);
    expect(partition.disorder()).toBe(true);
    expect(valuesOf(partition)).toBe('3 2 1');
    partition.givenUpTo = 3;
    partition.append(1, 3, [record('a', '4')]);
    expect(partition.disorder()).toBe(false);
  });
});

describe('A consumer group of the simulated broker', () => {
  const SESSION_MILLIS = 100;
  const group = () => new BrokerGroup(() => 4);

  it('gives each partition to one member', () => {
    const shared = group();
    const first = shared.join(null, ['things'], SESSION_MILLIS, 0);
    const second = shared.join(null, ['things'], SESSION_MILLIS, 0);
    expect(shared.isCurrent(first.memberId, first.generation, 0)).toBe(false);
    const again = shared.join(first.memberId, ['things'], SESSION_MILLIS, 0);
    expect(again.generation).toBe(second.generation);
    const parts = [...again.assignment['things']!, ...second.assignment['things']!];
    expect(parts.sort()).toEqual([0, 1, 2, 3]);
  });

  it('shares out anew once a member was silent for its session', () => {
    const shared = group();
    shared.join(null, ['things'], SESSION_MILLIS, 0);
    const second = shared.join(null, ['things'], SESSION_MILLIS, 0);
    expect(shared.isCurrent(second.memberId, second.generation, SESSION_MILLIS)).toBe(true);
    expect(shared.isCurrent(second.memberId, second.generation, SESSION_MILLIS + 1)).toBe(false);
    const alone = shared.join(second.memberId, ['things'], SESSION_MILLIS, SESSION_MILLIS + 1);
    expect(alone.assignment['things']).toEqual([0, 1, 2, 3]);
  });
});

describe('The simulated broker', () => {
  it('F8 answers nobody while it is down, and again once it is healed', () => {
    const { broker } = startedBroker();
    broker.goDown();
    expect(() => broker.topicNames()).toThrow(KafkaJSError);
    broker.heal();
    expect(broker.topicNames()).toEqual(['things']);
  });

  it('F7 holds back what a partition has, though not its end, and F6 only for a while', async () => {
    for (const fault of ['F7', 'F6'] as const) {
      const { broker, machine, conditions } = startedBroker([fault]);
      const { memberId, generation } = broker.join('group', null, ['things'], 1e6);
      const member = { group: 'group', memberId, generation };
      broker.produce(broker.newProducer(), 0, { topic: 'things', partition: 0 }, [record('a', '')]);
      if (fault === 'F7') broker.delay();
      else conditions.reorder = 1;
      let count = -1;
      const fetch = () =>
        void broker
          .fetch(member, [{ topic: 'things', partition: 0, offset: 0 }], 1)
          .then((found) => (count = found.length));
      fetch();
      await machine.run(() => count >= 0, Infinity);
      expect(count).toBe(0);
      expect(broker.partitions('things')[0]!.records).toHaveLength(1);
      expect(conditions.counts.get(fault)).toBe(1);
      conditions.reorder = 0;
      broker.heal();
      count = 0;
      machine.in(5001, null, fetch);
      await machine.run(() => count > 0, Infinity);
      expect(count).toBe(1);
    }
  });

  it('tells a member that the group was shared out anew', () => {
    const { broker } = startedBroker();
    const { memberId, generation } = broker.join('group', null, ['things'], 1e6);
    broker.join('group', null, ['things'], 1e6);
    expect(() => broker.heartbeat({ group: 'group', memberId, generation })).toThrow(Rebalanced);
  });

  it('F5 stores what it does not answer for', () => {
    const { broker, conditions } = startedBroker(['F5']);
    conditions.duplicates = 1;
    const place = { topic: 'things', partition: 0 };
    expect(() => broker.produce(1, 0, place, [record('a', '1')])).toThrow('before the answer');
    conditions.duplicates = 0;
    expect(broker.produce(1, 0, place, [record('a', '1')])).toBe(0);
    expect(broker.partitions('things')[0]!.records).toHaveLength(1);
  });
});
