import { appendBench } from './append.bench';
import type { Bench } from './bench';
import { cashBench } from './cash.bench';
import { exportBench } from './export.bench';
import { paymentBench } from './payment.bench';
import { searchBench, statisticsBench } from './read-model.bench';
import { relayBench } from './relay.bench';
import { readStreamBench } from './read-stream.bench';
import { rebuildBench } from './rebuild.bench';
import { replayBench } from './replay.bench';
import { startBench } from './start.bench';
import { telecollectBench } from './telecollect.bench';

/** The benches of `npm run bench`, in the order in which they run. */
export const BENCHES: readonly Bench[] = [
  appendBench,
  readStreamBench,
  paymentBench,
  cashBench,
  telecollectBench,
  relayBench,
  startBench,
  replayBench,
  rebuildBench,
  searchBench,
  statisticsBench,
  exportBench,
];
