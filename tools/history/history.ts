/** One step of a list-append transaction: a read with what it saw, or an append. */
export type Step =
  | { readonly kind: 'read'; readonly key: number; readonly values: readonly number[] | null }
  | { readonly kind: 'append'; readonly key: number; readonly value: number };

/** What an operation asked for and, once answered, saw. */
export type Value =
  | { readonly profile: 'append'; readonly steps: readonly Step[] }
  | {
      readonly profile: 'transfer';
      readonly from: number;
      readonly to: number;
      readonly amount: number;
    }
  | { readonly profile: 'balances'; readonly balances: readonly number[] | null }
  | {
      readonly profile: 'command';
      readonly key: string;
      readonly id: string;
      readonly name: string;
      /** The refusal, when it was refused. */
      readonly code: string | null;
    }
  | {
      readonly profile: 'state';
      readonly key: string;
      /** The position that the read asked to be shown at least. */
      readonly askedFor: number;
      readonly state: string | null;
    };

/** `ok` it happened, `fail` it did not happen, `info` nobody knows. */
export type Outcome = 'ok' | 'fail' | 'info';

/** An operation of one client, from its invocation to its answer, in milliseconds of the run. */
export type Operation = {
  readonly index: number;
  readonly process: number;
  readonly invokedAt: number;
  readonly invoked: Value;
  outcome: Outcome;
  /** Infinity for `info`: it may happen at any later time. */
  completedAt: number;
  completed: Value;
  /** Position of the acknowledgement; 0 for reads and for what was not acknowledged. */
  position: number;
};

/** Records invocations before they are sent and answers after they came. */
export class HistoryRecorder {
  readonly operations: Operation[] = [];
  private readonly start = performance.now();
  private processes = 0;

  /** A process number of its own; one whose operation stayed unknown is never used again. */
  newProcess(): number {
    return this.processes++;
  }

  invoke(process: number, value: Value): Operation {
    const operation: Operation = {
      index: this.operations.length,
      process,
      invokedAt: this.now(),
      invoked: value,
      outcome: 'info',
      completedAt: Infinity,
      completed: value,
      position: 0,
    };
    this.operations.push(operation);
    return operation;
  }

  complete(operation: Operation, outcome: Outcome, value: Value, position = 0): void {
    operation.outcome = outcome;
    operation.completed = value;
    operation.position = position;
    if (outcome !== 'info') operation.completedAt = this.now();
  }

  private now(): number {
    return performance.now() - this.start;
  }
}

/** What a checker found wrong: its kind, and one line that shows it. */
export type Anomaly = { readonly kind: string; readonly detail: string };
