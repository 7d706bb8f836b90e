import type { Lease } from '@encaisse/platform/leases';
import {
  isKafkaThere,
  kafkaBrokers,
  KafkaBusFixture,
  THING_TYPE,
  thingsPublication,
  until,
} from '@encaisse/testing';
import { Client } from 'pg';
import type { Publication } from '../message-bus';
import { ConsumerGroups } from '../consumer-groups';
import { LogMessageBus } from '../log-message-bus';
import { MessageMapping } from '../message-mapping';
import { BrokerOutage } from './broker-outage';
import { connectKafka } from './kafka-connection';
import { KafkaTopics } from './kafka-topics';
import { OrderedProducer } from './ordered-producer';
import { PublishedTypes } from './published-types';
import { type Publisher, Relay, RELAY_GROUP } from './relay';
import { RELAY_LEASE } from './relay-election';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const GROUP = 'testing.group';
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

const describeWithKafka = isKafkaThere ? describe : describe.skip;

describeWithKafka('The relay to Kafka (needs Java and Maven, or KAFKA_BROKERS)', () => {
  let fixture: KafkaBusFixture;

  beforeEach(async () => {
    fixture = await KafkaBusFixture.open({ brokers: await kafkaBrokers() });
  });

  afterEach(async () => {
    await fixture.dispose();
  });

  /** A relay on its own, whose publisher a test may change, and the records there are in the topics. */
  async function relayAlone(change: (real: Publisher) => Publisher = (real) => real) {
    const { store, database } = fixture;
    const mapping = new MessageMapping();
    mapping.add(thingsPublication);
    const kafka = connectKafka(fixture.kafka, 'relay-alone');
    const topics = new KafkaTopics(kafka, fixture.kafka, mapping.types);
    await topics.ensure();
    const groups = new ConsumerGroups(database);
    await groups.create(RELAY_GROUP, 0);
    const relay = new Relay({
      store,
      database,
      groups,
      mapping,
      topics,
      types: new PublishedTypes(database, mapping.all),
      outage: new BrokerOutage(silent),
      logger: silent,
      openPublisher: async () =>
        change(await OrderedProducer.open(kafka, topics, fixture.kafka.partitions)),
    });
    return {
      relay,
      topics,
      position: () => groups.positionOf(RELAY_GROUP),
      records: async () =>
        (await topics.bounds(topics.names)).reduce((sum, { high }) => sum + high, 0),
    };
  }

  /** Longer than a machine stands still under load. */
  const leaseOf = async (): Promise<Lease> => {
    const lease = await fixture.leases(60_000).acquire(RELAY_LEASE);
    if (lease === null) throw new Error('the lease is not free');
    return lease;
  };

  it('publishes again what it had no time to note, and no effect comes twice', async () => {
    await fixture.happen('a', upTo(5));
    let isFirst = true;
    const { relay, records, topics } = await relayAlone((real) => ({
      send: async (messages) => {
        await real.send(messages);
        if (!isFirst) return;
        isFirst = false;
        throw new Error('killed between the acknowledgement and the checkpoint');
      },
      close: () => real.close(),
    }));
    const lease = await leaseOf();
    const running = relay.run(lease);
    await until(async () => (await records()) === 10);
    await fixture.startBus(fixture.recorder(GROUP));
    await fixture.happen('a', [6]);
    await until(async () => (await fixture.numbers(GROUP)).includes(6));
    expect(await fixture.numbers(GROUP)).toEqual(upTo(6));
    lease.end();
    await running;
    await topics.close();
  });

  it('has no effect twice when a newer release publishes again, which makes more of each event', async () => {
    await fixture.happen('a', upTo(5));
    const old = await relayAlone((real) => ({
      send: async (messages) => {
        await real.send(messages);
        throw new Error('killed between the acknowledgement and the checkpoint');
      },
      close: () => real.close(),
    }));
    const lease = await leaseOf();
    const running = old.relay.run(lease);
    await until(async () => (await old.records()) >= 5);
    lease.end();
    await running;
    expect(await old.position()).toBe(0);
    const more: Publication = {
      name: 'testing.before',
      categories: thingsPublication.categories,
      schemas: { 'testing.thing-counted.v1': {} },
      map: ({ data }) => [{ type: 'testing.thing-counted.v1', data }],
    };
    const publications = [more, thingsPublication];
    const newer = fixture.newBus({ publications, consumers: [fixture.recorder(GROUP)] });
    await fixture.database.query("update platform.leases set expires_at = '-infinity'");
    await newer.start();
    await fixture.happen('a', [6]);
    await fixture.untilQuiet(newer);
    expect(await fixture.numbers(GROUP)).toEqual(upTo(6));
    await old.topics.close();
  });

  it('keeps every effect single and in order while two relays publish at once', async () => {
    const [one, two] = await Promise.all([relayAlone(), relayAlone()]);
    const lease = await leaseOf();
    const running = [one.relay.run(lease), two.relay.run(lease)];
    for (let turn = 0; turn < 20; turn += 1)
      await Promise.all(['a', 'b', 'c'].map((key) => fixture.happen(key, upTo(5, turn * 5 + 1))));
    await until(async () => (await one.position()) === 300);
    await until(async () => (await one.records()) > 300);
    lease.end();
    await Promise.all(running);
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    await fixture.untilQuiet(bus);
    for (const key of ['a', 'b', 'c']) expect(await fixture.numbers(GROUP, key)).toEqual(upTo(100));
    await one.topics.close();
    await two.topics.close();
  });

  it('notes nothing any more when it wakes after its lease, and its records do no harm', async () => {
    await fixture.happen('a', upTo(3));
    let wake = (): void => undefined;
    const slept = new Promise<void>((resolve) => (wake = resolve));
    let isAsleep = false;
    const zombie = await relayAlone((real) => ({
      send: async (messages) => {
        isAsleep = true;
        await slept;
        await real.send(messages);
      },
      close: () => real.close(),
    }));
    const lease = await leaseOf();
    const running = zombie.relay.run(lease);
    await until(() => isAsleep);
    // It sleeps for longer than its lease lasts.
    lease.prolong(performance.now());
    await fixture.database.query(
      "update platform.leases set expires_at = '-infinity' where name = $1",
      [RELAY_LEASE],
    );
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    await fixture.happen('a', [4]);
    await until(async () => (await fixture.numbers(GROUP)).length === 4);
    await fixture.untilQuiet(bus);
    expect(await zombie.position()).toBe(4);
    wake();
    await running;
    expect(await zombie.records()).toBe(7);
    await fixture.happen('a', [5]);
    await fixture.untilQuiet(bus);
    expect(await fixture.numbers(GROUP)).toEqual(upTo(5));
    expect(await zombie.position()).toBe(5);
    await zombie.topics.close();
  });

  it('goes on once the database is back that broke off the saving of its checkpoint', async () => {
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    await fixture.happen('a', [1]);
    await fixture.untilQuiet(bus);
    const onlooker = new Client({ connectionString: fixture.databaseUrl });
    await onlooker.connect();
    await onlooker.query('begin');
    await onlooker.query('select 1 from bus.consumer_groups where group_name = $1 for update', [
      RELAY_GROUP,
    ]);
    await fixture.happen('a', [2]);
    await until(async () => {
      const { rowCount } = await onlooker.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'bus' and wait_event_type = 'Lock'
           and datname = current_database()`,
      );
      return rowCount === 1;
    });
    await onlooker.query('commit');
    await onlooker.end();
    await fixture.happen('a', [3]);
    await fixture.untilQuiet(bus);
    expect(await fixture.numbers(GROUP)).toEqual([1, 2, 3]);
    expect((await bus.relayStatus()).position).toBe(3);
  });

  it('passes over events that no publication knows', async () => {
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    await fixture.happen('a', [1]);
    await fixture.happen('a', [2], 'SomethingNew');
    await fixture.happen('a', [3]);
    await fixture.untilQuiet(bus);
    expect(await fixture.numbers(GROUP)).toEqual([1, 3]);
    expect((await bus.relayStatus()).position).toBe(3);
  });

  it('is left to a process that knows all that is published', async () => {
    const others = { 'testing.other.v1': {} };
    const more = { ...thingsPublication, name: 'testing.more', schemas: others, map: () => [] };
    const knowing = fixture.newBus({ publications: [thingsPublication, more] });
    await knowing.start();
    await until(() => knowing.relayStatus().then(({ state }) => state === 'relaying'));
    const ignorant = await fixture.startBus();
    await until(() => ignorant.relayStatus().then(({ state }) => state === 'aside'));
    await knowing.stop();
    await fixture.happen('a', [1]);
    expect((await ignorant.relayStatus()).lag).toBe(1);
    const next = fixture.newBus({ publications: [thingsPublication, more] });
    await next.start();
    await until(() => next.relayStatus().then(({ lag }) => lag === 0));
    expect((await ignorant.relayStatus()).state).toBe('aside');
  });

  it('moves its checkpoint past nothing once a newer process publishes more', async () => {
    const old = await relayAlone();
    const lease = await leaseOf();
    const running = old.relay.run(lease);
    await fixture.happen('a', [1]);
    await until(async () => (await old.position()) === 1);
    const newer = {
      ...thingsPublication,
      name: 'testing.newer',
      schemas: { 'testing.new.v1': {} },
    };
    await new PublishedTypes(fixture.database, [newer]).register();
    await fixture.happen('a', [2]);
    await expect(running).rejects.toThrow('testing.new.v1');
    expect(await old.position()).toBe(1);
    await old.topics.close();
  });

  it('refuses to start on a topic with another number of partitions', async () => {
    const bus = await fixture.startBus();
    await bus.stop();
    const other = fixture.newBus({ kafka: { partitions: 5 } });
    await expect(other.start()).rejects.toThrow(
      /has 3 partitions and KAFKA_TOPIC_PARTITIONS says 5/,
    );
  });

  it('lets go of the ids it keeps once the whole group is past them', async () => {
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    await fixture.happen('a', upTo(50));
    await fixture.happen('b', upTo(50));
    await fixture.untilQuiet(bus);
    expect(await fixture.numbers(GROUP, 'b')).toEqual(upTo(50));
    expect(await fixture.database.query('select 1 from bus.taken')).toEqual([]);
  });

  it('goes on for groups that read the log until now, without doing anything twice', async () => {
    const { database, store } = fixture;
    const before = new LogMessageBus({ database, store, logger: silent });
    before.publish(thingsPublication);
    before.subscribe(fixture.recorder(GROUP));
    await before.start();
    await fixture.happen('a', upTo(3));
    await until(async () => (await fixture.numbers(GROUP)).length === 3);
    await before.stop();
    await fixture.happen('a', [4]);
    const bus = await fixture.startBus(fixture.recorder(GROUP), fixture.recorder('testing.new'));
    await fixture.untilQuiet(bus);
    expect(await fixture.numbers(GROUP)).toEqual(upTo(4));
    expect(await fixture.numbers('testing.new')).toEqual(upTo(4));
  });

  it('halts at a record it did not write instead of passing it over', async () => {
    const told: string[] = [];
    const logger = { ...silent, error: (details: object) => told.push(JSON.stringify(details)) };
    const topic = `${fixture.kafka.prefix}.testing`;
    const bus = fixture.newBus({ logger, consumers: [fixture.recorder(GROUP)] });
    await bus.start();
    await fixture.happen('a', [1]);
    await fixture.untilQuiet(bus);
    const producer = connectKafka(fixture.kafka, 'stranger').producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'x', value: '{"card":"4111111111111111"}' }] });
    await producer.disconnect();
    await until(async () => (await bus.status())[0]?.state === 'retrying');
    await until(() => told.length > 0);
    expect(told[0]).toContain('no message of the relay');
    expect(told.join()).not.toContain('4111111111111111');
  });

  it('takes nothing that was published from a log which was restored to an earlier time', async () => {
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    await fixture.happen('a', upTo(3));
    await fixture.untilQuiet(bus);
    // Of two members of a group either may be given the partition that holds the records.
    await bus.stop();
    const restored = await KafkaBusFixture.open(fixture.kafka);
    try {
      await restored.happen('a', [1]);
      const told: string[] = [];
      const logger = { ...silent, error: (details: object) => told.push(JSON.stringify(details)) };
      const consumers = [restored.recorder(GROUP)];
      const after = restored.newBus({ logger, consumers });
      await after.start();
      await until(() => told.some((line) => line.includes('the log was restored')));
      expect(await restored.numbers(GROUP)).not.toContain(3);
    } finally {
      await restored.dispose();
    }
  });

  it('carries CloudEvents with the position in the log, keyed by stream', async () => {
    await fixture.startBus();
    await fixture.happen('a', [1]);
    const consumer = connectKafka(fixture.kafka, 'reader').consumer({
      groupId: `${fixture.kafka.prefix}.reader`,
      maxWaitTimeInMs: 100,
    });
    const seen: { key: string; headers: string; value: unknown }[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: [`${fixture.kafka.prefix}.testing`], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message: { key, value, headers } }) => {
        seen.push({
          key: String(key),
          headers: String(headers?.['content-type']),
          value: JSON.parse(String(value)) as unknown,
        });
        return Promise.resolve();
      },
    });
    await until(() => seen.length === 1);
    await consumer.disconnect();
    const [event] = await fixture.store.readAll({ after: 0, limit: 1 });
    expect(seen[0]).toEqual({
      key: 'testing.thing-a',
      headers: 'application/cloudevents+json; charset=utf-8',
      value: {
        specversion: '1.0',
        id: `${event?.eventId ?? ''}.${THING_TYPE}`,
        source: '/encaisse/testing',
        type: THING_TYPE,
        subject: 'testing.thing-a',
        time: event?.recordedAt,
        datacontenttype: 'application/json',
        dataschema: `urn:encaisse:event:${THING_TYPE}`,
        correlationid: event?.metadata.correlationId,
        logposition: '1',
        logordinal: 0,
        data: { number: 1 },
      },
    });
  });
});
