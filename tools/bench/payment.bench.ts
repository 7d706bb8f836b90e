import { connect } from 'node:net';
import { Pool } from 'undici';
import { uuidv7 } from 'uuidv7';
import { type Bench, type BenchContext, closedLoop, type Row, type Throughput } from './bench';
import { startChild } from './child-service';
import { freePort } from '@encaisse/testing';
import { costOf, cpuTimes, type PaymentCost, shownCost } from './cpu-times';
import { BIG_LOG_ENVIRONMENT } from './million-product';
import { benchCard, openBenchMerchant, startProduct } from './product';
import { residentBytes } from './resident-memory';

const CLIENTS = 32;
const CUSTOMERS = 2000;
const SLICES = 3;
const MEMORY_GOAL_MB = 450;
/** The service that takes payments, alone as on a cluster, and everything in one process. */
const SERVICES = ['authorization', 'all-in-one'] as const;

function sender(client: Pool, path: string, token: string, contractId: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  let customer = 0;
  return async (): Promise<void> => {
    customer = (customer + 1) % CUSTOMERS;
    const body = JSON.stringify({
      id: uuidv7(),
      contractId,
      orderReference: `CMD-${customer}`,
      amount: { minor: 5500, currency: 'EUR' },
      card: { number: benchCard(customer), expiry: '4912', verificationCode: '123' },
    });
    const answer = await client.request({ method: 'POST', path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 201) throw new Error(`${path}: ${text}`);
  };
}

/**
 * A payment over HTTP, checked, its card sealed, durable before and after the ISO 8583 call; against a
 * bare server that makes the same socket trip and one INSERT. Both ask one simulator of its own process.
 */
export const paymentBench: Bench = {
  name: 'payment',
  run: async (context) => {
    const simulatorPort = await freePort();
    const simulator = await startChild(
      'tools/bench/simulator',
      { ACQUIRER_SIMULATOR_PORT: String(simulatorPort) },
      () => isListening(simulatorPort),
    );
    const bare = await startBare(await context.createDatabase(), simulatorPort);
    try {
      const rows: Row[] = [];
      for (const service of SERVICES)
        rows.push(...(await compare(context, service, simulatorPort, bare)));
      return rows;
    } finally {
      await bare.close();
      await simulator.stop();
    }
  },
};

/** One form of the product against the bare server, in turns. */
async function compare(
  context: BenchContext,
  service: string,
  simulatorPort: number,
  bare: Awaited<ReturnType<typeof startBare>>,
): Promise<Row[]> {
  const url = await context.createDatabase();
  const environment = { ACQUIRER_URL: `tcp://127.0.0.1:${simulatorPort}`, ...BIG_LOG_ENVIRONMENT };
  const whole = await startProduct(url, CLIENTS, environment);
  const { contractId } = await openBenchMerchant(whole);
  await whole.close();
  const product = await startProduct(url, CLIENTS, environment, service);
  try {
    const ours = sender(product.client, '/api/v1/payments', product.token, contractId);
    const peer = sender(bare.client, '/payments', '', contractId);
    await closedLoop(CLIENTS, 3, ours);
    await closedLoop(CLIENTS, 2, peer);
    const slices: { ours: Throughput[]; peer: Throughput[] } = { ours: [], peer: [] };
    const costs: { ours: PaymentCost[]; peer: PaymentCost[] } = { ours: [], peer: [] };
    for (let slice = 0; slice < SLICES; slice += 1) {
      const seconds = context.seconds / SLICES;
      const mine = await measured(ours, seconds, product.child.pid);
      slices.ours.push(mine.throughput);
      costs.ours.push(mine.cost);
      const theirs = await measured(peer, seconds, bare.pid);
      slices.peer.push(theirs.throughput);
      costs.peer.push(theirs.cost);
    }
    context.say(`payment (${service}): ${shownCost(costs.ours)} a payment`);
    context.say(`payment (bare): ${shownCost(costs.peer)} a payment`);
    const rows = rowsOf(service, median(slices.ours), median(slices.peer), context.say);
    return service === 'all-in-one' ? [...rows, memoryRow(product.child.pid)] : rows;
  } finally {
    await product.close();
  }
}

/** One slice of a side: how fast, and for how much of the processors. */
async function measured(request: () => Promise<void>, seconds: number, pid: number) {
  const before = cpuTimes(pid);
  const throughput = await closedLoop(CLIENTS, seconds, request);
  return { throughput, cost: costOf(before, cpuTimes(pid), throughput.latencies.count) };
}

async function startBare(url: string, simulatorPort: number) {
  const port = await freePort();
  const child = await startChild(
    'tools/bench/bare-payment-server',
    { DATABASE_URL: url, PORT: String(port), ACQUIRER_SIMULATOR_PORT: String(simulatorPort) },
    () => isListening(port),
  );
  const client = new Pool(`http://127.0.0.1:${port}`, { connections: CLIENTS, pipelining: 1 });
  return {
    client,
    pid: child.pid,
    close: async () => {
      await client.destroy();
      await child.stop();
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function median(slices: readonly Throughput[]): Throughput {
  const sorted = [...slices].sort((left, right) => left.perSecond - right.perSecond);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** What the one process holds right after the load. */
function memoryRow(pid: number): Row {
  const ours = residentBytes(pid) / (1024 * 1024);
  return {
    measure: 'memory, all-in-one process, under payment load',
    ours,
    peer: 'the limit of the goal',
    peerFigure: MEMORY_GOAL_MB,
    unit: 'MB',
    ratio: ours / MEMORY_GOAL_MB,
    goal: { atMost: 1 },
  };
}

function rowsOf(
  service: string,
  ours: Throughput,
  peer: Throughput,
  say: (text: string) => void,
): Row[] {
  const p99 = (side: Throughput) => side.latencies.percentile(99);
  say(
    `payment (${service}): ours p99 ${p99(ours).toFixed(1)} ms, bare p99 ${p99(peer).toFixed(1)} ms`,
  );
  return [
    {
      measure: `payment, ${service}, ${CLIENTS} clients`,
      ours: ours.perSecond,
      peer: 'bare server, same socket trip, one INSERT',
      peerFigure: peer.perSecond,
      unit: 'payments/s',
      ratio: ours.perSecond / peer.perSecond,
      goal: { atLeast: 0.8 },
    },
    {
      measure: `payment, ${service}, ${CLIENTS} clients, p99`,
      ours: p99(ours),
      peer: 'p99 of the bare server',
      peerFigure: p99(peer),
      unit: 'ms',
      ratio: p99(ours) / p99(peer),
      goal: { atMost: 2 },
    },
  ];
}
