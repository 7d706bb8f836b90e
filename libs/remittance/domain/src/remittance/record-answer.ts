import { type Decision, type Instant, accept, refuse } from '@encaisse/kernel';
import type {
  RejectedLine,
  RemittanceAccepted,
  RemittanceRejected,
} from '@encaisse/remittance/contract';
import type { Remittance } from './remittance';

/** Takes what the acquirer answered about one attempt. */
export type RecordAnswer = {
  readonly remittanceId: string;
  readonly attempt: number;
  /** Name of the answer's file. */
  readonly answer: string;
  readonly at: Instant;
} & (
  | { readonly outcome: 'accepted'; readonly rejectedLines: readonly RejectedLine[] }
  | { readonly outcome: 'rejected'; readonly reason: string }
);

/** Why an answer is not taken. When several reasons apply, the first one listed is given. */
export type RecordAnswerRefusal =
  | { readonly code: 'remittance-unknown' }
  /** It is about an attempt that was never sent. */
  | { readonly code: 'attempt-unknown'; readonly attempt: number }
  /** The same attempt was answered otherwise before; the first answer stands. */
  | { readonly code: 'answered-otherwise' };

/** An answer that comes twice, or about an attempt that was sent again since, changes nothing. */
export function recordAnswer(
  command: RecordAnswer,
  state: Remittance,
): Decision<RemittanceAccepted | RemittanceRejected, RecordAnswerRefusal> {
  if (state.phase === 'unknown' || state.phase === 'abandoned' || state.phase === 'open')
    return refuse({ code: 'remittance-unknown' });
  const { remittanceId, attempt, answer, at } = command;
  if (attempt < state.attempt) return accept();
  if (attempt > state.attempt || state.phase === 'to-send')
    return refuse({ code: 'attempt-unknown', attempt });
  if (state.phase !== 'sent') {
    return state.phase === command.outcome ? accept() : refuse({ code: 'answered-otherwise' });
  }
  if (command.outcome === 'accepted') {
    const { rejectedLines } = command;
    const data = { remittanceId, attempt, rejectedLines, answer, acceptedAt: at };
    return accept({ type: 'RemittanceAccepted', data });
  }
  const data = { remittanceId, attempt, reason: command.reason, answer, rejectedAt: at };
  return accept({ type: 'RemittanceRejected', data });
}
