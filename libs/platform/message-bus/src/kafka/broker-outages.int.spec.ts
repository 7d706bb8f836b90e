import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import {
  canStartOwnKafka,
  KafkaBusFixture,
  type OwnKafkaBroker,
  startOwnKafka,
  until,
} from '@encaisse/testing';
import { connectKafka, type KafkaSettings } from './kafka-connection';

const GROUP = 'testing.group';
const LOGIN = { username: 'encaisse', password: 'not-to-be-told' };
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

const describeWithJava = canStartOwnKafka ? describe : describe.skip;

/** Every record of these travels over TLS, after SASL/PLAIN. */
describeWithJava('Outages of the brokers (needs Java and Maven)', () => {
  let broker: OwnKafkaBroker;
  let secured: Partial<KafkaSettings>;
  let fixture: KafkaBusFixture;

  beforeAll(async () => {
    broker = await startOwnKafka(LOGIN);
    secured = {
      brokers: broker.secureBrokers ?? [],
      tls: { authority: readFileSync(broker.caFile ?? '', 'utf8') },
      sasl: { mechanism: 'plain', ...LOGIN },
    };
  }, 120_000);

  afterAll(async () => {
    await broker.stop();
  });

  beforeEach(async () => {
    fixture = await KafkaBusFixture.open(secured);
  });

  afterEach(async () => {
    await fixture.dispose();
  });

  it('admit nobody without the certificate authority, or with another password', async () => {
    const settings = { ...fixture.kafka };
    const refusal = async (change: Partial<KafkaSettings>): Promise<string> => {
      const admin = connectKafka({ ...settings, ...change }, 'stranger').admin();
      const refused = await admin.connect().then(
        () => 'admitted',
        (error: unknown) => String(error),
      );
      await admin.disconnect();
      return refused;
    };
    expect(await refusal({})).toBe('admitted');
    expect(await refusal({ tls: { authority: null } })).toMatch(/self[- ]signed certificate/);
    const sasl = { mechanism: 'plain' as const, username: 'encaisse', password: 'wrong' };
    expect(await refusal({ sasl })).toMatch(/Authentication failed/i);
  });

  it('at the start are told once and waited out; what happens meanwhile is published then', async () => {
    await broker.kill();
    const told: unknown[][] = [];
    const note = (...line: unknown[]): void => void told.push(line);
    const bus = fixture.newBus({
      logger: { info: note, warn: note, error: note },
      consumers: [fixture.recorder(GROUP)],
    });
    await bus.start();
    expect(bus.condition()).toMatch(/^down: no Kafka broker answers/);
    await fixture.happen('a', upTo(3));
    await until(() => bus.relayStatus().then(({ state }) => state === 'waiting'));
    expect((await bus.relayStatus()).lag).toBe(3);
    expect((await bus.status())[0]).toMatchObject({ lag: 3, state: 'retrying' });
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain(LOGIN.password);
    await broker.start();
    await fixture.untilQuiet(bus);
    expect(await fixture.numbers(GROUP)).toEqual(upTo(3));
    expect(bus.condition()).toBe('up');
  });

  it('at the start are over also for a process that neither consumes nor relays', async () => {
    const relaying = await fixture.startBus(fixture.recorder(GROUP));
    await until(() => relaying.relayStatus().then(({ state }) => state === 'relaying'));
    await broker.kill();
    const bus = fixture.newBus({ consumers: [] });
    await bus.start();
    expect(bus.condition()).toMatch(/^down: no Kafka broker answers/);
    await broker.start();
    await until(() => bus.condition() === 'up');
    expect((await bus.relayStatus()).state).not.toBe('relaying');
  });

  it('in the middle of work lose nothing, double nothing, and keep the order of each key', async () => {
    const bus = await fixture.startBus(fixture.recorder(GROUP));
    const over = new AbortController();
    let turns = 0;
    const traffic = (async () => {
      for (; !over.signal.aborted; turns += 1) {
        await Promise.all(
          ['a', 'b', 'c', 'd'].map((key) => fixture.happen(key, upTo(5, turns * 5 + 1))),
        );
        await wait(30);
      }
    })();
    await until(async () => (await fixture.numbers(GROUP)).length > 100);
    await broker.kill();
    await until(() => bus.condition().startsWith('waiting'));
    expect((await bus.relayStatus()).lag).toBeGreaterThan(0);
    await broker.start();
    over.abort();
    await traffic;
    await fixture.untilQuiet(bus);
    for (const key of ['a', 'b', 'c', 'd'])
      expect(await fixture.numbers(GROUP, key)).toEqual(upTo(turns * 5));
  });
});
