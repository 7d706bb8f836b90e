export { canonicalHash } from './canonical-hash';
export {
  bringBackMonthsOf,
  ensureMonths,
  monthAfter,
  monthOf,
  startOfMonth,
  type PartitionedTable,
} from './month-partitions';
export {
  MonthStillSearched,
  type PartitionStatus,
  type UpkeepOptions,
  type UpkeepReport,
} from './partition-upkeep';
export * from './platform-migrations';
export * from './projection';
export { type PlatformLogger } from './projection-runner';
export * from './projections';
export {
  type Comparison,
  type Difference,
  type RebuildOptions,
  RebuildDiffers,
  type RebuildReport,
} from './rebuild';
export { type ReferenceDefinition, ReferenceView } from './reference-view';
