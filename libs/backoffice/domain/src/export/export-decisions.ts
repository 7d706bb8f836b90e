import type {
  ExportEvent,
  ExportFailed,
  ExportFinished,
  ExportRequested,
} from '@encaisse/backoffice/contract';
import { accept, type Decision, type Instant, invariant, refuse } from '@encaisse/kernel';
import type { Export } from './export';

/** Why an export is refused. */
export type RequestExportRefusal = { readonly code: 'id-reused' };

/** Asks for an export. The same request again changes nothing (GEN-11). French UI: « Exporter ». */
export function requestExport(
  command: ExportRequested['data'],
  state: Export,
): Decision<ExportEvent, RequestExportRefusal> {
  if (state === null) return accept<ExportEvent>({ type: 'ExportRequested', data: command });
  return state.requested.fingerprint === command.fingerprint
    ? accept()
    : refuse({ code: 'id-reused' });
}

/** Tells that the file is there. An export that ended before stays as it ended. */
export function finishExport(
  command: ExportFinished['data'],
  state: Export,
): Decision<ExportEvent, never> {
  return hasEnded(state)
    ? accept()
    : accept<ExportEvent>({ type: 'ExportFinished', data: command });
}

/** Tells that there will be no file. */
export function failExport(
  command: ExportFailed['data'],
  state: Export,
): Decision<ExportEvent, never> {
  return hasEnded(state) ? accept() : accept<ExportEvent>({ type: 'ExportFailed', data: command });
}

/** Tells that the file was removed, once its time is over. */
export function expireExport(
  { exportId, at }: { readonly exportId: string; readonly at: Instant },
  state: Export,
): Decision<ExportEvent, never> {
  const { finished, isExpired } = known(state);
  if (finished === null || isExpired || at < finished.expiresAt) return accept();
  return accept<ExportEvent>({ type: 'ExportExpired', data: { exportId, expiredAt: at } });
}

function hasEnded(state: Export): boolean {
  const { finished, failed } = known(state);
  return finished !== null || failed !== null;
}

function known(state: Export): NonNullable<Export> {
  invariant(state !== null, 'an export is asked for before it ends');
  return state;
}
