import {
  type BusinessDay,
  type Decision,
  type Instant,
  type Money,
  addDays,
  businessDayOf,
  isRefused,
  money,
} from '@encaisse/kernel';
import { LIMITS, type Limits } from '../limits';
import { debitedAmount, initialAmount, refundable } from './amounts';
import { blockTransactionCard } from './block-card';
import { cancelTransaction } from './cancel-transaction';
import { captureTransaction } from './capture-transaction';
import { duplicateTransaction } from './duplicate-transaction';
import { modifyTransaction } from './modify-transaction';
import { refundTransaction } from './refund-transaction';
import { requestSending } from './request-sending';
import { authorizationValidity, isAuthorizationStale, lastOperationDay } from './rules';
import type { Transaction } from './transaction-state';
import { validateTransaction } from './validate-transaction';

/** What a person may be offered on a transaction (CASH-01). */
export const OPERATIONS = [
  'refund',
  'cancel',
  'capture',
  'send',
  'modify',
  'duplicate',
  'validate',
  'block-card',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What the caller knows and the stream does not. */
export type AvailabilityFacts = {
  readonly at: Instant;
  readonly isContractActive: boolean;
  /** The operations that the payment means supports. */
  readonly supportedOperations: ReadonlySet<Operation>;
  /** Whether the vault still holds the card. */
  readonly hasStoredCard: boolean;
};

/** The issuer may have freed the amount: the operation asks for confirmation (CASH-02). */
export type AvailabilityWarning = {
  readonly code: 'authorization-stale';
  readonly authorizedOn: BusinessDay;
  readonly validUntil: BusinessDay;
};

/** Whether one operation is offered, and why not. */
export type AvailableOperation = {
  readonly operation: Operation;
  readonly isAllowed: boolean;
  /** The refusal its decision would give, null when allowed. */
  readonly refusal: { readonly code: string } | null;
  /** The most it can be of; null when the operation has no amount, or a free one. */
  readonly maximum: Money | null;
  /** The last day of the operations that have one (CASH-03), null for the others. */
  readonly lastDay: BusinessDay | null;
  readonly warnings: readonly AvailabilityWarning[];
};

// No caller can choose this one: ids are UUIDs, and a probe is never recorded.
const PROBE = '';

type Refusal = { readonly code: string };

/** The command of a probe: everything an operation needs except what is its own. */
type Probe = {
  readonly transactionId: string;
  readonly operationId: string;
  readonly at: Instant;
  readonly isContractActive: boolean;
  readonly isSupportedByMeans: boolean;
  readonly acknowledgeStaleAuthorization: true;
  readonly hasStoredCard: boolean;
  /** One minor unit: the least that can be moved. */
  readonly amount: Money;
};

type Offer = {
  readonly decide: (probe: Probe, state: Transaction, limits: Limits) => Decision<object, Refusal>;
  readonly maximum: (state: Transaction) => Money | null;
  readonly hasLastDay?: true;
  readonly isWarnedOfStaleAuthorization?: true;
};

/** Each operation asks its own decision, so that what is offered and what is decided cannot differ. */
const OFFERS: Readonly<Record<Operation, Offer>> = {
  refund: {
    decide: (probe, state, limits) =>
      refundTransaction({ ...probe, refundId: PROBE, outcome: 'accepted' }, state, limits),
    maximum: refundable,
    hasLastDay: true,
  },
  cancel: { decide: cancelTransaction, maximum: debitedAmount, hasLastDay: true },
  capture: {
    decide: captureTransaction,
    maximum: initialAmount,
    hasLastDay: true,
    isWarnedOfStaleAuthorization: true,
  },
  send: {
    decide: (probe, state, limits) => requestSending({ ...probe, sendingId: PROBE }, state, limits),
    maximum: (state) => debitedAmount(state) ?? initialAmount(state),
    isWarnedOfStaleAuthorization: true,
  },
  modify: {
    decide: (probe, state, limits) => {
      // Both days are in range; one of them differs from the date planned.
      const today = businessDayOf(probe.at);
      const isToday = state.kind === 'debit' && state.plannedDate === today;
      const plannedDate = isToday ? addDays(today, 1) : today;
      return modifyTransaction({ ...probe, amount: null, plannedDate }, state, limits);
    },
    maximum: debitedAmount,
  },
  duplicate: {
    decide: (probe, state) => {
      const identity = { transactionNumber: PROBE, orderReference: PROBE, fingerprint: PROBE };
      const payment = { ...identity, channel: 'VIRTUAL_TERMINAL', trace: null } as const;
      return duplicateTransaction({ ...probe, ...payment }, state);
    },
    maximum: () => null,
  },
  validate: {
    decide: validateTransaction,
    maximum: initialAmount,
    hasLastDay: true,
    isWarnedOfStaleAuthorization: true,
  },
  'block-card': { decide: blockTransactionCard, maximum: () => null },
};

function warningsOf(
  state: Transaction,
  at: Instant,
  limits: Limits,
): readonly AvailabilityWarning[] {
  if (state.kind !== 'debit' || !isAuthorizationStale(state, businessDayOf(at), limits)) return [];
  const validity = authorizationValidity(state, limits);
  return validity === null ? [] : [{ code: 'authorization-stale', ...validity }];
}

/** Every operation with its answer, in the order of {@link OPERATIONS}; none on an empty stream. */
export function availableOperations(
  state: Transaction,
  facts: AvailabilityFacts,
  limits = LIMITS,
): readonly AvailableOperation[] {
  if (state.kind === 'none') return [];
  const { at, isContractActive, hasStoredCard } = facts;
  const amount = money(1, initialAmount(state).currency);
  const warnings = warningsOf(state, at, limits);
  const lastDay = state.kind === 'debit' ? lastOperationDay(state, limits) : null;
  return OPERATIONS.map((operation) => {
    const offer = OFFERS[operation];
    const probe: Probe = {
      transactionId: PROBE,
      operationId: PROBE,
      at,
      isContractActive,
      isSupportedByMeans: facts.supportedOperations.has(operation),
      acknowledgeStaleAuthorization: true,
      hasStoredCard,
      amount,
    };
    const decision = offer.decide(probe, state, limits);
    const isAllowed = !isRefused(decision);
    return {
      operation,
      isAllowed,
      refusal: isRefused(decision) ? decision.refused : null,
      maximum: isAllowed ? offer.maximum(state) : null,
      lastDay: offer.hasLastDay ? lastDay : null,
      warnings: isAllowed && offer.isWarnedOfStaleAuthorization ? warnings : [],
    };
  });
}
