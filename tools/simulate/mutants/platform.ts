import { type Mutant, mutant } from './mutant';

const CASHDESK = 'libs/cashdesk/feature/src';
const STORE = 'libs/platform/event-store/src';
const PROJECTIONS = 'libs/platform/projections/src';
const BUS = 'libs/platform/message-bus/src';

/** Faults of the log, of read models and of messages. */
export const PLATFORM_MUTANTS: readonly Mutant[] = [
  mutant(
    'no-version-check',
    'the log takes an append at any version',
    `${STORE}/expected-revision`,
    'return expected === actual',
    'return true',
  ),
  mutant(
    'decided-without-version',
    'decisions are appended at any version',
    `${STORE}/streams`,
    "expected: version ?? 'no-stream'",
    "expected: 'any'",
  ),
  mutant(
    'lost-race-acknowledged',
    'a decision that lost its race is acknowledged',
    `${STORE}/streams`,
    "if (result?.kind === 'wrong-revision') continue;",
    '',
  ),
  mutant(
    'acknowledged-before-commit',
    'a decision is acknowledged before it is recorded',
    `${STORE}/streams`,
    'writes.length === 0 ? null : await this.store.append(together)',
    'writes.length === 0 ? null : (this.store.append(together).catch(()=>undefined), { kind: "appended", position: 1, versions: {} })',
  ),
  mutant(
    'projection-errors-skipped',
    'a read model goes on after an error',
    `${PROJECTIONS}/projection-runner`,
    'await this.apply(relevant, last.position);',
    'await this.apply(relevant, last.position).catch(()=>undefined);',
  ),
  mutant(
    'checkpoint-before-rows',
    'the checkpoint is committed before the rows',
    `${PROJECTIONS}/projection-runner`,
    'advance(session, slot, this.saved, position)',
    'advance(this.database, slot, this.saved, position)',
  ),
  mutant(
    'checkpoint-not-fenced',
    'a copy goes on that lost its read model to another',
    `${PROJECTIONS}/projection-runner`,
    'if (!isOurs) throw new CheckpointTaken();\n            await this.projection',
    'await this.projection',
  ),
  {
    name: 'other-version-written',
    fault: 'a read model of the next release is written by processes of the one before',
    patches: [
      {
        file: `${PROJECTIONS}/projection-store`,
        find: ' and version = $4',
        replace: '',
      },
      {
        file: `${PROJECTIONS}/projection-runner`,
        find: 'if (stored && stored.version !== version) throw this.otherVersion(stored.version);',
        replace: '',
      },
    ],
  },
  mutant(
    'effect-outside-transaction',
    'the effect of a message is not undone with its checkpoint',
    `${BUS}/message-taker`,
    'await this.consumer.handle(placed.message, session)',
    'await this.consumer.handle(placed.message, this.database)',
  ),
  mutant(
    'effect-error-skipped',
    'a message whose effect fails is passed over',
    `${BUS}/message-taker`,
    'throw (0, _buserrors.isWaitedOut)(error) ? error : new MessageFailed(placed, error)',
    'return',
  ),
  {
    name: 'consumer-not-fenced',
    fault: 'two copies of a consumer group both have effects',
    patches: [
      {
        file: `${BUS}/message-taker`,
        find: 'if (await checkpoint.lock(session) !== from) throw new _buserrors.CheckpointTaken();',
        replace: '',
      },
      {
        file: `${BUS}/message-taker`,
        find: 'if (!await checkpoint.advance(from, to, messages, session)) throw new _buserrors.CheckpointTaken();',
        replace: 'await checkpoint.advance(from, to, messages, session);',
      },
    ],
  },
  {
    name: 'chunk-recorded-again',
    fault: 'a chunk of a mass operation is carried out and recorded each time it comes',
    patches: [
      {
        file: 'libs/cashdesk/domain/src/mass-operation/mass-operation-chunk',
        find: 'return isDone ?',
        replace: 'return isDone === null ?',
      },
      {
        file: `${CASHDESK}/mass-operations/mass-operations.consumer`,
        find: 'if (state.isDone) return;',
        replace: '',
      },
    ],
  },
  mutant(
    'numbers-of-three-digits',
    'transaction numbers begin again after a thousand',
    'libs/platform/runtime/src/transaction-numbers',
    'String(number)',
    'String(number % 64)',
  ),
  mutant(
    'refund-stream-missing',
    'a refund is taken from its original and has no stream of its own',
    `${CASHDESK}/cash-operation/cash-operation.handler`,
    'decision.accepted,\n                    opening',
    'decision.accepted,\n                    []',
  ),
  mutant(
    'standby-dies',
    'a consumer that stands by ends with an outage',
    `${BUS}/consumer-runner`,
    'isTaken = error instanceof _buserrors.CheckpointTaken;\n                if (isTaken)',
    'isTaken = error instanceof _buserrors.CheckpointTaken;\n                if (isTaken) await this.standBy();\n                if (isTaken)',
  ),
];
