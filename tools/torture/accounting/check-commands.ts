import type { Command, CommandKind } from '../load/command';
import type { FoldedLog, RecordedOperation } from './folded-log';

/** What is wrong between what clients were told and what the log holds; every entry is a fault. */
export type CommandFaults = {
  /** Acknowledged, and not in the log. */
  readonly lost: readonly string[];
  /** In the log more than once. */
  readonly doubled: readonly string[];
  /** In the log with another content than the one acknowledged. */
  readonly altered: readonly string[];
  /** Refused, and in the log all the same. */
  readonly contradicted: readonly string[];
  /** In the log, and asked for by nobody. */
  readonly unasked: readonly string[];
  /** Still unknown, or unknown for longer than a minute. */
  readonly unsettled: readonly string[];
};

export const SETTLE_MS = 60_000;

const EVENT_OF: Readonly<Record<Exclude<CommandKind, 'telecollect'>, string>> = {
  payment: 'PaymentRequested',
  capture: 'TransactionCaptured',
  cancel: 'TransactionCancelled',
  modify: 'TransactionModified',
  refund: 'RefundRequested',
};

/** Holds every command against the log. `knownPayments` are others that the log may hold. */
export function checkCommands(commands: readonly Command[], log: FoldedLog): CommandFaults {
  const faults = {
    lost: [] as string[],
    doubled: [] as string[],
    altered: [] as string[],
    contradicted: [] as string[],
    unasked: [] as string[],
    unsettled: [] as string[],
  };
  const asked = new Set<string>();
  for (const command of commands) {
    asked.add(command.id);
    const name = `${command.kind} ${command.id}`;
    const recorded = log.operations.get(command.id) ?? [];
    if (recorded.length > 1) faults.doubled.push(`${name}: ${recorded.length} times`);
    if (command.state === 'acknowledged' && recorded.length === 0) faults.lost.push(name);
    if (command.state === 'refused' && recorded.length > 0)
      faults.contradicted.push(`${name}: refused with ${command.status}`);
    if (isUnsettled(command)) faults.unsettled.push(`${name}: ${command.tries} tries`);
    for (const one of recorded) {
      const difference = differenceOf(command, one, log);
      if (difference !== null) faults.altered.push(`${name}: ${difference}`);
    }
  }
  for (const id of log.operations.keys()) if (!asked.has(id)) faults.unasked.push(id);
  return faults;
}

function isUnsettled({ state, unknownSince, settledAt }: Command): boolean {
  if (state === 'open') return true;
  return unknownSince !== null && settledAt !== null && settledAt - unknownSince > SETTLE_MS;
}

/** What the log says otherwise than the command and its answer; null when they agree. */
function differenceOf(command: Command, recorded: RecordedOperation, log: FoldedLog) {
  const { kind, body, answer, transactionId, amountMinor } = command;
  const expected = kind === 'telecollect' ? '' : EVENT_OF[kind];
  if (recorded.type !== expected) return `recorded as ${recorded.type}`;
  const about = kind === 'refund' ? command.id : transactionId;
  if (recorded.transactionId !== about) return `recorded for ${recorded.transactionId}`;
  if (amountMinor !== null && recorded.minor !== amountMinor)
    return `recorded with ${recorded.minor}, asked for ${amountMinor}`;
  const life = log.lives.get(about);
  if (kind === 'payment') {
    if (life === undefined) return 'recorded without a payment';
    if (life.requested.orderReference !== body['orderReference'])
      return 'recorded with another order reference';
    if (life.requested.contractId !== body['contractId']) return 'recorded for another contract';
    const told = answer['status'];
    const outcome = life.outcome ?? 'without outcome';
    if (command.state === 'acknowledged' && told !== 'PENDING' && told !== outcome)
      return `answered ${String(told)}, recorded ${outcome}`;
  }
  if (kind === 'refund' && life?.requested.originalTransactionId !== transactionId)
    return 'recorded for another original';
  return null;
}

export function countFaults(faults: CommandFaults): number {
  return Object.values(faults).reduce((sum, list: readonly string[]) => sum + list.length, 0);
}
