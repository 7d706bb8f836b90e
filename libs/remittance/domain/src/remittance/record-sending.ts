import { type Decision, type Instant, accept, businessDayOf, invariant } from '@encaisse/kernel';
import type { DeliveredFile, RemittanceSent } from '@encaisse/remittance/contract';
import type { Remittance } from './remittance';

/** Records that the files of an attempt lie where the acquirer takes them. */
export type RecordSending = {
  readonly remittanceId: string;
  readonly attempt: number;
  readonly files: readonly DeliveredFile[];
  readonly at: Instant;
};

/** Never refuses: an attempt already recorded stays as it is. */
export function recordSending(
  { remittanceId, attempt, files, at }: RecordSending,
  state: Remittance,
): Decision<RemittanceSent, never> {
  invariant(state.phase !== 'unknown' && state.built !== null, 'it was built');
  if (state.phase !== 'to-send' || state.attempt !== attempt) return accept();
  const data = { remittanceId, attempt, files, sentAt: at, businessDay: businessDayOf(at) };
  return accept({ type: 'RemittanceSent', data });
}
