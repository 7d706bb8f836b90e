import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import { canonicalHash, type Projection } from '@encaisse/platform/projections';
import { createApplication, openPlatform, readSettings } from '@encaisse/platform/runtime';
import { RemittanceModule } from '@encaisse/remittance/feature';

/** What one process is to fold, and how. */
export type FoldOrder = {
  readonly url: string;
  readonly vaultKeyFile: string;
  /** `rebuild` beside what is there; `follow` goes on from the saved places, as the product does. */
  readonly manner: 'rebuild' | 'follow';
  readonly batchSize: number;
  /** Adds a read model that cuts days by the local time of the machine: the check must find it. */
  readonly hasLocalTimeFault: boolean;
};

/** The planted fault: the same events give other rows in another time zone. */
const localDays: Projection = {
  name: 'check.local_days',
  version: 1,
  schema: 'check_local_days',
  tables: 'create table local_days (position bigint primary key, day integer not null)',
  categories: ['ledger.transaction'],
  apply: async (events: readonly RecordedEvent[], session) => {
    const days = events.flatMap(({ position, data }) => {
      const { requestedAt } = data as { readonly requestedAt?: string };
      return requestedAt === undefined ? [] : [{ position, day: new Date(requestedAt).getDate() }];
    });
    await session.query(
      `insert into local_days
       select * from json_to_recordset($1::json) as r (position bigint, day integer)`,
      [JSON.stringify(days)],
    );
  },
};

async function fold(order: FoldOrder): Promise<Record<string, string>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-fold-'));
  const settings = readSettings({
    DATABASE_URL: order.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    VAULT_KEY_FILE: order.vaultKeyFile,
  });
  const platform = await openPlatform('rebuild-check', settings);
  const app = await createApplication(platform, [BackofficeModule, RemittanceModule]);
  const { projections, database, store } = platform;
  try {
    await app.init();
    if (order.hasLocalTimeFault) projections.register(localDays);
    if (order.manner === 'follow') {
      await projections.start();
      await projections.settle(await store.lastPosition(), 3_600_000);
      await projections.stop();
    } else
      for (const name of projections.names)
        await projections.rebuild(name, { batchSize: order.batchSize, acceptDifferences: true });
    const hashes: Record<string, string> = {};
    for (const name of projections.names)
      hashes[name] = await canonicalHash(projections.schemaOf(name), database);
    return hashes;
  } finally {
    await app.close();
    await platform.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (require.main === module) {
  void fold(JSON.parse(process.env['FOLD_ORDER'] ?? '{}') as FoldOrder).then((hashes) => {
    process.stdout.write(`${JSON.stringify(hashes)}\n`);
    process.exit(0);
  });
}
