import { appendBench } from './append.bench';
import type { Bench } from './bench';
import { paymentBench } from './payment.bench';
import { searchBench, statisticsBench } from './read-model.bench';
import { readStreamBench } from './read-stream.bench';
import { rebuildBench } from './rebuild.bench';
import { replayBench } from './replay.bench';

/** The benches of `npm run bench`, in the order in which they run. */
export const BENCHES: readonly Bench[] = [
  appendBench,
  readStreamBench,
  paymentBench,
  replayBench,
  rebuildBench,
  searchBench,
  statisticsBench,
];
