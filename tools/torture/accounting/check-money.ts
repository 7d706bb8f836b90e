import type { FoldedLife, FoldedLog } from './folded-log';

/** Breaks of the money invariants M1, M2, M3, M6, each in a line. `isSettled`: all that was due was sent. */
export function checkMoney(log: FoldedLog, isSettled: boolean): string[] {
  const faults: string[] = [];
  for (const life of log.lives.values()) faults.push(...faultsOf(life, isSettled));
  return [...faults, ...checkRemittances(log)];
}

function faultsOf(life: FoldedLife, isSettled: boolean): string[] {
  const { id, requests, outcome, captures, cancellations, requestedMinor, minor } = life;
  const faults: string[] = [];
  const isCaptured = captures > 0;
  if (requests > 1) faults.push(`${id} was requested ${requests} times`);
  if (captures > 1) faults.push(`M1 ${id} was captured ${captures} times`);
  if (minor > requestedMinor) faults.push(`M1 ${id} stands at ${minor} of ${requestedMinor}`);
  if (life.refundedMinor > minor) faults.push(`M2 ${id} was refunded beyond what was taken`);
  if (life.refundedMinor > 0 && life.remittanceIds.length === 0)
    faults.push(`M2 ${id} was refunded before it was sent`);
  if (cancellations > 1) faults.push(`M3 ${id} was cancelled ${cancellations} times`);
  if (outcome === null && isSettled) faults.push(`M12 ${id} has no outcome`);
  if (outcome !== 'ACCEPTED' && (isCaptured || cancellations > 0 || life.remittanceIds.length > 0))
    faults.push(`M5 ${id} was worked on without being accepted`);
  if (life.remittanceIds.length > 1) faults.push(`M6 ${id} is in several remittances`);
  const waits = life.requested.isAuthorizationOnly && !isCaptured;
  const isDue = outcome === 'ACCEPTED' && !waits;
  if (isSettled && isDue && life.remittanceIds.length === 0)
    faults.push(`M6 ${id} was due and is in no remittance`);
  return faults;
}

/** A cancelled debit that was sent gives two lines: its debit, and the credit that undoes it. */
function checkRemittances({ lives, builtRemittances }: FoldedLog): string[] {
  const sums = new Map<string, { debits: number; credits: number }>();
  for (const { remittanceIds, isRefund, cancellations, minor } of lives.values()) {
    for (const id of remittanceIds) {
      const { debits, credits } = sums.get(id) ?? { debits: 0, credits: 0 };
      const isCredit = isRefund || cancellations > 0;
      sums.set(id, {
        debits: debits + (isRefund ? 0 : minor),
        credits: credits + (isCredit ? minor : 0),
      });
    }
  }
  return [...builtRemittances].flatMap(([id, built]) => {
    const { debits = 0, credits = 0 } = sums.get(id) ?? {};
    const told = [minorOfTotal(built['debits']), minorOfTotal(built['credits'])];
    return told[0] === debits && told[1] === credits
      ? []
      : [`M6 remittance ${id} tells ${told.join(' / ')}, its lines add to ${debits} / ${credits}`];
  });
}

function minorOfTotal(total: unknown): number {
  return (total as { amount: { minor: number } }).amount.minor;
}
