import type { Operation, Step, Value } from './history';

type Line = {
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly time: number;
  readonly operation: Operation;
  readonly value: Value;
};

/** Invocations and answers in the order of time, as checkers of histories read them. */
function linesOf(operations: readonly Operation[]): Line[] {
  const end = Math.max(
    0,
    ...operations.map(({ invokedAt, completedAt }) =>
      Number.isFinite(completedAt) ? completedAt : invokedAt,
    ),
  );
  return operations
    .flatMap((operation): Line[] => [
      {
        type: 'invoke',
        time: operation.invokedAt,
        operation,
        value: operation.invoked,
      },
      {
        type: operation.outcome,
        time: Math.min(operation.completedAt, end),
        operation,
        value: operation.completed,
      },
    ])
    .sort((left, right) => left.time - right.time);
}

const NANOSECONDS = 1_000_000;

/** One JSON object per line. */
export function toJson(operations: readonly Operation[]): string {
  return linesOf(operations)
    .map(({ type, time, operation, value }, index) => {
      const { process, position } = operation;
      const nanoseconds = Math.round(time * NANOSECONDS);
      const answered = type === 'ok' && position > 0 ? { position } : {};
      return JSON.stringify({ index, type, process, time: nanoseconds, value, ...answered });
    })
    .join('\n');
}

/** The form that Elle and Jepsen read: `:f :txn` with `[:append k v]` and `[:r k [v …]]`. */
export function toEdn(operations: readonly Operation[]): string {
  return linesOf(operations)
    .map(({ type, time, operation, value }, index) => {
      const head = `:index ${index}, :type :${type}, :process ${operation.process}`;
      const nanoseconds = Math.round(time * NANOSECONDS);
      return `{${head}, :time ${nanoseconds}, ${ednOf(value)}}`;
    })
    .join('\n');
}

function ednOf(value: Value): string {
  switch (value.profile) {
    case 'append':
      return `:f :txn, :value [${value.steps.map(stepOf).join(' ')}]`;
    case 'transfer': {
      const { from, to, amount } = value;
      return `:f :transfer, :value {:from ${from}, :to ${to}, :amount ${amount}}`;
    }
    case 'balances': {
      const entries = value.balances?.map((balance, account) => `${account} ${balance}`);
      return `:f :read, :value ${entries === undefined ? 'nil' : `{${entries.join(', ')}}`}`;
    }
    case 'command': {
      const code = value.code === null ? 'nil' : `"${value.code}"`;
      return `:f :${value.name}, :value {:key "${value.key}", :id "${value.id}", :code ${code}}`;
    }
    case 'state': {
      const state = value.state === null ? 'nil' : `"${value.state}"`;
      return `:f :state, :value {:key "${value.key}", :from ${value.askedFor}, :state ${state}}`;
    }
  }
}

function stepOf(step: Step): string {
  if (step.kind === 'append') return `[:append ${step.key} ${step.value}]`;
  return `[:r ${step.key} ${step.values === null ? 'nil' : `[${step.values.join(' ')}]`}]`;
}
