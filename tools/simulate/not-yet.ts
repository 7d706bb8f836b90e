import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');

/** What cannot be checked yet, and the folder whose coming ends that. */
const NOT_YET: readonly { readonly line: string; readonly piece: string }[] = [
  { line: 'M7 double entry', piece: 'libs/reconciliation/domain' },
  { line: 'M9 instalment schedules', piece: 'libs/scheduler/domain' },
  { line: 'M11 reconciliation', piece: 'libs/reconciliation/domain' },
];

/** The lines to print, and those that are untrue by now: their piece is there, the check must follow. */
export function notYet(exists: (piece: string) => boolean = isThere): {
  readonly lines: readonly string[];
  readonly overdue: readonly string[];
} {
  return {
    lines: NOT_YET.map(({ line }) => `not yet: ${line}`),
    overdue: NOT_YET.filter(({ piece }) => exists(piece)).map(
      ({ line, piece }) => `${line} is still « not yet », though ${piece} is there`,
    ),
  };
}

function isThere(piece: string): boolean {
  return existsSync(join(ROOT, piece));
}
