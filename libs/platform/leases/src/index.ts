export { fence, Lease, LeaseLost, underLease } from './lease';
export { LeasedEventStore } from './leased-event-store';
export { LeaseTables } from './lease-tables';
export { type HeldWork, type LeaseLogger, Leases, type LeasesOptions, untilEnded } from './leases';
