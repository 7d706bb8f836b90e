import { businessDayOf, instantOfEpochMillis } from '@encaisse/kernel';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { createApplication, openPlatform, readSettings } from '@encaisse/platform/runtime';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchContext } from './bench';
import { type MillionLog, millionLog } from './million-log';

export type MillionJournal = { readonly log: MillionLog; readonly rebuildSeconds: number };

let built: Promise<MillionJournal> | undefined;

/** The journal of the big log, rebuilt once per run of the benches: timed, then searched. */
export function millionJournal(context: BenchContext): Promise<MillionJournal> {
  built ??= build(context);
  return built;
}

async function build(context: BenchContext): Promise<MillionJournal> {
  const log = await millionLog(context, businessDayOf(instantOfEpochMillis(Date.now())));
  const rebuildSeconds = await rebuildJournal(log.url);
  context.say(`the journal of ${log.events} events was rebuilt in ${rebuildSeconds.toFixed(1)} s`);
  return { log, rebuildSeconds };
}

/** Rebuilds the journal and its figures, as `npx encaisse rebuild` does. */
export async function rebuildJournal(url: string): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-bench-'));
  const settings = readSettings({ DATABASE_URL: url, DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
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
