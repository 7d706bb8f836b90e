import { Command } from '@nestjs/cqrs';
import type { BusinessDay, Money } from '@encaisse/kernel';
import type { TransactionSummary } from '@encaisse/ledger/domain';
import type { EventMetadata, StreamWrite } from '@encaisse/platform/event-store';
import type { Caller } from '@encaisse/platform/http';

/** What a person asks of one transaction. The id makes a retry safe (GEN-11). */
export type CashOperation = {
  readonly transactionId: string;
  readonly operationId: string;
} & (
  | {
      readonly kind: 'capture';
      /** The whole authorised amount when absent. */
      readonly amount: Money | null;
      readonly acknowledgeStaleAuthorization: boolean;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'refund'; readonly amount: Money }
  | { readonly kind: 'send'; readonly acknowledgeStaleAuthorization: boolean }
  | {
      readonly kind: 'modify';
      readonly amount: Money | null;
      readonly plannedDate: BusinessDay | null;
    }
  | { readonly kind: 'validate'; readonly acknowledgeStaleAuthorization: boolean }
);

export type CashOperationResult = {
  /** The transaction after the operation, as the first try left it. */
  readonly transaction: TransactionSummary;
  /** The refund, a transaction of its own; null for other operations. */
  readonly refund: TransactionSummary | null;
  readonly position: number;
  readonly isReplay: boolean;
};

/** One entry for HTTP requests and mass operations. Throws a problem when refused. */
export class CashOperationCommand extends Command<CashOperationResult> {
  constructor(
    readonly operation: CashOperation,
    readonly caller: Caller,
    readonly metadata: EventMetadata,
    /** Recorded with the operation, or not at all: its entry in the action log. */
    readonly beside: readonly StreamWrite[] = [],
  ) {
    super();
  }
}
