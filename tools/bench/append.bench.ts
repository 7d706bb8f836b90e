import { PostgresEventStore } from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';
import { type Bench, type BenchContext, type Row, type Throughput, closedLoop } from './bench';
import { openEmmett } from './peers/emmett';
import { openMessageDb } from './peers/message-db';
import { peerFolder } from './peers/peer-folder';
import { samplePeerEvent } from './peers/sample';
import { openPlainTable } from './plain-table';
import { sampleEvent } from './sample-events';

const CASES = [
  { writers: 1, goal: 0.9 },
  { writers: 8, goal: 1 },
  { writers: 32, goal: 2 },
  { writers: 256, goal: 4 },
] as const;

/** Writers of the comparison with other event stores. */
const PEER_WRITERS = 32;
/** More connections than this only make the peer slower on a few cores. */
const PEER_CONNECTIONS = 32;
/** Both sides alternate, so that a busy moment of the machine meets both. */
const SLICES = 4;

type Sides = { readonly ours: () => Promise<void>; readonly peer: () => Promise<void> };

async function alternate(
  writers: number,
  seconds: number,
  { ours, peer }: Sides,
): Promise<{ ours: Throughput; peer: Throughput }> {
  const results: { ours: Throughput[]; peer: Throughput[] } = { ours: [], peer: [] };
  for (let slice = 0; slice < SLICES; slice += 1) {
    const isOursFirst = slice % 2 === 0;
    for (const side of isOursFirst ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)) {
      const request = side === 'ours' ? ours : peer;
      results[side].push(await closedLoop(writers, seconds / SLICES, request));
    }
  }
  return { ours: together(results.ours), peer: together(results.peer) };
}

/** The median slice: a pause of the machine inside one slice does not decide. */
function together(slices: readonly Throughput[]): Throughput {
  const sorted = [...slices].sort((left, right) => left.perSecond - right.perSecond);
  return sorted[Math.floor(sorted.length / 2)]!;
}

async function compare(context: BenchContext, writers: number, goal: number): Promise<Row[]> {
  const url = await context.createDatabase();
  const store = await PostgresEventStore.open({ url });
  const plain = await openPlainTable(url, Math.min(writers, PEER_CONNECTIONS));
  const append = async (): Promise<void> => {
    const streamId = `bench.ours-${uuidv7()}`;
    const result = await store.append([
      { streamId, expected: 'no-stream', events: [sampleEvent()] },
    ]);
    if (result.kind !== 'appended') throw new Error(`append answered ${result.kind}`);
  };
  const sides = { ours: append, peer: plain.insert };
  await closedLoop(writers, 0.5, append);
  await closedLoop(writers, 0.5, plain.insert);
  const { ours, peer } = await alternate(writers, context.seconds, sides);
  await store.close();
  await plain.close();
  const label = `append, ${writers} ${writers === 1 ? 'writer' : 'writers'}`;
  const latency = (side: Throughput): string =>
    `p50 ${side.latencies.percentile(50).toFixed(2)} p99 ${side.latencies.percentile(99).toFixed(2)} ms`;
  context.say(`${label}: ours ${latency(ours)}, one INSERT ${latency(peer)}`);
  const rows: Row[] = [
    {
      measure: label,
      ours: ours.perSecond,
      peer: 'one INSERT of the same row per transaction',
      peerFigure: peer.perSecond,
      unit: 'events/s',
      ratio: ours.perSecond / peer.perSecond,
      goal: { atLeast: goal },
    },
  ];
  if (writers === 256) rows.push(tailLatency(label, ours, peer));
  if (writers === PEER_WRITERS) rows.push(...(await againstPeers(context, ours.perSecond)));
  return rows;
}

/** The same event through other event stores, each on a database of its own on the same server. */
async function againstPeers(context: BenchContext, ours: number): Promise<Row[]> {
  const folder = await peerFolder(context.say);
  const peers = [
    await openEmmett(await context.createDatabase(), folder),
    await openMessageDb(await context.createDatabase(), folder, PEER_CONNECTIONS),
  ];
  const rows: Row[] = [];
  for (const peer of peers) {
    const append = () => peer.append(uuidv7(), samplePeerEvent());
    await closedLoop(PEER_WRITERS, 0.5, append);
    const { perSecond } = await closedLoop(PEER_WRITERS, context.seconds / 2, append);
    await peer.close();
    rows.push({
      measure: `append, ${PEER_WRITERS} writers, against ${peer.name}`,
      ours,
      peer: peer.name,
      peerFigure: perSecond,
      unit: 'events/s',
      ratio: ours / perSecond,
      goal: { atLeast: 6 },
    });
  }
  return rows;
}

function tailLatency(label: string, ours: Throughput, peer: Throughput): Row {
  const p99 = ours.latencies.percentile(99);
  const p50 = peer.latencies.percentile(50);
  return {
    measure: `${label}, p99`,
    ours: p99,
    peer: 'p50 of one INSERT',
    peerFigure: p50,
    unit: 'ms',
    ratio: p99 / p50,
    goal: { atMost: 2 },
  };
}

/** Grouped commit against what plain SQL does with the same row, driver and durability. */
export const appendBench: Bench = {
  name: 'append',
  run: async (context) => {
    const rows: Row[] = [];
    for (const { writers, goal } of CASES) rows.push(...(await compare(context, writers, goal)));
    return rows;
  },
};
