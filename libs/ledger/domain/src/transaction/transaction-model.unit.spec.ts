import fc from 'fast-check';
import {
  type Decision,
  type Instant,
  addDays,
  fold,
  isRefused,
  money,
  plusMillis,
  startOfDay,
} from '@encaisse/kernel';
import { type ModelCommand, TransactionModel } from '../testing/transaction-reference-model';
import { DAY, DEBIT_ID, SAMPLES, eur, sampleId } from '../testing/transaction-samples';
import { abandonPayment } from './abandon-payment';
import { currentAmount, debitedAmount, initialAmount, refundable } from './amounts';
import { cancelTransaction } from './cancel-transaction';
import { captureTransaction } from './capture-transaction';
import { confirmPayment } from './confirm-payment';
import { completeRefund } from './confirm-refund';
import { modifyTransaction } from './modify-transaction';
import { putBack } from './put-back';
import { recordAuthorization } from './record-authorization';
import { recordPending } from './record-pending';
import { recordRefusal } from './record-refusal';
import { recordUnknownOutcome } from './record-unknown-outcome';
import { refundTransaction } from './refund-transaction';
import { releaseRefund } from './refuse-refund';
import { remittanceLines } from './remittance-lines';
import { requestSending } from './request-sending';
import { sendToBank } from './send-to-bank';
import { setAside } from './set-aside';
import { settleUnknownOutcome } from './settle-unknown-outcome';
import { transactionStream, tripleOf } from './transaction';
import type { TransactionEvent } from './transaction-events';
import type { Debit, Transaction } from './transaction-state';
import { allowedTriple } from './triples';
import { validateTransaction } from './validate-transaction';

