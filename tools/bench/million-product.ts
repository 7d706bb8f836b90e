import { businessDayOf, instantOfEpochMillis } from '@encaisse/kernel';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { createApplication, openPlatform, readSettings } from '@encaisse/platform/runtime';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchContext } from './bench';
import { type MillionLog, millionLog } from './million-log';

/** The master key every process of the benches opens the vaults with. */
function benchVaultKey(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'encaisse-bench-key-')), 'vault.key');
  writeFileSync(file, '22'.repeat(32));
  return file;
}

const VAULT_KEY_FILE = benchVaultKey();

/** What a product process needs to open the big log. */
export const BIG_LOG_ENVIRONMENT = { VAULT_KEY_FILE } as const;

let built: Promise<MillionLog> | undefined;

/** The big log with its journal, made once per run of the benches. */
export function millionJournal(context: BenchContext): Promise<MillionLog> {
  built ??= build(context);
  return built;
}

async function build(context: BenchContext): Promise<MillionLog> {
  const log = await millionLog(context, businessDayOf(instantOfEpochMillis(Date.now())));
  const seconds = await rebuildJournal(log.url);
  context.say(`the journal of ${log.events} events was made in ${seconds.toFixed(1)} s`);
  return log;
}

/** Rebuilds the journal and its figures, as `npx encaisse rebuild` does. */
export async function rebuildJournal(url: string): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-bench-'));
  const settings = readSettings({
    ...BIG_LOG_ENVIRONMENT,
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
  });
  const platform = await openPlatform('bench', settings);
  const app = await createApplication(platform, [BackofficeModule]);
  try {
    await app.init();
    const started = performance.now();
    await platform.projections.rebuild('backoffice.journal');
    return (performance.now() - started) / 1000;
  } finally {
    await app.close();
    await platform.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
