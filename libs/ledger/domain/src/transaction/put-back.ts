import { type Decision, type Instant, accept, businessDayOf, refuse } from '@encaisse/kernel';
import { type IdReusedRefusal, pastOperation } from './rules';
import type { OperationId, TransactionId, TransactionPutBack } from './transaction-events';
import type { Transaction } from './transaction-state';

/** Lets support send again what was set aside. It leaves with the next telecollection at the latest. */
export type PutBack = {
  readonly transactionId: TransactionId;
  readonly operationId: OperationId;
  readonly isContractActive: boolean;
  readonly at: Instant;
};

/** Why a transaction is not put back. When several reasons apply, the first one listed is given. */
export type PutBackRefusal =
  | IdReusedRefusal
  | { readonly code: 'transaction-unknown' }
  | { readonly code: 'not-set-aside' }
  | { readonly code: 'contract-inactive' };

export function putBack(
  { transactionId, operationId, isContractActive, at }: PutBack,
  state: Transaction,
): Decision<TransactionPutBack, PutBackRefusal> {
  const earlier = pastOperation(state, operationId);
  if (earlier) return earlier.kind === 'put-back' ? accept() : refuse({ code: 'id-reused' });
  if (state.kind === 'none') return refuse({ code: 'transaction-unknown' });
  if (state.kind === 'refused-cancellation' || state.phase !== 'set-aside') {
    return refuse({ code: 'not-set-aside' });
  }
  if (!isContractActive) return refuse({ code: 'contract-inactive' });
  const today = businessDayOf(at);
  const { plannedDate: planned } = state;
  const plannedDate = planned !== null && planned > today ? planned : today;
  const data = { transactionId, operationId, plannedDate, putBackAt: at };
  return accept({ type: 'TransactionPutBack', data });
}
