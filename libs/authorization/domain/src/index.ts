export * from './acquirer/refusal-reason';
export * from './blocked-card/block-card';
export * from './blocked-card/blocked-card';
export * from './blocked-card/blocked-card-events';
