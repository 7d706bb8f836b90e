import { type Mutant, mutant } from './mutant';

const LEDGER = 'libs/ledger/domain/src/transaction';

/** Faults of the decisions about transactions. */
export const LEDGER_MUTANTS: readonly Mutant[] = [
  mutant(
    'capture-above-authorised',
    'a capture may exceed the authorisation by its double',
    `${LEDGER}/capture-transaction`,
    'amount.minor > authorized.minor',
    'amount.minor > 2 * authorized.minor',
  ),
  mutant(
    'capture-replay-any-amount',
    'a repeated capture with another amount counts as the same',
    `${LEDGER}/capture-transaction`,
    "earlier.kind === 'capture' && earlier.amount.minor === amount.minor",
    "earlier.kind === 'capture'",
  ),
  mutant(
    'refund-against-authorised',
    'a refund is checked against the authorised amount',
    `${LEDGER}/refund-transaction`,
    '(0, _amounts.remainderMinor)(debit)',
    'debit.request.amount.minor',
  ),
  mutant(
    'refund-before-sending',
    'a refund is taken before the remittance was sent',
    `${LEDGER}/refund-transaction`,
    "(0, _rules.debitIn)('sent', state)",
    "(0, _rules.debitIn)('to-send', state)",
  ),
  mutant(
    'refund-replay-any-amount',
    'a repeated refund with another amount counts as the same',
    `${LEDGER}/refund-transaction`,
    "earlier.kind === 'refund' && earlier.amount.minor === amount.minor",
    "earlier.kind === 'refund'",
  ),
  mutant(
    'refund-opened-for-one-more',
    'the stream of a refund says one minor unit more',
    `${LEDGER}/refund-transaction`,
    'orderReference: request.orderReference,\n            amount,',
    'orderReference: request.orderReference,\n            amount: { ...amount, minor: amount.minor + 1 },',
  ),
  mutant(
    'window-never-closes',
    'operations are allowed after 75 days',
    `${LEDGER}/rules`,
    'lastDay !== null && today > lastDay',
    'lastDay !== null && today > "9999"',
  ),
  mutant(
    'operation-ids-forgotten',
    'an operation is not recognised when it comes again',
    `${LEDGER}/rules`,
    'operation.operationId === operationId',
    'operation.operationId === undefined',
  ),
  mutant(
    'sending-does-not-hold',
    'other operations do not wait for a manual sending',
    `${LEDGER}/rules`,
    'debit.sendingId !== null',
    'debit.sendingId === undefined',
  ),
  mutant(
    'cancel-of-part',
    'a cancellation is of one minor unit less',
    `${LEDGER}/cancel-transaction`,
    'const amount = (0, _kernel.money)(debit.debitedMinor,',
    'const amount = (0, _kernel.money)(debit.debitedMinor - 1,',
  ),
  mutant(
    'reversal-without-event',
    'a settled unknown is refused without its reversal',
    `${LEDGER}/settle-unknown-outcome`,
    "type: 'AuthorizationReversed'",
    "type: 'LateAuthorizationAnswerReceived'",
  ),
  mutant(
    'day-cut-in-utc',
    'the business day is cut at midnight UTC',
    'libs/kernel/src/business-day',
    'zone: PARIS\n    }).toISODate();\n    if (dayOfHour',
    "zone: 'utc'\n    }).toISODate();\n    if (dayOfHour",
  ),
  mutant(
    'time-of-day-an-hour-late',
    'times of day are read an hour late in summer',
    'libs/kernel/src/business-day',
    'isOverlap ? earlier : at).toMillis()',
    'isOverlap ? earlier : at.plus({ hours: at.isInDST ? 25 : 0 })).toMillis()',
  ),
];
