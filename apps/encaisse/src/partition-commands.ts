import { CommandRefused } from '@encaisse/audit/feature';
import { MonthStillSearched, type UpkeepReport } from '@encaisse/platform/projections';
import type { CommandContext, Outcome } from './commands';
import { withPlatform } from './installation';

const MEBIBYTE = 1_048_576;

/** The months of the tables cut by month. */
export async function partitionsList({ settings, modules }: CommandContext): Promise<Outcome> {
  const partitions = await withPlatform(settings, modules, ({ projections }) =>
    projections.partitions(),
  );
  const lines = partitions.map(
    ({ projection, table, month, isAttached, rows, bytes }) =>
      `${projection}  ${table}  ${month}  ${isAttached ? 'attached' : 'detached'}  ` +
      `about ${rows} rows, ${Math.ceil(bytes / MEBIBYTE)} MiB`,
  );
  const text = lines.length === 0 ? 'no table is cut by month yet' : lines.join('\n');
  return { json: { partitions }, text, exitCode: 0 };
}

/** Detaches what is past the history, or before a month; what the history needs comes back. */
export async function partitionsDetach(
  { settings, modules }: CommandContext,
  before: string | undefined,
): Promise<Outcome> {
  if (before !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(before))
    throw new CommandRefused(`--before takes a month such as 2025-08, got « ${before} »`);
  const reports = await withPlatform(settings, modules, ({ projections, clock }) =>
    projections
      .keepMonths({
        now: clock.now(),
        historyMonths: settings.historyMonths,
        ...(before === undefined ? {} : { before }),
      })
      .catch((error: unknown) => {
        if (error instanceof MonthStillSearched) throw new CommandRefused(error.message);
        throw error;
      }),
  );
  const isDone = reports.every(({ inUse }) => inUse.length === 0);
  return { json: { kept: reports }, text: upkeepText(reports), exitCode: isDone ? 0 : 1 };
}

function upkeepText(reports: readonly UpkeepReport[]): string {
  if (reports.length === 0) return 'no table is cut by month yet';
  return reports
    .map(({ projection, table, horizon, detached, broughtBack, created, inUse }) => {
      const said = [
        listed('detached and kept', detached),
        listed('brought back', broughtBack),
        listed('created', created),
        listed('still in use by queries, try again', inUse),
      ].filter((text) => text !== null);
      const what = said.length === 0 ? 'nothing to do' : said.join('; ');
      return `${projection}  ${table}: ${what} (searched from ${horizon} on)`;
    })
    .join('\n');
}

function listed(what: string, months: readonly string[]): string | null {
  return months.length === 0 ? null : `${what}: ${months.join(', ')}`;
}
