import { epochMillis, type Instant } from '@encaisse/kernel';
import type { JobProgress } from '@encaisse/platform/runtime';
import type { ExportJob } from './export-job';
import type { ExportRow } from './export-queries';

export type ExportState = 'RUNNING' | 'FINISHED' | 'FAILED' | 'EXPIRED';

/** A file is past its time from the instant told, whether or not it was removed by then. */
export function stateOf({ finished, failed, isExpired }: ExportRow, now: Instant): ExportState {
  if (failed !== null) return 'FAILED';
  if (finished === null) return 'RUNNING';
  return isExpired || epochMillis(now) >= epochMillis(finished.expiresAt) ? 'EXPIRED' : 'FINISHED';
}

/** How far an export is; 100 only once its file is there. */
export function exportView(row: ExportRow, progress: JobProgress | undefined, now: Instant) {
  const { requested, finished, failed } = row;
  const { done, total } = progress ?? { done: 0, total: null };
  const share = total === null || total === 0 ? 0 : Math.floor((done * 100) / total);
  return {
    exportId: requested.exportId,
    kind: requested.kind,
    nodeId: requested.nodeId,
    state: stateOf(row, now),
    progress: finished === null ? Math.min(99, share) : 100,
    rowsWritten: finished?.rowCount ?? done,
    rowsTotal: finished?.rowCount ?? total,
    filename: requested.filename,
    format: requested.format,
    language: requested.language,
    requestedAt: requested.requestedAt,
    finishedAt: finished?.finishedAt ?? null,
    expiresAt: finished?.expiresAt ?? null,
    failure: failed?.reason ?? null,
  };
}

/** What a file holds, so that whoever has it can prove it whole (TRX-27). */
export function manifestView(
  { requested, finished }: ExportRow & { readonly finished: NonNullable<ExportRow['finished']> },
  job: ExportJob | null,
) {
  const { exportId, kind, nodeId, environment, filename, format, language, columns } = requested;
  return {
    ...{ exportId, kind, nodeId, environment, filename, format, language, columns },
    search: job?.query ?? null,
    rowCount: finished.rowCount,
    sums: finished.sums,
    bytes: finished.bytes,
    sha256: finished.sha256,
    position: finished.position,
    requestedAt: requested.requestedAt,
    createdAt: finished.finishedAt,
    expiresAt: finished.expiresAt,
  };
}
