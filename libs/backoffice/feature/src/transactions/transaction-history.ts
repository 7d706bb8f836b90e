import type { Instant, Money } from '@encaisse/kernel';
import {
  debitedAmount,
  initialAmount,
  type Transaction,
  type TransactionEvent,
  transactionStream,
} from '@encaisse/ledger/domain';
import type { Actor } from '@encaisse/platform/event-store';

/** The actions of the history (TRX-44), with their French labels. */
export const HISTORY_ACTIONS = {
  CREATION: 'Création',
  AUTHORIZATION: 'Demande d’autorisation',
  CAPTURE: 'Capture',
  CANCELLATION: 'Annulation',
  REFUND: 'Remboursement',
  SENDING: 'Remise en banque',
} as const;
export type HistoryAction = keyof typeof HISTORY_ACTIONS;

export type HistoryEntry = {
  readonly at: Instant;
  readonly action: HistoryAction;
  readonly label: string;
  readonly amount: Money;
  readonly userName: string;
  readonly userLogin: string | null;
};

/** An event with who caused it. */
export type ActedEvent = { readonly event: TransactionEvent; readonly actor: Actor };

/** What became of a transaction, one entry per action, oldest first. */
export function historyOf(events: readonly ActedEvent[]): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  let state: Transaction = transactionStream.initial;
  for (const { event, actor } of events) {
    state = transactionStream.evolve(state, event);
    const step = stepOf(event, state);
    // A payment is created once, even when a partner or a late reversal settles it afterwards.
    const isRepeated =
      step?.action === 'CREATION' && entries.some(({ action }) => action === 'CREATION');
    if (step === null || isRepeated) continue;
    const isSystem = actor.kind === 'system';
    entries.push({
      at: step.at,
      action: step.action,
      label: HISTORY_ACTIONS[step.action],
      amount: step.amount,
      userName: isSystem ? 'Système' : actor.login,
      userLogin: isSystem ? null : actor.login,
    });
  }
  return entries;
}

type Step = Pick<HistoryEntry, 'at' | 'action' | 'amount'>;

function stepOf(event: TransactionEvent, state: Transaction): Step | null {
  const created = (at: Instant): Step => ({ at, action: 'CREATION', amount: initialAmount(state) });
  switch (event.type) {
    case 'PaymentAccepted':
    case 'RefundAccepted':
      return created(event.data.acceptedAt);
    case 'PaymentRefused':
    case 'RefundRefused':
    case 'CancellationRefused':
      return created(event.data.refusedAt);
    case 'PaymentPending':
    case 'RefundPending':
      return created(event.data.pendingAt);
    case 'PaymentAbandoned':
      return created(event.data.abandonedAt);
    case 'AuthorizationOutcomeUnknown':
      return created(event.data.unknownSince);
    case 'PaymentAuthorized':
      return { at: event.data.authorizedAt, action: 'AUTHORIZATION', amount: initialAmount(state) };
    case 'TransactionCaptured':
      return { at: event.data.capturedAt, action: 'CAPTURE', amount: event.data.amount };
    case 'TransactionCancelled':
      return { at: event.data.cancelledAt, action: 'CANCELLATION', amount: event.data.amount };
    case 'TransactionRefunded':
      return { at: event.data.refundedAt, action: 'REFUND', amount: event.data.amount };
    case 'TransactionSentToBank': {
      const amount = debitedAmount(state) ?? initialAmount(state);
      return { at: event.data.sentAt, action: 'SENDING', amount };
    }
    default:
      return null;
  }
}
