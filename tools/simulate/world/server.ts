import type { Instant } from '@encaisse/kernel';
import { instantOfEpochMillis } from '@encaisse/kernel';
import {
  type AppendResult,
  MemoryEventStore,
  type RecordedEvent,
  type StreamWrite,
} from '@encaisse/platform/event-store';
import { BUS_STATEMENTS } from './bus-statements';
import type { Conditions } from './conditions';
import { KAFKA_STATEMENTS } from './kafka-statements';
import { LINES_STATEMENTS } from './lines-statements';
import type { Machine, SimulatedProcess } from './machine';
import { PLATFORM_STATEMENTS } from './platform-statements';
import { type Execution, StatementBook, UnknownStatement } from './statements';
import { serverError, takeBack, type Tables, Transaction, type Undo } from './tables';
import { PROBE_STATEMENTS } from './probe';
import { RELEASE_STATEMENTS } from './releases';
import { VAULT_STATEMENTS } from './vault-statements';
import { connectionLost } from './wire';

/** How long a commit that did not wait for the disk may still be lost. */
const FLUSH_MILLIS = 600;
const BOOK = new StatementBook([
  ...PLATFORM_STATEMENTS,
  ...BUS_STATEMENTS,
  ...KAFKA_STATEMENTS,
  ...LINES_STATEMENTS,
  ...VAULT_STATEMENTS,
  ...PROBE_STATEMENTS,
  ...RELEASE_STATEMENTS,
]);

/** Carries out one statement at once, beside any server: for read models that are made again. */
export function carryOut(
  session: Transaction,
  sql: string,
  parameters: readonly unknown[],
): readonly object[] {
  return BOOK.find(sql).run({ session, parameters, sql, leaseClock: 0 });
}

type Waiting = {
  readonly writes: readonly StreamWrite[];
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
};
type LockQueue = { owner: object; readonly waiting: { owner: object; grant: () => void }[] };

/**
 * One PostgreSQL: the log and the tables, with transactions, row locks, group commits, and what a crash
 * leaves of them. The log is the in-memory event store, read only where it is committed.
 */
export class SimulatedServer {
  readonly log: MemoryEventStore;
  readonly tables: Tables = new Map();
  /** The whole log as committed, for the watchers of the simulation. */
  readonly events: RecordedEvent[] = [];
  onCommitted: (events: readonly RecordedEvent[]) => void = () => undefined;
  /** A statement that is not known: the simulation has to follow the product. */
  onUnknown: (error: UnknownStatement) => void = () => undefined;
  private readonly listeners = new Map<SimulatedProcess, (position: number) => void>();
  private readonly locks = new Map<string, LockQueue>();
  private readonly open = new Map<Transaction, SimulatedProcess>();
  private readonly sessions = new Map<SimulatedProcess, Set<string>>();
  private queue: Waiting[] = [];
  private isCommitting = false;
  private unflushed: { readonly at: number; readonly undo: Undo }[] = [];
  private epoch = 0;

  constructor(
    private readonly machine: Machine,
    private readonly conditions: Conditions,
  ) {
    // The wall clock of the server itself: never that of a process.
    const wallClock = { now: (): Instant => instantOfEpochMillis(machine.wall) };
    this.log = new MemoryEventStore(wallClock);
  }

  listen(process: SimulatedProcess, hear: (position: number) => void): void {
    this.listeners.set(process, hear);
  }

  begin(process: SimulatedProcess): Transaction {
    const transaction = new Transaction(this.tables, false);
    this.open.set(transaction, process);
    return transaction;
  }

