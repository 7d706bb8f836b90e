import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Client } from 'pg';
import type { Bench } from './bench';
import { millionJournal } from './million-product';

const BATCH = 1000;

async function subscribed(url: string, events: number): Promise<number> {
  const store = await PostgresEventStore.open({ url, applicationName: 'bench' });
  const started = performance.now();
  let seen = 0;
  let total = 0;
  await new Promise<void>((resolve, reject) => {
    const subscription = store.subscribeToAll({
      after: 0,
      batchSize: BATCH,
      onBatch: (batch) => {
        for (const { type } of batch) if (type === 'PaymentAccepted') total += 1;
        seen += batch.length;
        if (seen >= events) resolve();
        return Promise.resolve();
      },
    });
    subscription.done.catch(reject);
  });
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  if (total === 0) throw new Error('nothing was folded');
  return seen / seconds;
}

async function bareCursor(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const started = performance.now();
  await client.query('begin');
  await client.query(
    'declare bare cursor for select position, body from event_store.events order by position',
  );
  let seen = 0;
  let total = 0;
  for (;;) {
    const { rows } = await client.query<{ body: string }>(`fetch ${BATCH} from bare`);
    if (rows.length === 0) break;
    for (const { body } of rows)
      if ((JSON.parse(body) as { type: string }).type === 'PaymentAccepted') total += 1;
    seen += rows.length;
  }
  const seconds = (performance.now() - started) / 1000;
  await client.end();
  if (total === 0) throw new Error('nothing was folded');
  return seen / seconds;
}

/** The whole log through a subscription into a fold, against a bare cursor that parses as well. */
export const replayBench: Bench = {
  name: 'replay',
  run: async (context) => {
    const { log } = await millionJournal(context);
    const ours = await subscribed(log.url, log.events);
    const peer = await bareCursor(log.url);
    return [
      {
        measure: 'replay through a subscription and a fold',
        ours,
        peer: 'bare cursor read with JSON parse',
        peerFigure: peer,
        unit: 'events/s',
        ratio: ours / peer,
        goal: { atLeast: 0.8 },
      },
    ];
  },
};
