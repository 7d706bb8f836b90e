export * from './acquirer/refusal-reason';