  /** Carries out one statement; in a transaction of its own when none is given. */
  async execute(
    process: SimulatedProcess,
    transaction: Transaction | null,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<readonly object[]> {
    this.refuseUnreachable(process, sql);
    if (transaction?.isEnded === true) throw connectionLost(sql);
    if (transaction?.isBroken === true)
      throw serverError('25P02', 'current transaction is aborted');
    const session = transaction ?? new Transaction(this.tables, true);
    if (!this.conditions.isVaultUp && sql.includes('security.')) {
      this.conditions.count('F20');
      throw connectionLost(sql);
    }
    const statement = this.statementOf(sql);
    const execution: Execution = { session, parameters, sql, leaseClock: this.machine.now };
    try {
      for (const lock of statement.locks?.(execution) ?? []) {
        await this.lock(lock, session);
        // Its process died while it waited: a next lock would be held by nobody, for ever.
        if (session.isEnded) throw connectionLost(sql);
      }
      const rows = statement.run({ ...execution, leaseClock: this.machine.now });
      if (session.isImplicit) this.commitNow(session);
      return rows;
    } catch (error) {
      session.isBroken = true;
      if (session.isImplicit) this.release(session);
      throw error;
    }
  }

  private statementOf(sql: string) {
    try {
      return BOOK.find(sql);
    } catch (error) {
      if (error instanceof UnknownStatement) this.onUnknown(error);
      throw error;
    }
  }

  commit(process: SimulatedProcess, transaction: Transaction): void {
    this.refuseUnreachable(process);
    if (transaction.isEnded) throw connectionLost();
    if (transaction.isBroken) this.rollBack(transaction);
    else this.commitNow(transaction);
  }

  rollBack(transaction: Transaction): void {
    transaction.isEnded = true;
    this.open.delete(transaction);
    this.release(transaction);
  }

  /** Waits in line for a lock; its owner is a transaction or a session that holds it by name. */
  lock(name: string, owner: object): Promise<void> {
    const held = this.locks.get(name);
    if (owner instanceof Transaction) owner.locks.add(name);
    if (!held) {
      this.locks.set(name, { owner, waiting: [] });
      return Promise.resolve();
    }
    if (held.owner === owner) return Promise.resolve();
    return new Promise((resolve) => held.waiting.push({ owner, grant: resolve }));
  }

  /** A lock by name, held by a session of a process until it gives it back or dies. */
  lockSession(process: SimulatedProcess, name: string): Promise<void> {
    this.refuseUnreachable(process);
    // Asked for before it died: nobody would give it back.
    if (process.isDead) throw connectionLost(name);
    const session = this.sessions.get(process) ?? new Set<string>();
    this.sessions.set(process, session.add(name));
    return this.lock(name, process);
  }

  unlockSession(process: SimulatedProcess, name: string): void {
    this.sessions.get(process)?.delete(name);
    this.unlock(name, process);
  }

  private unlock(name: string, owner: object): void {
    const held = this.locks.get(name);
    if (held === undefined) return;
    const place = held.waiting.findIndex((waiting) => waiting.owner === owner);
    if (place >= 0) held.waiting.splice(place, 1)[0]!.grant();
    if (held.owner !== owner) return;
    const next = held.waiting.shift();
    if (next === undefined) this.locks.delete(name);
    else {
      held.owner = next.owner;
      next.grant();
    }
  }

  /** Takes appends into the next group commit. */
  append(process: SimulatedProcess, writes: readonly StreamWrite[]): Promise<AppendResult> {
    this.refuseUnreachable(process);
    return new Promise((resolve, reject) => {
      this.queue.push({ writes, resolve, reject });
      this.commitSoon();
    });
  }

  /** The server dies: what no disk holds is gone, and every connection with it. */
  crash(): void {
    this.epoch += 1;
    this.isCommitting = false;
    for (const { reject } of this.queue.splice(0)) reject(connectionLost());
    for (const transaction of [...this.open.keys()]) this.rollBack(transaction);
    this.forgetUnflushed();
  }

  /** A process died: its connections are closed. */
  forget(process: SimulatedProcess): void {
    this.listeners.delete(process);
    for (const name of this.sessions.get(process) ?? []) this.unlock(name, process);
    this.sessions.delete(process);
    for (const [transaction, owner] of [...this.open])
      if (owner === process) this.rollBack(transaction);
  }

  refuseUnreachable(process: SimulatedProcess, during = ''): void {
    if (!this.conditions.isReachable(process)) throw connectionLost(during);
  }

  private commitSoon(): void {
    if (this.isCommitting) return;
    this.isCommitting = true;
    const { epoch } = this;
    this.machine.in(this.conditions.commitMillis(), null, () => {
      if (epoch !== this.epoch) return;
      this.isCommitting = false;
      this.commitQueue();
    });
  }

  private commitQueue(): void {
    const batch = this.queue.splice(0);
    if (this.conditions.isDiskFull) {
      this.conditions.count('F11');
      for (const { reject } of batch) reject(serverError('53100', 'could not extend file'));
      return;
    }
    this.unflushed = [];
    const settled = batch.map(({ writes, resolve, reject }) =>
      this.log.append(writes).then(resolve, reject),
    );
    void Promise.all(settled)
      .then(() => this.log.readAll({ after: this.events.length, limit: Infinity }))
      .then((events) => this.tellCommitted(events));
  }

  private tellCommitted(events: readonly RecordedEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.machine.touch();
    this.events.push(...events);
    this.onCommitted(events);
    for (const [process, hear] of this.listeners)
      this.machine.in(this.conditions.networkMillis(), process, () => hear(last.position));
  }

  private commitNow(transaction: Transaction): void {
    transaction.isEnded = true;
    this.open.delete(transaction);
    if (transaction.hasChanges) {
      const undo = transaction.apply();
      if (!transaction.isAsynchronous) this.unflushed = [];
      else this.remember(undo);
    }
    this.release(transaction);
  }

  private remember(undo: Undo): void {
    const { now } = this.machine;
    while (this.unflushed.length > 0 && this.unflushed[0]!.at < now - FLUSH_MILLIS)
      this.unflushed.shift();
    this.unflushed.push({ at: now, undo });
  }

  /** The newest commits that did not wait for the disk are gone, as many as chance has it. */
  private forgetUnflushed(): void {
    const lost = this.conditions.chance.whole(0, this.unflushed.length);
    for (const { undo } of this.unflushed.splice(this.unflushed.length - lost).reverse())
      takeBack(this.tables, undo);
    this.unflushed = [];
  }

  private release(transaction: Transaction): void {
    for (const name of transaction.locks) this.unlock(name, transaction);
    transaction.locks.clear();
  }
}
