import type { Anomaly, Operation, Step } from '../history';
import { DependencyGraph, type EdgeKind } from './graph';

type Transaction = { readonly operation: Operation; readonly steps: readonly Step[] };

const listed = (values: readonly number[]): string => `[${values.join(' ')}]`;

/**
 * Holds a history of list appends to strict serialisability, as Elle does: every element names its
 * writer, so the order of writes is read off the lists, and what cannot be put in one order that also
 * agrees with time is a cycle. Sources: Kingsbury and Alvaro, « Elle », VLDB 2020; Adya 1999.
 */
export function checkAppends(operations: readonly Operation[]): Anomaly[] {
  const transactions = operations.flatMap((operation): Transaction[] =>
    operation.completed.profile === 'append'
      ? [{ operation, steps: operation.completed.steps }]
      : [],
  );
  const orders = versionOrders(transactions);
  const writers = writersOf(transactions);
  return [
    ...orders.anomalies,
    ...checkElements(orders.byKey, writers),
    ...checkLostAppends(transactions, orders.byKey),
    ...checkLostUpdates(transactions, orders.byKey),
    ...checkPositions(operations),
    ...checkCycles(transactions, orders.byKey, writers),
  ];
}

/** The longest read of each key; every other one must be a beginning of it. */
function versionOrders(transactions: readonly Transaction[]) {
  const byKey = new Map<number, readonly number[]>();
  const anomalies: Anomaly[] = [];
  for (const { key, values } of reads(transactions)) {
    if (values.length > (byKey.get(key)?.length ?? -1)) byKey.set(key, values);
  }
  for (const [key, values] of byKey)
    if (new Set(values).size !== values.length)
      anomalies.push({ kind: 'duplicate-element', detail: `key ${key} reads ${listed(values)}` });
  for (const { key, values } of reads(transactions)) {
    const longest = byKey.get(key)!;
    if (values.some((value, index) => longest[index] !== value))
      anomalies.push({
        kind: 'incompatible-order',
        detail: `key ${key} reads ${listed(values)} and ${listed(longest)}`,
      });
  }
  return { byKey, anomalies };
}

function reads(transactions: readonly Transaction[]) {
  return transactions
    .filter(({ operation }) => operation.outcome === 'ok')
    .flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.kind === 'read' && step.values !== null
          ? [{ key: step.key, values: step.values }]
          : [],
      ),
    );
}

function writersOf(transactions: readonly Transaction[]): Map<number, number> {
  const writers = new Map<number, number>();
  for (const [index, { steps }] of transactions.entries())
    for (const step of steps) if (step.kind === 'append') writers.set(step.value, index);
  return writers;
}

function checkElements(
  orders: ReadonlyMap<number, readonly number[]>,
  writers: ReadonlyMap<number, number>,
): Anomaly[] {
  return [...orders].flatMap(([key, values]) =>
    values
      .filter((value) => !writers.has(value))
      .map((value) => ({ kind: 'phantom', detail: `key ${key} holds ${value}, sent by nobody` })),
  );
}

function checkLostAppends(
  transactions: readonly Transaction[],
  orders: ReadonlyMap<number, readonly number[]>,
): Anomaly[] {
  const seen = new Set([...orders.values()].flat());
  return transactions.flatMap(({ operation, steps }) =>
    steps.flatMap((step): Anomaly[] => {
      if (step.kind !== 'append') return [];
      const detail = `operation ${operation.index} appended ${step.value} to key ${step.key}`;
      if (operation.outcome === 'ok' && !seen.has(step.value))
        return [{ kind: 'lost-append', detail }];
      if (operation.outcome === 'fail' && seen.has(step.value))
        return [{ kind: 'aborted-read', detail: `${detail}, was refused, and is read` }];
      return [];
    }),
  );
}

/** Whether a transaction took effect: acknowledged, or unknown and seen. */
function committed(
  transactions: readonly Transaction[],
  orders: ReadonlyMap<number, readonly number[]>,
): boolean[] {
  const seen = new Set([...orders.values()].flat());
  return transactions.map(
    ({ operation, steps }) =>
      operation.outcome === 'ok' ||
      (operation.outcome === 'info' &&
        steps.some((step) => step.kind === 'append' && seen.has(step.value))),
  );
}

/** Two that read the same version of a key and both wrote it: one of them did not see the other. */
function checkLostUpdates(
  transactions: readonly Transaction[],
  orders: ReadonlyMap<number, readonly number[]>,
): Anomaly[] {
  const isCommitted = committed(transactions, orders);
  const byVersion = new Map<string, number[]>();
  for (const [index, { steps }] of transactions.entries()) {
    if (!isCommitted[index]) continue;
    const written = new Set(steps.flatMap((step) => (step.kind === 'append' ? [step.key] : [])));
    for (const step of steps) {
      if (step.kind !== 'read' || step.values === null || !written.has(step.key)) continue;
      const version = `key ${step.key} at ${step.values.length} elements`;
      byVersion.set(version, [...(byVersion.get(version) ?? []), index]);
    }
  }
  return [...byVersion]
    .filter(([, indexes]) => indexes.length > 1)
    .map(([version, indexes]) => ({
      kind: 'lost-update',
      detail: `${version} was read and then written by operations ${indexes
        .map((index) => transactions[index]!.operation.index)
        .join(', ')}`,
    }));
}

