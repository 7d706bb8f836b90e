import { type TransactionEvent, transactionStream } from '@encaisse/ledger/domain';
import type { ReferenceDefinition } from '@encaisse/platform/projections';

/** Asked for and not answered yet, or known to be unknown. */
export type UnsettledPhase = 'requested' | 'unknown';

const REMEMBERED_UNKNOWNS = 10_000;

/** Payments without an outcome, and which exchanges were unknown lately, for answers that come late. */
export class UnsettledPayments {
  readonly open = new Map<string, UnsettledPhase>();
  private readonly references = new Map<string, string>();
  private readonly unknownByReference = new Map<string, string>();

  static fromJson(json: unknown): UnsettledPayments {
    const stored = json as {
      open: [string, UnsettledPhase][];
      references: [string, string][];
      unknown: [string, string][];
    };
    const payments = new UnsettledPayments();
    for (const [id, phase] of stored.open) payments.open.set(id, phase);
    for (const [id, reference] of stored.references) payments.references.set(id, reference);
    for (const [reference, id] of stored.unknown) payments.unknownByReference.set(reference, id);
    return payments;
  }

  toJson(): unknown {
    return {
      open: [...this.open],
      references: [...this.references],
      unknown: [...this.unknownByReference],
    };
  }

  /** The payment whose authorisation carried a retrieval reference and was not answered in time. */
  unknownBy(retrievalReference: string): string | undefined {
    return this.unknownByReference.get(retrievalReference);
  }

  apply(event: TransactionEvent): void {
    const { transactionId } = event.data;
    switch (event.type) {
      case 'PaymentRequested':
        this.open.set(transactionId, 'requested');
        if (event.data.trace)
          this.references.set(transactionId, event.data.trace.retrievalReference);
        return;
      case 'AuthorizationOutcomeUnknown':
        this.open.set(transactionId, 'unknown');
        this.rememberUnknown(transactionId);
        return;
      case 'PaymentAuthorized':
      case 'PaymentAccepted':
      case 'PaymentRefused':
      case 'PaymentPending':
      case 'PaymentAbandoned':
        this.open.delete(transactionId);
        this.references.delete(transactionId);
        return;
      default:
        return;
    }
  }

  private rememberUnknown(transactionId: string): void {
    const reference = this.references.get(transactionId);
    if (reference === undefined) return;
    this.unknownByReference.set(reference, transactionId);
    if (this.unknownByReference.size <= REMEMBERED_UNKNOWNS) return;
    const [oldest] = this.unknownByReference.keys();
    if (oldest !== undefined) this.unknownByReference.delete(oldest);
  }
}

export const unsettledPaymentsReference: ReferenceDefinition<UnsettledPayments> = {
  name: 'authorization.unsettled-payments',
  version: 2,
  categories: [transactionStream.category],
  initial: () => new UnsettledPayments(),
  evolve(payments, { type, data }) {
    payments.apply({ type, data } as TransactionEvent);
    return payments;
  },
  toJson: (payments) => payments.toJson(),
  fromJson: (json) => UnsettledPayments.fromJson(json),
};
