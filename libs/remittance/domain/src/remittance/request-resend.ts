import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import type { RemittanceResendRequested, RemittanceStatus } from '@encaisse/remittance/contract';
import { type Remittance, statusOf } from './remittance';

/** Lets support send a rejected remittance again, keeping its number and its lines (REM-15). */
export type RequestResend = {
  readonly remittanceId: string;
  readonly operationId: string;
  readonly at: Instant;
};

/** Why it is not sent again. When several reasons apply, the first one listed is given. */
export type RequestResendRefusal =
  | { readonly code: 'remittance-unknown' }
  | { readonly code: 'remittance-not-rejected'; readonly status: RemittanceStatus };

export function requestResend(
  { remittanceId, operationId, at }: RequestResend,
  state: Remittance,
): Decision<RemittanceResendRequested, RequestResendRefusal> {
  const status = statusOf(state);
  if (state.phase === 'unknown' || status === null) return refuse({ code: 'remittance-unknown' });
  if (state.resendIds.includes(operationId)) return accept();
  if (state.phase !== 'rejected') return refuse({ code: 'remittance-not-rejected', status });
  const attempt = state.attempt + 1;
  const data = { remittanceId, operationId, attempt, requestedAt: at };
  return accept({ type: 'RemittanceResendRequested', data });
}
