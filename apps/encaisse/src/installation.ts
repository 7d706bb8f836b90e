import { type DatabaseAddress, openDatabaseAddress } from '@encaisse/audit/feature';
import { LogMessageBus, type MessageBus } from '@encaisse/platform/message-bus';
import { Database } from '@encaisse/platform/postgres';
import {
  createApplication,
  openEventLog,
  openPlatform,
  type Platform,
  type ServiceModule,
  type Settings,
} from '@encaisse/platform/runtime';
import { Client } from 'pg';

const APPLICATION = 'encaisse command line';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function withAddress<Result>(
  settings: Settings,
  work: (address: DatabaseAddress) => Promise<Result>,
  options = { mayCreate: false },
): Promise<Result> {
  const address = await openDatabaseAddress(settings, options);
  try {
    return await work(address);
  } finally {
    await address.release();
  }
}

/** One connection to the database, which is left as it is. */
export function withClient<Result>(
  settings: Settings,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return withAddress(settings, async ({ url }) => {
    const client = new Client({ connectionString: url, application_name: APPLICATION });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  });
}

/** The bus without consumers: enough to look at what is parked. */
export function withBus<Result>(
  settings: Settings,
  work: (bus: MessageBus) => Promise<Result>,
): Promise<Result> {
  return withAddress(settings, async ({ url }) => {
    const database = await Database.connect({ url, applicationName: APPLICATION, poolSize: 2 }, []);
    const store = await openEventLog(settings, { service: APPLICATION, databaseUrl: url });
    try {
      return await work(new LogMessageBus({ database, store, logger: silent }));
    } finally {
      await store.close();
      await database.close();
    }
  });
}

/**
 * The product without its port and its work: every context's read models and consumers are known, none
 * runs. Beside a running product it changes nothing by itself.
 */
export function withPlatform<Result>(
  settings: Settings,
  modules: readonly ServiceModule[],
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  return withAddress(settings, async ({ url }) => {
    const quiet = { ...settings, databaseUrl: url, logLevel: 'silent' as const };
    const platform = await openPlatform('encaisse', quiet);
    try {
      const app = await createApplication(platform, modules);
      try {
        await app.init();
        return await work(platform);
      } finally {
        await app.close();
      }
    } finally {
      await platform.close();
    }
  });
}
