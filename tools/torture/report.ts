import { countFaults } from './accounting/check-commands';
import type { Stroke } from './executioner';
import type { TortureReport } from './product-torture';
import type { StoreTortureReport } from './store/store-torture';

/** The value that so many of a hundred do not exceed; null for none. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? null;
}

function times(strokes: readonly Stroke[]): string {
  const recoveries = strokes.flatMap(({ recoveryMillis }) => recoveryMillis ?? []);
  const [half, most] = [percentile(recoveries, 50), percentile(recoveries, 99)];
  if (half === null || most === null) return 'never';
  return `p50 ${Math.round(half)} ms, p99 ${Math.round(most)} ms`;
}

function recoveryLines(strokes: readonly Stroke[]): string[] {
  return [...new Set(strokes.map(({ victim }) => victim))].sort().map((victim) => {
    const own = strokes.filter((stroke) => stroke.victim === victim);
    const alone = own.filter(({ isDisturbed }) => !isDisturbed);
    const pauses = own.filter(({ kind }) => kind === 'pause').length;
    return `${victim}: ${own.length - pauses} kills, ${pauses} pauses; ready again ${times(own)}; with all else up ${times(alone)}`;
  });
}

export function storeLines(report: StoreTortureReport): string[] {
  const { acknowledged, lost, unknown, hadCommitted, slowestSettleMillis, faults } = report;
  return [
    ...recoveryLines(report.strokes),
    `${acknowledged} appends acknowledged, ${lost} lost; ${unknown} unknown, of which ${hadCommitted} had committed, settled within ${Math.round(slowestSettleMillis)} ms`,
    ...shown('the log', faults),
  ];
}

export function productLines(report: TortureReport): string[] {
  const { commands, faults, otherFaults, events } = report;
  const of = (state: string) => commands.filter((command) => command.state === state).length;
  const unknown = commands.filter(({ unknownSince }) => unknownSince !== null);
  const settleTimes = unknown.flatMap(({ unknownSince, settledAt }) =>
    settledAt === null || unknownSince === null ? [] : [settledAt - unknownSince],
  );
  const slowest = Math.round(Math.max(0, ...settleTimes));
  const kinds = Object.entries(faults).map(([kind, list]) => `${list.length} ${kind}`);
  return [
    ...recoveryLines(report.strokes),
    `${commands.length} commands, ${of('acknowledged')} acknowledged, ${of('refused')} refused; ${unknown.length} unknown for a while, settled within ${slowest} ms; ${events} events`,
    `accounts: ${kinds.join(', ')}`,
    ...Object.entries(faults).flatMap(([kind, list]) => shown(kind, list)),
    ...shown('the rest', otherFaults),
  ];
}

const SHOWN = 10;

function shown(title: string, faults: readonly string[]): string[] {
  if (faults.length === 0) return [];
  const rest = faults.length > SHOWN ? [`  … ${faults.length - SHOWN} more`] : [];
  return [`${title}:`, ...faults.slice(0, SHOWN).map((fault) => `  ${fault}`), ...rest];
}

export function isSound({ faults, otherFaults }: TortureReport): boolean {
  return countFaults(faults) === 0 && otherFaults.length === 0;
}
