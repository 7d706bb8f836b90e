import { PostgresEventStore } from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';
import { writePayments } from './authorized-payments';
import type { Bench, BenchContext, Row } from './bench';
import { BIG_LOG_ENVIRONMENT } from './million-product';
import { openBenchMerchant, startProduct } from './product';
import { sampleEvent } from './sample-events';

const IN_FLIGHT = 1000;

/** As many events, appended as fast as the store takes them. */
async function groupedAppend(url: string, due: number): Promise<number> {
  const store = await PostgresEventStore.open({ url, applicationName: 'bench' });
  const started = performance.now();
  let next = 0;
  const writer = async () => {
    while (next++ < due) {
      const streamId = `bench.due-${uuidv7()}`;
      await store.append([{ streamId, expected: 'no-stream', events: [sampleEvent()] }]);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  return seconds;
}

/** The service that makes remittances, alone as on a cluster, and everything in one process. */
const SERVICES = ['remittance', 'all-in-one'] as const;

/** Seconds from what is due at a contract to its remittance and file, in one form of the product. */
async function collected(context: BenchContext, service: string): Promise<number> {
  const url = await context.createDatabase();
  const whole = await startProduct(url, 4, BIG_LOG_ENVIRONMENT);
  const { shopId, contractId } = await openBenchMerchant(whole);
  context.say(`telecollect (${service}): writing ${context.due} due transactions`);
  await writePayments(url, { count: context.due, shopId, contractId, state: 'due' });
  await whole.caughtUp();
  await whole.close();
  const product = await startProduct(url, 4, BIG_LOG_ENVIRONMENT, service);
  try {
    await product.caughtUp();
    const started = performance.now();
    const answer = await product.post('/api/v1/remittances/telecollect', { contractId });
    const seconds = (performance.now() - started) / 1000;
    const made = (answer as { remittances: object[] }).remittances.length;
    if (made !== 1) throw new Error(`${made} remittances were made instead of one`);
    return seconds;
  } finally {
    await product.close();
  }
}

/** What is due at a contract into a remittance and its file, against appending as many events. */
export const telecollectBench: Bench = {
  name: 'telecollect',
  run: async (context) => {
    const rows: Row[] = [];
    for (const service of SERVICES) {
      const ours = await collected(context, service);
      const peer = await groupedAppend(await context.createDatabase(), context.due);
      rows.push({
        measure: `telecollect, ${service}, ${context.due} due transactions into a remittance and its file`,
        ours,
        peer: 'grouped append of as many events',
        peerFigure: peer,
        unit: 's',
        ratio: ours / peer,
        goal: { atMost: 2 },
      });
    }
    return rows;
  },
};