/** A long run is the same test with a larger number. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 1700);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20170515);
const LONGEST = 20;

type Outcome = Decision<TransactionEvent, { readonly code: string }>;
type Decide = (command: ModelCommand, at: Instant, state: Transaction) => Outcome;
type Deciders = Readonly<Record<ModelCommand['kind'], Decide>>;

const byId = ({ id, isActive, isSupported, acknowledges }: ModelCommand, at: Instant) => ({
  transactionId: DEBIT_ID,
  operationId: id,
  isContractActive: isActive,
  isSupportedByMeans: isSupported,
  acknowledgeStaleAuthorization: acknowledges,
  at,
});
const payment = (at: Instant) => ({ transactionId: DEBIT_ID, at });
const amountOf = ({ amount }: ModelCommand) => eur(amount ?? 1);
const today = ({ day }: ModelCommand) => addDays(DAY, day);

const DECIDERS: Deciders = {
  authorize: (_command, at, state) =>
    recordAuthorization({ ...payment(at), authorizationNumber: '1', responseCode: '00' }, state),
  refuse: (_command, at, state) =>
    recordRefusal({ ...payment(at), reason: 'ISSUER_DECLINED', responseCode: '05' }, state),
  wait: (_command, at, state) => recordPending(payment(at), state),
  lose: (_command, at, state) => recordUnknownOutcome({ ...payment(at), cause: 'timeout' }, state),
  reverse: (_command, at, state) =>
    settleUnknownOutcome({ ...payment(at), responseCode: '00' }, state),
  abandon: (_command, at, state) =>
    abandonPayment({ ...payment(at), wasAcquirerAsked: false }, state),
  confirm: (command, at, state) => confirmPayment(byId(command, at), state),
  capture: (command, at, state) =>
    captureTransaction({ ...byId(command, at), amount: amountOf(command) }, state),
  cancel: (command, at, state) => cancelTransaction(byId(command, at), state),
  refund: (command, at, state) =>
    refundTransaction(
      {
        ...byId(command, at),
        refundId: command.id,
        amount: amountOf(command),
        outcome: command.isPending ? 'pending' : 'accepted',
      },
      state,
    ),
  'complete-refund': ({ id }, at, state) => completeRefund({ ...payment(at), refundId: id }, state),
  'release-refund': ({ id }, at, state) => releaseRefund({ ...payment(at), refundId: id }, state),
  modify: (command, at, state) =>
    modifyTransaction(
      {
        ...byId(command, at),
        amount: command.amount === null ? null : eur(command.amount),
        plannedDate: command.plannedIn === null ? null : addDays(today(command), command.plannedIn),
      },
      state,
    ),
  send: (command, at, state) =>
    requestSending({ ...byId(command, at), sendingId: command.id }, state),
  collect: ({ remittance }, at, state) =>
    sendToBank({ ...payment(at), remittanceId: remittance, remittanceNumber: 'N-1' }, state),
  'keep-out': (_command, at, state) =>
    setAside({ ...payment(at), reason: 'inactive-contract' }, state),
  reject: ({ remittance }, at, state) =>
    setAside(
      { ...payment(at), reason: 'line-rejected', remittanceId: remittance, detail: null },
      state,
    ),
  'put-back': (command, at, state) => putBack(byId(command, at), state),
  validate: (command, at, state) => validateTransaction(byId(command, at), state),
};

const weighted = (weight: number, ...kinds: readonly ModelCommand['kind'][]) => ({
  weight,
  arbitrary: fc.constantFrom(...kinds),
});
const IDS = [sampleId(40), sampleId(41), sampleId(42), sampleId(43), sampleId(44), sampleId(45)];
const mostlyTrue = fc.integer({ min: 0, max: 19 }).map((number) => number > 0);

/** A command and how many days pass before it; amounts lie around the edges of 1000 and 500. */
const step = fc.record({
  kind: fc.oneof(
    weighted(1, 'refuse', 'wait', 'lose', 'reverse', 'abandon', 'confirm'),
    weighted(3, 'authorize', 'validate'),
    weighted(5, 'capture', 'cancel', 'send'),
    weighted(3, 'modify', 'keep-out', 'reject', 'put-back'),
    weighted(3, 'refund'),
    weighted(3, 'complete-refund', 'release-refund', 'collect'),
  ),
  wait: fc.oneof(
    { weight: 30, arbitrary: fc.constant<number>(0) },
    { weight: 5, arbitrary: fc.constantFrom<number>(1, 6, 7, 8) },
    { weight: 1, arbitrary: fc.constantFrom<number>(60, 68, 74, 75, 76) },
  ),
  isLastMillisecond: fc.boolean(),
  id: fc.constantFrom(...IDS),
  remittance: fc.constantFrom(sampleId(50), sampleId(51), sampleId(52)),
  amount: fc.constantFrom(null, -1, 0, 1, 1, 100, 499, 500, 501, 999, 1000, 1001),
  plannedIn: fc.constantFrom(null, null, -1, 0, 1, 7, 8),
  isPending: fc.boolean(),
  isActive: mostlyTrue,
  isSupported: mostlyTrue,
  acknowledges: fc.boolean(),
  /** Sends an earlier accepted command again instead, however long ago that was. */
  repeats: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.nat({ max: 20 }) },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const PLAIN: Omit<Step, 'kind'> = {
  wait: 0,
  isLastMillisecond: false,
  id: sampleId(49),
  remittance: sampleId(50),
  amount: null,
  plannedIn: null,
  isPending: false,
  isActive: true,
  isSupported: true,
  acknowledges: true,
  repeats: null,
};

/** How a life begins, so that what lies deep is visited as often as what lies near. */
const OPENINGS: Readonly<Record<string, readonly (Partial<Step> & Pick<Step, 'kind'>)[]>> = {
  requested: [],
  accepted: [{ kind: 'authorize' }],
  waiting: [{ kind: 'wait' }],
  unknown: [{ kind: 'lose' }],
  sent: [{ kind: 'authorize' }, { kind: 'validate' }, { kind: 'collect', wait: 6 }],
  'partly captured and sent': [
    { kind: 'authorize' },
    { kind: 'capture', amount: 100 },
    { kind: 'collect', wait: 6 },
  ],
  'sent, with a refund in progress': [
    { kind: 'authorize' },
    { kind: 'validate' },
    { kind: 'collect', wait: 6 },
    { kind: 'refund', id: sampleId(40), amount: 100, isPending: true },
  ],
  'accepted 8 days ago': [{ kind: 'authorize' }, { kind: 'lose', wait: 8 }],
  'accepted 76 days ago': [{ kind: 'authorize' }, { kind: 'lose', wait: 76 }],
  'accepted 75 days ago': [{ kind: 'authorize' }, { kind: 'lose', wait: 75 }],
  'sent and 75 days old': [
    { kind: 'authorize' },
    { kind: 'validate' },
    { kind: 'collect', wait: 6 },
    { kind: 'lose', wait: 68 },
    { kind: 'lose', wait: 1 },
  ],
  'refunded, rejected and put back': [
    { kind: 'authorize' },
    { kind: 'validate' },
    { kind: 'collect', wait: 6 },
    { kind: 'refund', id: sampleId(40), amount: 100 },
    { kind: 'refund', id: sampleId(41), amount: 100, isPending: true },
    { kind: 'reject' },
    { kind: 'put-back', id: sampleId(48) },
  ],
};

const life = fc.record({
  amount: fc.constantFrom(500, 1000),
  isAuthorizationOnly: fc.boolean(),
  deferral: fc.constantFrom(0, 0, 4),
  opening: fc.constantFrom(...Object.keys(OPENINGS)),
  steps: fc.array(step, { minLength: 1, maxLength: LONGEST, size: 'max' }),
});

function outcomeOf(decision: Outcome): string {
  if (isRefused(decision)) return decision.refused.code;
  return decision.accepted.length > 0 ? 'done' : 'nothing';
}

/** What the events alone say of the money, counted without the state. */
function ledgerOf(history: readonly TransactionEvent[]) {
  const captures = history.filter(({ type }) => type === 'TransactionCaptured');
  const sum = (type: TransactionEvent['type']) =>
    history.reduce(
      (total, event) =>
        event.type === type && 'amount' in event.data ? total + event.data.amount.minor : total,
      0,
    );
  return { captures, captured: sum('TransactionCaptured'), refunded: sum('TransactionRefunded') };
}

function checkInvariants(state: Debit, history: readonly TransactionEvent[]): void {
  const { captures, captured, refunded } = ledgerOf(history);
  const types = history.map(({ type }) => type);
  const isCaptureSound = captures.length <= 1 && captured <= state.request.amount.minor;
  agree('M1: captured <= authorised, once', isCaptureSound, true);

  const firstSent = types.indexOf('TransactionSentToBank');
  const isSentFirst = firstSent >= 0 && firstSent < types.indexOf('TransactionRefunded');
  const isRefundSound = refunded <= state.debitedMinor && (refunded === 0 || isSentFirst);
  agree('M2: refunds follow the remittance and never exceed the debit', isRefundSound, true);

  const cancelled = types.indexOf('TransactionCancelled');
  if (cancelled >= 0) {
    const before = types.slice(0, cancelled);
    const lastSent = before.lastIndexOf('TransactionSentToBank');
    const isUnsent = lastSent < 0 || before.lastIndexOf('TransactionPutBack') > lastSent;
    agree('M3: cancelled only while to send', isUnsent, true);
    agree('M3: nothing is left of a cancelled debit', currentAmount(state).minor, 0);
  }
  const triple = tripleOf(state);
  agree('M5: a row of the table', triple === null || allowedTriple(triple) !== null, true);

  const lines = remittanceLines(state);
  const asked = lines
    .map(({ side, amount }) => (side === 'DEBIT' ? amount.minor : -amount.minor))
    .reduce((left, right) => left + right, 0);
  const left = lines.length > 0 ? currentAmount(state).minor : asked - refunded;
  agree('what the bank is asked for, less what goes back, is left', asked - refunded, left);
}

/** Like an assertion of Jest, and a hundred times faster, which pays on every step. */
function agree(what: string, actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: decided ${got}, the model says ${wanted}`);
}

function commandOf(each: Step, day: number, past: readonly ModelCommand[]): ModelCommand {
  const earlier = each.repeats === null ? undefined : past[each.repeats % past.length];
  if (earlier === undefined) return { ...each, day };
  // The date asked for is part of the content: it stays, and today moves.
  const { plannedIn } = earlier;
  return { ...earlier, day, plannedIn: plannedIn === null ? null : plannedIn - day + earlier.day };
}

let stepsTaken = 0;
const reached = new Set<string>();

function livesAgree(deciders: Deciders) {
  return fc.property(life, ({ amount, isAuthorizationOnly, deferral, opening, steps }) => {
    const model = new TransactionModel(amount, isAuthorizationOnly, deferral);
    const request = { authorizationOnly: isAuthorizationOnly, deferralDays: deferral };
    const history: TransactionEvent[] = [SAMPLES.PaymentRequested(amount, request)];
    let state = fold(transactionStream, history);
    const past: ModelCommand[] = [];
    let day = 0;
    const beginning = (OPENINGS[opening] ?? []).map((each) => ({ ...PLAIN, ...each }));
    const taken: readonly Step[] = [...beginning, ...steps];
    for (const each of taken) {
      day += each.wait;
      stepsTaken++;
      const first = startOfDay(addDays(DAY, each.isLastMillisecond ? day + 1 : day));
      const at = each.isLastMillisecond ? plusMillis(first, -1) : first;
      const command = commandOf(each, day, past);
      const { kind } = command;
      const decision = deciders[kind](command, at, state);
      const expected = model.step(command);
      reached.add(`${kind} ${expected}`);
      agree(kind, outcomeOf(decision), expected);
      if (isRefused(decision)) continue;
      history.push(...decision.accepted);
      for (const event of decision.accepted) state = transactionStream.evolve(state, event);

      const { type, status, acquirer, initial, debited, current } = model;
      const triple = tripleOf(state);
      agree('combination', Object.values(triple ?? {}), status ? [type, status, acquirer] : []);
      const amounts = [initialAmount(state), debitedAmount(state), currentAmount(state)];
      const minors = [...amounts, refundable(state)].map((amount) => amount?.minor);
      agree('amounts', minors, [initial, debited, current, model.refundable]);
      checkInvariants(state as Debit, history);
      // The same command again changes nothing: retries are safe.
      if (decision.accepted.length > 0) {
        agree('retry', outcomeOf(deciders[kind](command, at, state)), 'nothing');
        past.push(command);
      }
    }
    expect(fold(transactionStream, history)).toEqual(state);
  });
}

describe('The life of a debit against the reference model', () => {
  it('CASH-03 CASH-07 CASH-10 CASH-15 GEN-11 TRX-09 TRX-34 agrees on 20,000 commands', () => {
    stepsTaken = 0;
    fc.assert(livesAgree(DECIDERS), { numRuns: RUNS, seed: SEED });
    expect(stepsTaken).toBeGreaterThanOrEqual(RUNS >= 1700 ? 20_000 : RUNS);
  });

  it('visits what it is about: every operation succeeds, repeats and meets its own refusals', () => {
    const own = [
      'refund refund-exceeds-remainder',
      'refund window-closed',
      'refund not-sent-yet',
      'cancel window-closed',
      'cancel has-refunds',
      'cancel already-sent',
      'capture already-captured',
      'capture capture-exceeds-authorized',
      'capture window-closed',
      'capture confirmation-required',
      'send operation-in-progress',
      'send confirmation-required',
      'modify amount-exceeds-current',
      'modify planned-date-out-of-range',
      'modify has-refunds',
      'collect not-due',
      'reject nothing',
      'validate outcome-unknown',
      'reverse done',
    ];
    const again = ['refund', 'cancel', 'capture', 'send', 'modify', 'validate', 'put-back'];
    const wanted = [
      ...own,
      ...again.flatMap((kind) => [`${kind} done`, `${kind} nothing`, `${kind} id-reused`]),
    ];
    expect(wanted.filter((each) => !reached.has(each))).toEqual([]);
  });
});

describe('A broken rule is found by the reference model', () => {
  const debit = (change: (state: Debit) => Partial<Debit>) => (state: Transaction) =>
    state.kind === 'debit' ? { ...state, ...change(state) } : state;
  const seen = (
    kind: ModelCommand['kind'],
    change: (state: Debit) => Partial<Debit>,
  ): Partial<Deciders> => ({
    [kind]: (command: ModelCommand, at: Instant, state: Transaction) =>
      DECIDERS[kind](command, at, debit(change)(state)),
  });
  const moved = (kind: ModelCommand['kind'], millis: number): Partial<Deciders> => ({
    [kind]: (command: ModelCommand, at: Instant, state: Transaction) =>
      DECIDERS[kind](command, plusMillis(at, millis), state),
  });
  const hour = 3_600_000;

  it.each<[string, Partial<Deciders>]>([
    [
      'M2 a refund compared with the authorised amount',
      seen('refund', ({ request }) => ({ debitedMinor: request.amount.minor })),
    ],
    [
      'M2 a refund that forgets those in progress',
      seen('refund', () => ({ refundsInProgress: [] })),
    ],
    [
      'M2 a refund before sending',
      seen('refund', ({ phase }) => (phase === 'to-send' ? { phase: 'sent' } : {})),
    ],
    [
      'M3 a cancellation once sent',
      seen('cancel', ({ phase }) => (phase === 'sent' ? { phase: 'to-send' } : {})),
    ],
    [
      'M3 a cancellation that forgets refunds',
      seen('cancel', () => ({ refundedMinor: 0, refundsInProgress: [] })),
    ],
    ['M3 a cancellation during a sending', seen('cancel', () => ({ sendingId: null }))],
    [
      'M1 a second capture',
      seen('capture', ({ phase, request }) =>
        phase === 'to-send' && request.authorizationOnly ? { phase: 'awaiting-capture' } : {},
      ),
    ],
    [
      'M1 a capture above the authorisation',
      seen('capture', ({ request }) => ({ request: { ...request, amount: money(2000, 'EUR') } })),
    ],
    ['M4 a refund one day late', moved('refund', -24 * hour)],
    ['M4 a capture by the UTC day', moved('capture', -2 * hour)],
    ['M4 a cancellation one hour early', moved('cancel', hour)],
    [
      'M5 an unknown outcome validated',
      seen('validate', ({ phase }) => (phase === 'outcome-unknown' ? { phase: 'pending' } : {})),
    ],
    ['a refund whose id is forgotten', seen('refund', () => ({ operations: [] }))],
    ['a collection that forgets its remittances', seen('collect', () => ({ remittanceIds: [] }))],
  ])('%s', (_name, broken) => {
    const found = fc.check(livesAgree({ ...DECIDERS, ...broken }), {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: true,
    });
    expect(found.failed).toBe(true);
    expect(found.counterexample).not.toBeNull();
  });
});