/** What was acknowledged before another was sent has the lower position. */
export function checkPositions(operations: readonly Operation[]): Anomaly[] {
  const acknowledged = operations
    .filter(({ outcome, position }) => outcome === 'ok' && position > 0)
    .sort((left, right) => left.completedAt - right.completedAt);
  const begun = [...acknowledged].sort((left, right) => left.invokedAt - right.invokedAt);
  const anomalies: Anomaly[] = [];
  let done = 0;
  let highest: Operation | undefined;
  for (const operation of begun) {
    while ((acknowledged[done]?.completedAt ?? Infinity) < operation.invokedAt) {
      const next = acknowledged[done++]!;
      if (next.position > (highest?.position ?? 0)) highest = next;
    }
    if (highest !== undefined && operation.position <= highest.position)
      anomalies.push({
        kind: 'time-against-position',
        detail: `operation ${operation.index} is at ${operation.position}, and began after ${highest.index} was acknowledged at ${highest.position}`,
      });
  }
  return anomalies;
}

const LAYERS: readonly (readonly [string, readonly EdgeKind[]])[] = [
  ['G0 (writes in a cycle)', ['ww']],
  ['G1c (circular information flow)', ['ww', 'wr']],
  ['G2 (anti-dependency cycle)', ['ww', 'wr', 'rw']],
  ['strict (a cycle with real time)', ['ww', 'wr', 'rw', 'time']],
];

function checkCycles(
  transactions: readonly Transaction[],
  orders: ReadonlyMap<number, readonly number[]>,
  writers: ReadonlyMap<number, number>,
): Anomaly[] {
  const isCommitted = committed(transactions, orders);
  const graph = new DependencyGraph(transactions.length);
  linkWrites(graph, orders, writers);
  for (const [index, { steps }] of transactions.entries())
    if (isCommitted[index]) linkReads(graph, index, steps, orders, writers);
  linkTime(graph, transactions, isCommitted);
  for (const [kind, kinds] of LAYERS) {
    const cycles = graph.cycles(new Set(kinds));
    if (cycles.length === 0) continue;
    return cycles.map((cycle) => ({
      kind,
      detail: cycle
        .filter(({ to }) => to < transactions.length)
        .map((edge) => `${edge.kind} ${transactions[edge.to]!.operation.index}`)
        .join(' → '),
    }));
  }
  return [];
}

function linkWrites(
  graph: DependencyGraph,
  orders: ReadonlyMap<number, readonly number[]>,
  writers: ReadonlyMap<number, number>,
): void {
  for (const values of orders.values()) {
    for (let place = 1; place < values.length; place += 1) {
      const [before, after] = [writers.get(values[place - 1]!), writers.get(values[place]!)];
      if (before !== undefined && after !== undefined) graph.link(before, after, 'ww');
    }
  }
}

function linkReads(
  graph: DependencyGraph,
  reader: number,
  steps: readonly Step[],
  orders: ReadonlyMap<number, readonly number[]>,
  writers: ReadonlyMap<number, number>,
): void {
  for (const step of steps) {
    if (step.kind !== 'read' || step.values === null) continue;
    const last = step.values.at(-1);
    const writer = last === undefined ? undefined : writers.get(last);
    if (writer !== undefined) graph.link(writer, reader, 'wr');
    const following = orders.get(step.key)?.[step.values.length];
    const overwriter = following === undefined ? undefined : writers.get(following);
    if (overwriter !== undefined) graph.link(reader, overwriter, 'rw');
  }
}

/** Time as a chain of answers: each answer precedes every invocation after it. */
function linkTime(
  graph: DependencyGraph,
  transactions: readonly Transaction[],
  isCommitted: readonly boolean[],
): void {
  const moments = transactions.flatMap(({ operation }, index) => {
    if (!isCommitted[index]) return [];
    const begun = { at: operation.invokedAt, index, isAnswer: false };
    const { completedAt } = operation;
    return Number.isFinite(completedAt)
      ? [begun, { at: completedAt, index, isAnswer: true }]
      : [begun];
  });
  moments.sort((left, right) => left.at - right.at);
  let passed: number | null = null;
  for (const { index, isAnswer } of moments) {
    if (!isAnswer) {
      if (passed !== null) graph.link(passed, index, 'time');
      continue;
    }
    const moment = graph.addNode();
    if (passed !== null) graph.link(passed, moment, 'time');
    graph.link(index, moment, 'time');
    passed = moment;
  }
}
