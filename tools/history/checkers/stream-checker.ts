import type { LoggedEvent } from '../../torture/accounting/log-reader';
import { minorOf } from '../../torture/accounting/folded-log';
import type { Anomaly, Operation } from '../history';
import { checkPositions } from './append-checker';

/** What a reader may see of a transaction, as one word per member. */
type Shown = {
  type: string;
  status: string;
  acquirerStatus: string;
  minor: number;
};

export function shownState({ type, status, acquirerStatus, minor }: Shown): string {
  return `${type} ${status} ${acquirerStatus} ${minor}`;
}

type Version = { readonly position: number; readonly state: string };
type Recorded = { readonly position: number; readonly type: string };

/**
 * Holds the answers of commands and reads on a few contested transactions against the order of their
 * streams: done once or not at all, as told; in the order of time; and no read older than it asked for.
 */
export function checkStreams(
  operations: readonly Operation[],
  events: readonly LoggedEvent[],
): Anomaly[] {
  const byOperation = new Map<string, Recorded[]>();
  const versions = new Map<string, Version[]>();
  const states = new Map<string, Shown>();
  for (const { type, data, position } of events) {
    const key = data['transactionId'];
    if (typeof key !== 'string') continue;
    const id = data['operationId'];
    if (typeof id === 'string')
      byOperation.set(id, [...(byOperation.get(id) ?? []), { position, type }]);
    const state = evolve(states.get(key), type, data);
    states.set(key, state);
    versions.set(key, [...(versions.get(key) ?? []), { position, state: shownState(state) }]);
  }
  return [
    ...operations.flatMap((operation) => checkCommand(operation, byOperation)),
    ...operations.flatMap((operation) => checkRead(operation, versions)),
    ...checkPositions(operations),
  ];
}

function evolve(
  before: Shown | undefined,
  type: string,
  data: Readonly<Record<string, unknown>>,
): Shown {
  const state = before ?? {
    type: 'DEBIT',
    status: '',
    acquirerStatus: 'NOT_APPLICABLE',
    minor: minorOf(data),
  };
  switch (type) {
    case 'PaymentAccepted':
      return { ...state, status: 'ACCEPTED', acquirerStatus: 'AWAITING_CAPTURE' };
    case 'TransactionCaptured':
      return { ...state, acquirerStatus: 'TO_SEND', minor: minorOf(data) };
    case 'TransactionModified':
      return { ...state, minor: minorOf(data) };
    case 'TransactionCancelled':
      return { ...state, type: 'CANCELLATION', minor: 0 };
    default:
      return state;
  }
}

function checkCommand(
  { index, outcome, completed, position }: Operation,
  byOperation: ReadonlyMap<string, readonly Recorded[]>,
): Anomaly[] {
  if (completed.profile !== 'command') return [];
  const recorded = byOperation.get(completed.id) ?? [];
  const detail = `operation ${index}, ${completed.name} ${completed.id}`;
  if (recorded.length > 1) return [{ kind: 'doubled', detail }];
  if (outcome === 'ok' && recorded.length === 0) return [{ kind: 'lost', detail }];
  if (outcome === 'fail' && recorded.length > 0) return [{ kind: 'refused-and-done', detail }];
  if (outcome === 'ok' && position < recorded[0]!.position)
    return [{ kind: 'position-too-low', detail }];
  return [];
}

/** A read that waited for a position shows the state at it or a later one. */
function checkRead(
  { index, outcome, completed }: Operation,
  versions: ReadonlyMap<string, readonly Version[]>,
): Anomaly[] {
  if (completed.profile !== 'state' || outcome !== 'ok' || completed.state === null) return [];
  const { key, state, askedFor } = completed;
  const all = versions.get(key) ?? [];
  const oldest = all.findLastIndex(({ position }) => position <= askedFor);
  if (all.slice(Math.max(0, oldest)).some((version) => version.state === state)) return [];
  const isOld = all.some((version) => version.state === state);
  const kind = isOld ? 'stale-read' : 'impossible-read';
  return [{ kind, detail: `operation ${index} saw ${state}, having asked for ${askedFor}` }];
}
