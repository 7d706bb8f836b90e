import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { type Bench, type BenchContext, median, type Row } from './bench';
import { millionJournal } from './million-product';
import { openEmmett } from './peers/emmett';
import { openMessageDb } from './peers/message-db';
import { peerFolder } from './peers/peer-folder';
import { samplePeerEvent } from './peers/sample';

const BATCH = 1000;
/** Of a log of some millions. */
const EVENTS = 1_000_000;
const PEER_EVENTS = 100_000;
/** Each side in turns: the first to read brings the log from the disk for the other. */
const ROUNDS = 3;

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

async function bareCursor(url: string, events: number): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const started = performance.now();
  await client.query('begin');
  await client.query(
    'declare bare cursor for select position, body from event_store.events order by position',
  );
  let seen = 0;
  let total = 0;
  while (seen < events) {
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

/** Other event stores read through what they offer for projections, on a smaller log of their own. */
async function againstPeers(context: BenchContext, ours: number): Promise<Row[]> {
  const folder = await peerFolder(context.say);
  const peers = [
    { goal: 1, peer: await openMessageDb(await context.createDatabase(), folder, 2) },
    { goal: 10, peer: await openEmmett(await context.createDatabase(), folder) },
  ];
  const rows: Row[] = [];
  for (const { goal, peer } of peers) {
    context.say(`replay: ${peer.name} is filled with ${PEER_EVENTS} events`);
    await peer.fill(PEER_EVENTS, samplePeerEvent);
    const started = performance.now();
    let total = 0;
    await peer.replay(PEER_EVENTS, (type) => (total += type === 'PaymentRequested' ? 1 : 0));
    const perSecond = total / ((performance.now() - started) / 1000);
    await peer.close();
    rows.push({
      measure: `replay, against ${peer.name}`,
      ours,
      peer: peer.name,
      peerFigure: perSecond,
      unit: 'events/s',
      ratio: ours / perSecond,
      goal: { atLeast: goal },
    });
  }
  return rows;
}

/** A million events through a subscription into a fold, against a bare cursor that parses as well. */
export const replayBench: Bench = {
  name: 'replay',
  run: async (context) => {
    const log = await millionJournal(context);
    const events = Math.min(EVENTS, log.events);
    await bareCursor(log.url, events);
    const speeds: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      speeds.ours.push(await subscribed(log.url, events));
      speeds.peer.push(await bareCursor(log.url, events));
    }
    const [ours, peer] = [median(speeds.ours), median(speeds.peer)];
    return [
      ...(await againstPeers(context, ours)),
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
