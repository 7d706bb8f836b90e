import {
  type BusinessDay,
  type Decision,
  type Instant,
  type Money,
  accept,
  addDays,
  businessDayOf,
  invariant,
  money,
  refuse,
} from '@encaisse/kernel';
import { LIMITS } from '../limits';
import { type HasRefundsRefusal, hasRefundsRefusal } from './cancel-transaction';
import {
  type AmountRefusal,
  type FactsRefusal,
  type IdReusedRefusal,
  type OperationFacts,
  type StandingRefusal,
  amountRefusal,
  debitIn,
  factsRefusal,
  pastOperation,
} from './rules';
import type { OperationId, TransactionId, TransactionModified } from './transaction-events';
import type { PastOperation, Transaction } from './transaction-state';

/**
 * Before sending, lowers the amount, or brings forward or puts back the planned date (PAY-19).
 * French UI: « Modifier ». Null leaves a field as it is.
 */
export type ModifyTransaction = OperationFacts & {
  readonly transactionId: TransactionId;
  readonly operationId: OperationId;
  readonly amount: Money | null;
  readonly plannedDate: BusinessDay | null;
  readonly at: Instant;
};

/** Why a modification is refused. When several reasons apply, the first one listed is given. */
export type ModifyRefusal =
  | IdReusedRefusal
  | StandingRefusal<'to-send'>
  | FactsRefusal
  | AmountRefusal
  | { readonly code: 'amount-exceeds-current'; readonly current: Money }
  /** Part of the amount was given back already: only the date can still move. */
  | HasRefundsRefusal
  | {
      readonly code: 'planned-date-out-of-range';
      readonly firstDay: BusinessDay;
      readonly lastDay: BusinessDay;
    }
  | { readonly code: 'nothing-to-modify' };

function isSameModification(earlier: PastOperation, command: ModifyTransaction): boolean {
  if (earlier.kind !== 'modify') return false;
  const { amount, plannedDate } = command;
  const isSameAmount =
    amount === null
      ? !earlier.isAmountChanged
      : amount.minor === earlier.amount.minor && amount.currency === earlier.amount.currency;
  const isSameDate =
    plannedDate === null ? !earlier.isPlannedDateChanged : plannedDate === earlier.plannedDate;
  return isSameAmount && isSameDate;
}

export function modifyTransaction(
  command: ModifyTransaction,
  state: Transaction,
  limits = LIMITS,
): Decision<TransactionModified, ModifyRefusal> {
  const { transactionId, operationId, at } = command;
  const earlier = pastOperation(state, operationId);
  if (earlier) {
    return isSameModification(earlier, command) ? accept() : refuse({ code: 'id-reused' });
  }
  const standing = debitIn('to-send', state);
  if ('refused' in standing) return standing;
  const { debit } = standing;
  invariant(debit.plannedDate !== null, 'a debit to send has a planned date');
  const current = money(debit.debitedMinor, debit.request.amount.currency);
  const { amount = current, plannedDate = debit.plannedDate } = {
    ...(command.amount && { amount: command.amount }),
    ...(command.plannedDate && { plannedDate: command.plannedDate }),
  };

  const refusal = factsRefusal(command) ?? amountRefusal(amount, current.currency);
  if (refusal) return refuse(refusal);
  if (amount.minor > current.minor) return refuse({ code: 'amount-exceeds-current', current });
  const hasRefunds = amount.minor < current.minor ? hasRefundsRefusal(debit) : null;
  if (hasRefunds) return refuse(hasRefunds);
  if (plannedDate !== debit.plannedDate) {
    const firstDay = businessDayOf(at);
    const lastDay = addDays(firstDay, limits.plannedDateMaxDays);
    if (plannedDate < firstDay || plannedDate > lastDay) {
      return refuse({ code: 'planned-date-out-of-range', firstDay, lastDay });
    }
  } else if (amount.minor === current.minor) {
    return refuse({ code: 'nothing-to-modify' });
  }
  const data = { transactionId, operationId, amount, plannedDate, modifiedAt: at };
  return accept({ type: 'TransactionModified', data });
}
