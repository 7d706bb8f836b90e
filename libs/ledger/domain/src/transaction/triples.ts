/** What a transaction does (TRX-06). French: Débit, Remboursement, Annulation. */
export const TRANSACTION_TYPES = ['DEBIT', 'REFUND', 'CANCELLATION'] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

/** State of the payment (TRX-07). French: Acceptée, Refusée, En attente, Abandonné. */
export const TRANSACTION_STATUSES = ['ACCEPTED', 'REFUSED', 'PENDING', 'ABANDONED'] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** State towards the bank or a partner (TRX-08). */
export const ACQUIRER_STATUSES = [
  'AWAITING_CAPTURE',
  'AWAITING_CONFIRMATION',
  'TO_SEND',
  'SENT',
  'SET_ASIDE',
  'NOT_APPLICABLE',
] as const;
export type AcquirerStatus = (typeof ACQUIRER_STATUSES)[number];

/** The three linked fields of a transaction (TRX-09). */
export type Triple = {
  readonly type: TransactionType;
  readonly status: TransactionStatus;
  readonly acquirerStatus: AcquirerStatus;
};

/** One row of the table of combinations that may exist. */
export type AllowedTriple = Triple & {
  /** Number of the row in the table of the state model. */
  readonly row: number;
  /** Whether it enters the count, the maximum and the average basket (STAT-09). */
  readonly counted: boolean;
};

const row = (
  number: number,
  type: TransactionType,
  status: TransactionStatus,
  acquirerStatus: AcquirerStatus,
  counted: boolean,
): AllowedTriple => ({ row: number, type, status, acquirerStatus, counted });

/** The fifteen combinations that may exist (TRX-09). Any other one is a bug of ours. */
export const ALLOWED_TRIPLES: readonly AllowedTriple[] = [
  row(1, 'DEBIT', 'ACCEPTED', 'SENT', true),
  row(2, 'DEBIT', 'ACCEPTED', 'TO_SEND', true),
  row(3, 'DEBIT', 'ACCEPTED', 'AWAITING_CAPTURE', false),
  row(4, 'DEBIT', 'REFUSED', 'NOT_APPLICABLE', false),
  row(5, 'REFUND', 'ACCEPTED', 'SENT', true),
  row(6, 'REFUND', 'ACCEPTED', 'TO_SEND', true),
  row(7, 'REFUND', 'REFUSED', 'NOT_APPLICABLE', false),
  row(8, 'CANCELLATION', 'ACCEPTED', 'SENT', false),
  row(9, 'CANCELLATION', 'ACCEPTED', 'TO_SEND', false),
  row(10, 'CANCELLATION', 'REFUSED', 'NOT_APPLICABLE', false),
  row(11, 'DEBIT', 'PENDING', 'AWAITING_CONFIRMATION', false),
  row(12, 'DEBIT', 'ABANDONED', 'NOT_APPLICABLE', false),
  row(13, 'DEBIT', 'ACCEPTED', 'SET_ASIDE', false),
  row(14, 'REFUND', 'ACCEPTED', 'SET_ASIDE', false),
  row(15, 'REFUND', 'PENDING', 'AWAITING_CONFIRMATION', false),
];

const keyOf = ({ type, status, acquirerStatus }: Triple) => `${type} ${status} ${acquirerStatus}`;

const ROWS_BY_KEY: ReadonlyMap<string, AllowedTriple> = new Map(
  ALLOWED_TRIPLES.map((triple) => [keyOf(triple), triple]),
);

/** The row of a combination, null when it may not exist (TRX-09). */
export function allowedTriple(triple: Triple): AllowedTriple | null {
  return ROWS_BY_KEY.get(keyOf(triple)) ?? null;
}

/** Whether a transaction enters the count of the home page (STAT-09). */
export function isCounted(triple: Triple): boolean {
  return allowedTriple(triple)?.counted ?? false;
}
