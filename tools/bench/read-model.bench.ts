import { addDays, businessDayOf, instantOfEpochMillis } from '@encaisse/kernel';
import { type Bench, type BenchContext, Latencies, type Row } from './bench';
import { BIG_LOG_ENVIRONMENT, millionJournal } from './million-product';
import type { MillionLog } from './million-log';
import { type BenchProduct, startProduct } from './product';
import { runStatement } from './server';

const DEEP_PAGE = 100;
/** At one million transactions, and at ten. */
const SEARCH_GOAL_MS = 25;
const LARGE_SEARCH_GOAL_MS = 40;
const STATISTICS_GOAL_MS = 15;
const COMBINATIONS = 40;
/** Of the figures: enough answers that one in a hundred is not the slowest of all. */
const ROUNDS = 60;
const WARM_UP_ROUNDS = 10;

let started: Promise<{ product: BenchProduct; log: MillionLog }> | undefined;

/** One product on the big journal for all read benches; stopped with the process. */
export function bigProduct(context: BenchContext) {
  started ??= (async () => {
    const log = await millionJournal(context);
    const product = await startProduct(log.url, 4, BIG_LOG_ENVIRONMENT, 'backoffice');
    await passOver(log.url);
    await product.caughtUp();
    return { product, log };
  })();
  return started;
}

/** The other read models would read the log for minutes beside what is measured; nothing of theirs is asked. */
function passOver(url: string): Promise<void> {
  return runStatement(
    url,
    `update platform.projections set position = (select max(position) from event_store.events)
     where name <> 'backoffice.journal'`,
  );
}

/** Ends what the read benches share. */
export async function closeReadBenches(): Promise<void> {
  const running = await started?.catch(() => undefined);
  await running?.product.close();
}

type Page = { readonly nextCursor: string | null };

/** Every filter of TRX-02 alone, then combinations of two or three drawn with a fixed seed. */
function searches(log: MillionLog): string[] {
  const { shops, firstDay, lastDay } = log;
  const period = `from=${firstDay}&to=${lastDay}`;
  const month = `from=${addDays(lastDay, -29)}&to=${lastDay}`;
  const filters = [
    'status=REFUSED',
    'status=ACCEPTED',
    'type=DEBIT',
    'acquirerStatus=TO_SEND',
    'acquirerStatus=SENT',
    'paymentMeans=VISA',
    'wallet=APPLE_PAY',
    `shopId=${shops[0]!.shopId}`,
    `shopId=${shops[SMALL_SHOP]!.shopId}`,
    `nodeId=${shops[3]!.groupId}`,
    'contractNumber=5200013',
    'remittanceNumber=5200000-100',
    'orderReference=CMD-777-25',
    'orderReference=CMD-777%25',
    'orderReference=%2577-12%25',
    'orderReference=%25-123456',
    'amount=eq:5500',
    'amount=gte:45000',
    'amount=lte:150',
    'amount=ne:5500',
    'transactionNumber=0000500000',
    'cardholderEmail=nobody@example.com',
    'currency=EUR',
    'currency=USD',
  ];
  let state = 7;
  const draw = () => filters[(state = (state * 48_271) % 2_147_483_647) % filters.length]!;
  const combined = Array.from({ length: COMBINATIONS }, () => [draw(), draw()].join('&'));
  return [
    period,
    month,
    ...filters.map((f) => `${period}&${f}`),
    ...combined.map((c) => `${period}&${c}`),
  ];
}

const SMALL_SHOP = 39;

async function timed(latencies: Latencies, work: () => Promise<unknown>): Promise<unknown> {
  const begin = performance.now();
  const answer = await work();
  latencies.add(performance.now() - begin);
  return answer;
}

function limitRow(measure: string, latencies: Latencies, goalMs: number): Row {
  const p99 = latencies.percentile(99);
  return {
    measure,
    ours: p99,
    peer: 'the limit of the goal',
    peerFigure: goalMs,
    unit: 'ms p99',
    ratio: p99 / goalMs,
    goal: { atMost: 1 },
  };
}

async function deepPage(product: BenchProduct, search: string, latencies: Latencies) {
  let cursor: string | null = null;
  for (let page = 1; page <= DEEP_PAGE; page += 1) {
    const path = `/api/v1/transactions?${search}&limit=50${cursor === null ? '' : `&cursor=${cursor}`}`;
    const work = () => product.get(path);
    const answer = (page === DEEP_PAGE ? await timed(latencies, work) : await work()) as Page;
    cursor = answer.nextCursor;
    if (cursor === null) return;
  }
}

/** The journal over HTTP: every filter alone and combined, first page and hundredth page. */
export const searchBench: Bench = {
  name: 'search',
  run: async (context) => {
    const { product, log } = await bigProduct(context);
    const first = new Latencies();
    const deep = new Latencies();
    let slowest = { search: '', millis: 0 };
    for (let round = 0; round < 3; round += 1) {
      for (const search of searches(log)) {
        const begin = performance.now();
        await product.get(`/api/v1/transactions?${search}&limit=50`);
        const millis = performance.now() - begin;
        if (round === 0) continue;
        first.add(millis);
        if (millis > slowest.millis) slowest = { search, millis };
      }
    }
    for (const search of searches(log).slice(0, 12)) await deepPage(product, search, deep);
    context.say(`slowest first page: ${slowest.millis.toFixed(1)} ms for ${slowest.search}`);
    const goalMs = log.transactions > 1_000_000 ? LARGE_SEARCH_GOAL_MS : SEARCH_GOAL_MS;
    return [
      limitRow(`search, ${log.transactions} transactions, first page`, first, goalMs),
      limitRow(`search, ${log.transactions} transactions, 100th page`, deep, goalMs),
    ];
  },
};

/** Figures over 13 months by payment means, of any node, over HTTP. */
export const statisticsBench: Bench = {
  name: 'statistics',
  run: async (context) => {
    const { product, log } = await bigProduct(context);
    const today = businessDayOf(instantOfEpochMillis(Date.now()));
    const period = `from=${log.firstDay}&to=${today}`;
    const nodes = [
      '',
      `&nodeId=${log.brandId}`,
      `&nodeId=${log.shops[3]!.groupId}`,
      `&nodeId=${log.shops[0]!.shopId}`,
    ];
    const paths = nodes.flatMap((node) => [
      `/api/v1/statistics/dashboard?${period}${node}`,
      `/api/v1/statistics/curve?${period}&step=day&breakdown=paymentMeans${node}`,
      `/api/v1/statistics/curve?${period}&step=month&breakdown=paymentMeans${node}`,
    ]);
    const latencies = new Latencies();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const path of paths) {
        if (round < WARM_UP_ROUNDS) await product.get(path);
        else await timed(latencies, () => product.get(path));
      }
    return [
      limitRow(
        `statistics, 13 months, ${log.transactions} transactions`,
        latencies,
        STATISTICS_GOAL_MS,
      ),
    ];
  },
};
