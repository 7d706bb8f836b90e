import { setTimeout as pause } from 'node:timers/promises';
import { addDays, businessDayOf, instantOfEpochMillis, parisInstant } from '@encaisse/kernel';
import { DemoFailure, Interrupted, ProductGone } from '../demo-failure';
import type { DrivenProduct } from '../product/driven-product';
import { problemOf, type ProductApi } from '../product/product-api';
import { playEvening, releaseClock } from '../product/product-clock';
import { readLog } from '../product/read-events';
import { progressBar } from '../progress-bar';
import { figuresOfApi } from '../summary/api-figures';
import { compareFigures } from '../summary/compare-figures';
import { figureTable } from '../summary/print-figures';
import {
  BRAND_ID,
  findMonth,
  isMonthOpen,
  MONTH_SHOP_NAMES,
  openMonth,
  SHOP_IDS,
} from './month-place';
import { type MonthDay, type MonthStep, planMonth } from './month-plan';

export type MonthDemo = {
  readonly product: DrivenProduct;
  /** Days up to yesterday; 30 unless told otherwise. */
  readonly dayCount?: number | undefined;
  readonly say: (line: string) => void;
  readonly isStopping: () => boolean;
};

const SLOW_ANSWER_MILLIS = 60;
const SENT_MILLIS = 10_000;
const POLL_MILLIS = 100;

/** Loads a month of trade where it stands, shows its figures and what to try next. */
export async function demonstrateMonth(demo: MonthDemo): Promise<void> {
  for (;;) {
    try {
      const days = await load(demo);
      await releaseClock(demo.product.api);
      return await tell(demo, days);
    } catch (error) {
      if (error instanceof Interrupted) await releaseClock(demo.product.api);
      if (!(error instanceof ProductGone)) throw error;
      await demo.product.revive(error);
    }
  }
}

async function load({
  product,
  dayCount,
  say,
  isStopping,
}: MonthDemo): Promise<readonly MonthDay[]> {
  const { api } = product;
  const today = businessDayOf(instantOfEpochMillis(Date.now()));
  const lastDay = (await findMonth(api)) ?? addDays(today, -1);
  const days = planMonth(lastDay, dayCount);
  const done = await idsInLog(api);
  const from = days.findIndex(({ steps }) => steps.some(({ id }) => !done.has(id)));
  if (from < 0) {
    say('Le mois est déjà chargé : rien n’est ajouté.');
    return days;
  }
  if (!(await isMonthOpen(api))) await openMonth(api, days[0]!.day, lastDay);
  const left = days.slice(from);
  say(`Un mois de commerce, du ${left[0]!.day} au ${lastDay}.`);
  const count = left.reduce((sum, { steps }) => sum + steps.length, 0);
  const bar = progressBar(count, 'Commerce', say);
  try {
    for (const day of left) {
      if (isStopping()) throw new Interrupted();
      await play(api, day, () => bar.step());
    }
  } finally {
    bar.stop();
  }
  return days;
}

/** The ids of everything that was done: a step whose id is there needs no second sending. */
async function idsInLog(api: ProductApi): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const { data } of (await readLog(api)).events)
    for (const field of ['transactionId', 'operationId', 'sendingId', 'refundId'])
      if (typeof data[field] === 'string') ids.add(data[field]);
  return ids;
}

async function play(api: ProductApi, { day, steps }: MonthDay, onStep: () => void): Promise<void> {
  const inFlight: Promise<void>[] = [];
  for (const step of steps) {
    await api.setClock(step.at);
    const answer = send(api, step).then(onStep);
    if (step.isSlow) {
      answer.catch(() => undefined);
      inFlight.push(answer);
      await Promise.race([answer, pause(SLOW_ANSWER_MILLIS)]);
    } else await answer;
  }
  await Promise.all(inFlight);
  await playEvening(api, parisInstant(day, '23:00:00'));
}

/** An operation on a payment that a breakdown refused is refused too: the month goes on without it. */
async function send(api: ProductApi, { kind, path, body }: MonthStep): Promise<void> {
  const { status, body: answer } = await api.post(path, body);
  const isRefusal = status >= 400 && status < 500 && status !== 401 && status !== 400;
  if (status >= 300 && !isRefusal)
    throw new DemoFailure(`POST ${path} : ${problemOf(status, answer)}`);
  if (kind === 'send' && status < 300) await untilSent(api, String(answer['transactionId']));
}

/** A sending by hand is carried out after its answer. */
async function untilSent(api: ProductApi, transactionId: string): Promise<void> {
  for (let waited = 0; waited < SENT_MILLIS; waited += POLL_MILLIS) {
    const { acquirerStatus } = (await api.get(`/api/v1/transactions/${transactionId}`)) as {
      acquirerStatus: string;
    };
    if (acquirerStatus === 'SENT') return;
    await pause(POLL_MILLIS);
  }
}

async function tell({ product, say }: MonthDemo, days: readonly MonthDay[]): Promise<void> {
  const { api, url } = product;
  const period = { from: days[0]!.day, to: days.at(-1)!.day };
  const figures = await figuresOfApi(api, BRAND_ID, SHOP_IDS, period, 'EUR');
  const calculations = [{ name: 'EUR', figures }];
  say(figureTable(compareFigures(calculations), calculations, MONTH_SHOP_NAMES));
  const scope = `nodeId=${BRAND_ID}&from=${period.from}&to=${period.to}`;
  const curl = (path: string) => `  curl -H "Authorization: Bearer $TOKEN" '${url}${path}'`;
  say(
    [
      '',
      product.isOurs
        ? 'À essayer, le produit lancé par npm start (il affiche TOKEN) :'
        : 'À essayer (TOKEN : celui que npm start affiche) :',
      curl(`/api/v1/nodes`),
      curl(`/api/v1/transactions?${scope}&status=REFUSED&limit=5`),
      curl(`/api/v1/statistics/dashboard?${scope}`),
      curl(`/api/v1/statistics/curve?${scope}&step=week&breakdown=paymentMeans`),
      curl(`/api/v1/remittances?${scope}&limit=5`),
      `  ${url}/api/docs`,
      '  npm run demo -- --trade ../shared/data/cdnow-sample.csv',
    ].join('\n'),
  );
}
