import type { Anomaly, Operation } from '../history';
import { checkPositions } from './append-checker';

/** Money moves between accounts and never comes or goes; no account is overdrawn. */
export function checkBank(operations: readonly Operation[], total: number): Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const { completed, index, outcome } of operations) {
    if (outcome !== 'ok' || completed.profile !== 'balances' || completed.balances === null)
      continue;
    const sum = completed.balances.reduce((left, right) => left + right, 0);
    const detail = `operation ${index} saw ${completed.balances.join(', ')}`;
    if (sum !== total)
      anomalies.push({ kind: 'wrong-total', detail: `${detail}: ${sum}, not ${total}` });
    if (completed.balances.some((balance) => balance < 0))
      anomalies.push({ kind: 'overdrawn', detail });
  }
  return [...anomalies, ...checkPositions(operations)];
}
