import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Pool } from 'pg';
import { type Bench, closedLoop } from './bench';
import { sampleEvent } from './sample-events';

const STREAMS = 500;
const EVENTS = 10;
const SLICES = 4;

/** Reading a stream of ten events, parsed, against a bare SELECT of the same rows. */
export const readStreamBench: Bench = {
  name: 'read-stream',
  run: async (context) => {
    const url = await context.createDatabase();
    const store = await PostgresEventStore.open({ url });
    await Promise.all(
      Array.from({ length: STREAMS }, (_, index) =>
        store.append([
          {
            streamId: `bench.read-${index}`,
            expected: 'no-stream',
            events: Array.from({ length: EVENTS }, sampleEvent),
          },
        ]),
      ),
    );
    const pool = new Pool({ connectionString: url, max: 4 });
    let turn = 0;
    const streamId = (): string => `bench.read-${(turn += 7) % STREAMS}`;
    const ours = async (): Promise<void> => {
      const events = await store.readStream(streamId());
      if (events.length !== EVENTS) throw new Error(`${events.length} events were read`);
    };
    const peer = async (): Promise<void> => {
      await pool.query({
        name: 'plain-select',
        text: 'select * from event_store.events where stream_id = $1 order by version',
        values: [streamId()],
      });
    };
    const rates = { ours: [] as number[], peer: [] as number[] };
    for (let slice = 0; slice < SLICES; slice += 1) {
      rates.ours.push((await closedLoop(1, context.seconds / SLICES, ours)).perSecond);
      rates.peer.push((await closedLoop(1, context.seconds / SLICES, peer)).perSecond);
    }
    await store.close();
    await pool.end();
    const middle = (values: number[]): number => values.sort((a, b) => a - b)[SLICES / 2]!;
    const [oursRate, peerRate] = [middle(rates.ours), middle(rates.peer)];
    return [
      {
        measure: 'read-stream, 10 events',
        ours: oursRate,
        peer: 'bare SELECT of the same rows',
        peerFigure: peerRate,
        unit: 'reads/s',
        ratio: oursRate / peerRate,
        goal: { atLeast: 0.7 },
      },
    ];
  },
};
