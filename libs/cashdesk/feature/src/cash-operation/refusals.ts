import { toDecimal } from '@encaisse/kernel';
import type {
  CancelRefusal,
  CaptureRefusal,
  ModifyRefusal,
  RefundRefusal,
  RequestSendingRefusal,
  ValidateRefusal,
} from '@encaisse/ledger/domain';
import { problems } from '@encaisse/platform/http';

export type CashRefusal =
  | CaptureRefusal
  | CancelRefusal
  | RefundRefusal
  | RequestSendingRefusal
  | ModifyRefusal
  | ValidateRefusal;

/** One row per refusal: a refusal without its row does not compile. */
export const CASH_PROBLEMS = problems<CashRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'transaction-unknown': { status: 404, title: 'There is no such transaction' },
  'not-a-debit': { status: 409, title: 'The operation is for debits only' },
  'operation-in-progress': { status: 409, title: 'Another operation is in progress' },
  'authorization-in-progress': { status: 409, title: 'The acquirer has not answered yet' },
  'awaiting-confirmation': { status: 409, title: 'A partner must confirm the payment first' },
  'outcome-unknown': { status: 409, title: 'The acquirer did not answer: a reversal is under way' },
  'not-accepted': { status: 409, title: 'The transaction was not accepted' },
  'awaiting-capture': { status: 409, title: 'The payment awaits its capture' },
  'not-sent-yet': { status: 409, title: 'The transaction is not sent to the bank yet' },
  'already-sent': { status: 409, title: 'The transaction is already sent to the bank' },
  'already-cancelled': { status: 409, title: 'The transaction is cancelled' },
  'already-captured': { status: 409, title: 'The authorisation is captured already' },
  'nothing-to-capture': { status: 409, title: 'The payment was never authorisation only' },
  'nothing-to-validate': { status: 409, title: 'Nothing awaits a validation' },
  'nothing-to-modify': { status: 422, title: 'The request changes nothing' },
  'set-aside': { status: 409, title: 'The transaction is set aside' },
  'to-send': { status: 409, title: 'The transaction is still to send' },
  'has-refunds': { status: 409, title: 'The transaction has refunds' },
  'contract-inactive': { status: 409, title: 'The contract is inactive' },
  'means-cannot': { status: 409, title: 'The payment means does not allow this operation' },
  'window-closed': { status: 409, title: 'The time for this operation is over' },
  'confirmation-required': { status: 409, title: 'The issuer may have freed the amount' },
  'currency-mismatch': { status: 422, title: 'The currency differs from the transaction’s' },
  'amount-not-positive': { status: 422, title: 'The amount is not above zero' },
  'capture-exceeds-authorized': { status: 422, title: 'The amount exceeds what was authorised' },
  'refund-exceeds-remainder': { status: 422, title: 'The amount exceeds what is left to refund' },
  'amount-exceeds-current': { status: 422, title: 'The amount exceeds the current one' },
  'planned-date-out-of-range': { status: 422, title: 'The planned date is out of range' },
} as Record<CashRefusal['code'], { status: number; title: string }>);

/** One sentence that says what to do instead. */
export function detailOf(refusal: CashRefusal): string {
  switch (refusal.code) {
    case 'already-sent':
      return 'already sent to the bank: refund it instead';
    case 'not-sent-yet':
      return 'not sent to the bank yet: cancel it instead, or send it first';
    case 'awaiting-capture':
      return 'not captured: capture it first, or let the authorisation lapse';
    case 'window-closed':
      return `possible until ${refusal.lastDay} only`;
    case 'confirmation-required':
      return `authorised on ${refusal.authorizedOn}, held until ${refusal.validUntil}: send acknowledgeStaleAuthorization true to go on`;
    case 'refund-exceeds-remainder':
      return `/amount/minor must be at most ${refusal.refundable.minor} (${toDecimal(refusal.refundable)} ${refusal.refundable.currency})`;
    case 'capture-exceeds-authorized':
      return `/amount/minor must be at most ${refusal.authorized.minor}`;
    case 'amount-exceeds-current':
      return `/amount/minor must be at most ${refusal.current.minor}`;
    case 'currency-mismatch':
      return `/amount/currency must be ${refusal.expected}`;
    case 'planned-date-out-of-range':
      return `/plannedDate must be from ${refusal.firstDay} to ${refusal.lastDay}`;
    case 'already-captured':
      return `captured for ${toDecimal(refusal.captured)} ${refusal.captured.currency}; one capture only per authorisation`;
    case 'operation-in-progress':
      return 'a manual sending is under way: try again in a moment';
    default:
      return refusal.code;
  }
}
