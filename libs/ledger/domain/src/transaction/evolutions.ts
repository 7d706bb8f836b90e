import type { TransactionEvent } from './transaction-events';
import type { Transaction } from './transaction-state';

type DataOf<Type extends TransactionEvent['type']> = Extract<
  TransactionEvent,
  { readonly type: Type }
>['data'];

/** One pure function per event type: a type without its function does not compile. */
export type Evolutions<Types extends TransactionEvent['type']> = {
  readonly [Type in Types]: (
    state: Transaction,
    data: DataOf<Type>,
  ) => Exclude<Transaction, { kind: 'none' }>;
};
