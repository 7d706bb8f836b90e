/**
 * What one payment costs, as measured by `npm run bench -- --only payment` (it prints the CPU time of
 * each process), and what one event takes on disk. docs/scaling.md says on which machine and when.
 */
export type MeasuredCosts = {
  /** CPU milliseconds of the authorisation service for one payment. */
  readonly authorizationMillis: number;
  /** CPU milliseconds of PostgreSQL for one payment: two appends, the vault, and the rows of its read models. */
  readonly databaseMillis: number;
  /** CPU milliseconds of the back office to carry one payment's events into its read models. */
  readonly projectionMillis: number;
  /** CPU milliseconds of relay and consumers for one payment's messages. */
  readonly messagingMillis: number;
  /** Events one transaction leaves over its life, sending included. */
  readonly eventsPerTransaction: number;
  /** Bytes on disk of one event, indexes included. */
  readonly bytesPerEvent: number;
  /** Bytes on disk of one transaction in the journal, indexes and its share of the figures included. */
  readonly bytesPerJournalRow: number;
  /** Most events one log takes in a second: one writer at a time commits groups of them. */
  readonly logEventsPerSecond: number;
  /** Events one rebuild carries in a second. */
  readonly rebuildEventsPerSecond: number;
};

export const MEASURED: MeasuredCosts = {
  authorizationMillis: 0.56,
  databaseMillis: 0.36,
  projectionMillis: 0.25,
  messagingMillis: 0.1,
  eventsPerTransaction: 3.8,
  bytesPerEvent: 1160,
  bytesPerJournalRow: 1560,
  logEventsPerSecond: 12_000,
  rebuildEventsPerSecond: 23_000,
};
