import { Pool } from 'undici';
import { uuidv7 } from 'uuidv7';
import { writePayments } from './authorized-payments';
import { type Bench, closedLoop, median, type Row, type Throughput } from './bench';
import { startChild } from './child-service';
import { freePort } from '@encaisse/testing';
import { BIG_LOG_ENVIRONMENT } from './million-product';
import { type BenchProduct, openBenchMerchant, startProduct } from './product';

const CLIENTS = 32;
const SLICES = 3;
/** More than either side gets through. */
const PREPARED_PER_SECOND = 4000;

type Step = { readonly operation: string; readonly body: object };

/** A capture, then a cancel, each on a transaction of its own. */
function steps(ids: readonly string[]) {
  let next = 0;
  return (): { readonly id: string } & Step => {
    const index = next++;
    const id = ids[index];
    if (id === undefined) throw new Error('too few transactions were prepared');
    const operation = index % 2 === 0 ? 'capture' : 'cancel';
    return { id, operation, body: { id: uuidv7() } };
  };
}

function sender(client: Pool, token: string, take: () => { readonly id: string } & Step) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (): Promise<void> => {
    const { id, operation, body } = take();
    const path = `/api/v1/transactions/${id}/${operation}`;
    const text = JSON.stringify(body);
    const answer = await client.request({ method: 'POST', path, headers, body: text });
    const got = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path}: ${got}`);
  };
}

/** Captures and cancels over HTTP, against a bare server with one SELECT and one INSERT a request. */
export const cashBench: Bench = {
  name: 'cash',
  run: async (context) => {
    const url = await context.createDatabase();
    const whole = await startProduct(url, CLIENTS, BIG_LOG_ENVIRONMENT);
    const { shopId, contractId } = await openBenchMerchant(whole);
    await whole.close();
    const count = 2 * Math.ceil(((context.seconds + 3) * PREPARED_PER_SECOND) / 2);
    context.say(`cash: writing ${count} payments, half of them to capture`);
    const half = { count: count / 2, shopId, contractId };
    const toCapture = await writePayments(url, { ...half, state: 'authorized' });
    const toCancel = await writePayments(url, { ...half, state: 'due' });
    const ids = toCapture.flatMap((id, index) => [id, toCancel[index] ?? id]);
    const product = await startProduct(url, CLIENTS, BIG_LOG_ENVIRONMENT, 'cashdesk');
    const bare = await startBare(await context.createDatabase());
    try {
      return [await compare(context.seconds, product, bare.client, ids)];
    } finally {
      await bare.close();
      await product.close();
    }
  },
};

async function compare(
  seconds: number,
  product: BenchProduct,
  bare: Pool,
  ids: readonly string[],
): Promise<Row> {
  const ours = sender(product.client, product.token, steps(ids));
  const peer = sender(bare, '', steps(ids));
  await closedLoop(CLIENTS, 2, ours);
  await closedLoop(CLIENTS, 1, peer);
  const slices: { ours: Throughput[]; peer: Throughput[] } = { ours: [], peer: [] };
  for (let slice = 0; slice < SLICES; slice += 1) {
    slices.ours.push(await closedLoop(CLIENTS, seconds / SLICES, ours));
    slices.peer.push(await closedLoop(CLIENTS, seconds / SLICES, peer));
  }
  const speedsOf = (side: readonly Throughput[]) => side.map(({ perSecond }) => perSecond);
  const [mine, theirs] = [median(speedsOf(slices.ours)), median(speedsOf(slices.peer))];
  return {
    measure: `cash, captures and cancels over HTTP, ${CLIENTS} clients`,
    ours: mine,
    peer: 'bare server, one SELECT and one INSERT',
    peerFigure: theirs,
    unit: 'operations/s',
    ratio: mine / theirs,
    goal: { atLeast: 0.8 },
  };
}

async function startBare(url: string) {
  const port = await freePort();
  const client = new Pool(`http://127.0.0.1:${port}`, { connections: CLIENTS, pipelining: 1 });
  const child = await startChild(
    'tools/bench/bare-cash-server',
    { DATABASE_URL: url, PORT: String(port) },
    async () => {
      const { statusCode, body } = await client.request({ method: 'GET', path: '/ready' });
      await body.dump();
      return statusCode === 200;
    },
  );
  return {
    client,
    close: async () => {
      await client.destroy();
      await child.stop();
    },
  };
}
