import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type OnModuleInit } from '@nestjs/common';
import { MessageBus } from '@encaisse/platform/message-bus';
import {
  createTestDatabase,
  freePort,
  isKafkaThere,
  kafkaBrokers,
  kafkaPrefix,
  newEvent,
  type TestDatabase,
  until,
} from '@encaisse/testing';
import { StartRefused } from './data-directory';
import { type RunningService, startService } from './run-service';
import { readSettings } from './settings';

const TYPE = 'testing.thing.v1';
const taken: unknown[] = [];

@Module({})
class ThingsModule implements OnModuleInit {
  constructor(private readonly bus: MessageBus) {}

  onModuleInit(): void {
    this.bus.publish({
      name: 'testing.things',
      categories: ['testing.thing'],
      schemas: { [TYPE]: {} },
      map: ({ data }) => [{ type: TYPE, data }],
    });
    this.bus.subscribe({
      group: 'testing.takers',
      types: [TYPE],
      handle: ({ data }) => Promise.resolve(void taken.push(data)),
    });
  }
}

describe('A service with KAFKA_BROKERS', () => {
  let database: TestDatabase;
  let dataDir: string;
  let running: RunningService | null;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'encaisse-kafka-service-'));
    running = null;
    taken.length = 0;
  });

  afterEach(async () => {
    await running?.stop();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(environment: Readonly<Record<string, string>>): Promise<RunningService> {
    const settings = readSettings({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      ...environment,
    });
    running = await startService('things', [ThingsModule], settings);
    return running;
  }

  async function ready(): Promise<{ status: number; parts: Record<string, string> }> {
    const answer = await fetch(`${running?.url ?? ''}/health/ready`);
    const { parts } = (await answer.json()) as { parts: Record<string, string> };
    return { status: answer.status, parts };
  }

  it('starts without a broker, is not ready, and answers what needs none', async () => {
    await start({ KAFKA_BROKERS: `127.0.0.1:${await freePort()}` });
    const { status, parts } = await ready();
    expect(status).toBe(503);
    expect(parts['message bus']).toMatch(/^down: no Kafka broker answers/);
    expect(parts['relay']).toContain('lag 0');
    expect((await fetch(`${running?.url ?? ''}/health/live`)).status).toBe(200);
  });

  const itWithKafka = isKafkaThere ? it : it.skip;

  itWithKafka(
    'carries messages over it and tells where the relay stands (needs Java and Maven, or KAFKA_BROKERS)',
    async () => {
      const environment = {
        KAFKA_BROKERS: (await kafkaBrokers()).join(','),
        KAFKA_PREFIX: kafkaPrefix(),
        KAFKA_TOPIC_PARTITIONS: '2',
      };
      const service = await start(environment);
      const { platform, url } = service;
      const events = [newEvent({ number: 1 })];
      await platform.store.append([{ streamId: 'testing.thing-1', expected: 'any', events }]);
      await until(() => taken.length === 1);
      expect(taken).toEqual([{ number: 1 }]);
      const metrics = async () => (await fetch(`${url}/metrics`)).text();
      await until(async () => (await metrics()).includes('encaisse_relay_position{'));
      await until(async () => /encaisse_relay_lag_events\{.*\} 0\n/.test(await metrics()));
      expect(await metrics()).toMatch(/encaisse_relay_position\{.*\} 1\n/);
      expect(await ready()).toMatchObject({
        status: 200,
        parts: { 'message bus': 'up', relay: 'relaying, lag 0' },
      });
      await service.stop();
      running = null;
      const refused = start({ ...environment, KAFKA_TOPIC_PARTITIONS: '3' });
      await expect(refused).rejects.toThrow(StartRefused);
      await expect(refused).rejects.toThrow(/^the topic .* has 2 partitions/);
    },
  );
});
