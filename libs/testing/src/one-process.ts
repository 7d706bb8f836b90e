import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readSettings,
  type RunningService,
  type ServiceModule,
  startService,
} from '@encaisse/platform/runtime';
import { freePort } from './free-port';
import { createTestDatabase } from './postgres-for-tests';
import type { ConsumersUnderTest, RunningForm } from './running-form';
import { until } from './waiting';

const SETTLE_MILLIS = 10_000;

/** Modules in this process, on a database of their own. */
export async function startInOneProcess(
  modules: readonly ServiceModule[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningForm> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-product-'));
  const settings = readSettings({
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    ACQUIRER_SIMULATOR_PORT: String(await freePort()),
    SMTP_SINK_PORT: String(await freePort()),
    ACQUIRER_TIMEOUT_MS: '2000',
    ...environment,
  });
  const service = await startService('all-in-one', modules, settings);
  const { platform } = service;
  return {
    url: service.url,
    store: platform.store,
    database: platform.database,
    tokens: platform.tokens,
    consumers: consumersOf(service),
    service,
    processes: () => [service.url],
    kill: () => Promise.reject(new Error('the only process is the one of the test')),
    settled: async () => {
      await platform.projections.settle(await platform.store.lastPosition(), SETTLE_MILLIS);
    },
    stop: async () => {
      await service.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function consumersOf({ platform }: RunningService): ConsumersUnderTest {
  const { bus, database, store } = platform;
  return {
    stop: () => bus.stop(),
    start: () => bus.start(),
    redeliver: async (group) => {
      await database.query('update bus.consumer_groups set position = 0 where group_name = $1', [
        group,
      ]);
    },
    caughtUp: async (group) => {
      const position = await store.lastPosition();
      await until(async () =>
        (await bus.status()).some((one) => one.group === group && one.position >= position),
      );
    },
  };
}
