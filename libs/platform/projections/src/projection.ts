import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { PartitionedTable } from './month-partitions';

/**
 * A read model: tables that follow from the log and can be dropped and rebuilt (D9).
 * Its tables live in a PostgreSQL schema of their own, so that a rebuild works beside the live one
 * and takes its place by a rename.
 */
export type Projection = {
  /** `<context>.<noun>`; names the checkpoint, the metrics and the rebuild command. */
  readonly name: string;
  /** Raised when the tables or the fold change: the read model is then rebuilt at start. */
  readonly version: number;
  /** The PostgreSQL schema of its tables, `<context>_<noun>`. */
  readonly schema: string;
  /** DDL with unqualified names, run inside the schema. */
  readonly tables: string;
  /** Secondary indexes, built after a rebuild's bulk load. Unqualified names. */
  readonly indexes?: string;
  /** Tables cut by month; their months are created, detached and brought back by the upkeep. */
  readonly partitions?: readonly PartitionedTable[];
  /**
   * Months of history someone may search, asked inside the schema; the upkeep keeps at least those
   * attached. Absent when the settings alone decide.
   */
  longestHistory?(session: SqlSession): Promise<number>;
  /** Stream categories it reads; the others are skipped unread. */
  readonly categories: readonly string[];
  /**
   * Applies events in order. Runs in the transaction that saves the checkpoint, with the search path
   * on the projection's schema: table names are written unqualified. Throws on what it cannot apply:
   * the projection then stops there and says so, it never skips.
   */
  apply(events: readonly RecordedEvent[], session: SqlSession): Promise<void>;
};

/** Where a projection stands, for operators and readiness. */
export type ProjectionStatus = {
  readonly name: string;
  readonly position: number;
  readonly lag: number;
  readonly state: 'starting' | 'rebuilding' | 'live' | 'standby' | 'halted';
  readonly error: string | null;
};
