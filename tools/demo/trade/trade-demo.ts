import { setTimeout as pause } from 'node:timers/promises';
import { addDays, businessDayOf, instantOfEpochMillis } from '@encaisse/kernel';
import { Interrupted, ProductGone } from '../demo-failure';
import { expectedTrade } from '../expected-trade';
import { figuresOfEvents, foldEvents, interruptedAttempts } from '../fold-events';
import type { DrivenProduct } from '../product/driven-product';
import { releaseClock } from '../product/product-clock';
import { type ReadLog, readLog } from '../product/read-events';
import { progressBar } from '../progress-bar';
import { figuresOfApi } from '../summary/api-figures';
import { type Calculation, compareFigures, withInterruptions } from '../summary/compare-figures';
import { differenceLines, figureTable } from '../summary/print-figures';
import { type ReplayReport, TradeReplay } from './replay-trade';
import { planTrade, type TradePlan } from './trade-plan';
import {
  findTradePlace,
  isOpen,
  openTradePlace,
  placeOf,
  SHOP_NAMES,
  type TradePlace,
} from './trade-place';
import { TradeProgress } from './trade-progress';

export type TradeDemo = {
  readonly product: DrivenProduct;
  readonly csvText: string;
  /** Plays the first days only. */
  readonly limitDays?: number | undefined;
  readonly say: (line: string) => void;
  readonly isStopping: () => boolean;
};

const SHOWN_SURPRISES = 10;
const SETTLE_MILLIS = 30_000;
const POLL_MILLIS = 500;

/** Replays a trade where it stands, then compares three calculations of it. True when they agree. */
export async function demonstrateTrade(demo: TradeDemo): Promise<boolean> {
  for (;;) {
    try {
      const { place, plan } = await replay(demo);
      await releaseClock(demo.product.api);
      return await compare(demo, place, plan);
    } catch (error) {
      if (error instanceof Interrupted) await releaseClock(demo.product.api);
      if (!(error instanceof ProductGone)) throw error;
      await demo.product.revive(error);
    }
  }
}

async function replay({ product, csvText, limitDays, say, isStopping }: TradeDemo) {
  const { api } = product;
  const place = (await findTradePlace(api)) ?? placeOf(yesterday());
  const plan = planTrade(csvText, place.lastDay, limitDays);
  tellPlan(plan, say);
  const progress = new TradeProgress(foldEvents((await readLog(api)).events), place);
  const fromDay = progress.firstUnfinishedDay(plan);
  const stepsLeft = plan.days.slice(fromDay).reduce((sum, { steps }) => sum + steps.length, 0);
  if (!(await isOpen(api))) await openTradePlace(api, place, plan.firstDay);
  if (fromDay > 0)
    say(
      fromDay < plan.days.length
        ? `Reprise au ${plan.days[fromDay]?.day ?? ''} : ce qui précède est déjà fait.`
        : 'Tout est déjà fait : rien n’est ajouté.',
    );
  if (stepsLeft > 0 || fromDay < plan.days.length) {
    const bar = progressBar(stepsLeft, 'Rejeu', say);
    const onStep = () => bar.step();
    const run = new TradeReplay({ api, plan, place, progress, onStep, isStopping });
    const startedAt = performance.now();
    try {
      await run.run(fromDay);
    } finally {
      bar.stop();
    }
    tellReport(run.report, performance.now() - startedAt, say);
  }
  return { place, plan };
}

async function compare(
  { product, csvText, limitDays, say }: TradeDemo,
  place: TradePlace,
  plan: TradePlan,
): Promise<boolean> {
  const { api } = product;
  const { shopIds } = place;
  const log = await settledLog(product, place);
  const trade = foldEvents(log.events);
  const interruptions = interruptedAttempts(trade, shopIds);
  const period = { from: plan.firstDay, to: plan.lastDay };
  const expected = withInterruptions(expectedTrade(csvText, limitDays), interruptions);
  const calculations: Calculation[] = [
    { name: 'API', figures: await figuresOfApi(api, place.brandId, shopIds, period, 'USD') },
    { name: 'événements', figures: figuresOfEvents(trade, shopIds) },
    { name: 'fichier', figures: expected },
  ];
  const compared = compareFigures(calculations);
  say(figureTable(compared, calculations, SHOP_NAMES));
  say('');
  const count = interruptions.reduce((sum, one) => sum + one, 0);
  if (count > 0)
    say(
      `${count} tentative(s) interrompue(s) par un arrêt, refusée(s) puis refaite(s) sous un autre identifiant : comptée(s) dans les refus, que le fichier ne peut pas connaître.`,
    );
  const differences = [
    ...differenceLines(compared, calculations, SHOP_NAMES),
    ...trade.gaps.map((gap) => `il manque un événement au journal : ${gap}`),
    ...(log.missingCount > 0 ? [`il manque ${log.missingCount} position(s) au journal`] : []),
  ];
  if (differences.length === 0) say('Les trois calculs concordent, au centime.');
  else say(['Les trois calculs ne concordent pas :', ...differences].join('\n  '));
  return differences.length === 0;
}

/** The log once every payment has an outcome: late reversals may still be on their way. */
async function settledLog({ api }: DrivenProduct, { shopIds }: TradePlace): Promise<ReadLog> {
  for (let waited = 0; ; waited += POLL_MILLIS) {
    const log = await readLog(api);
    const isSettled = [...foldEvents(log.events).transactions.values()].every(
      ({ shopId, status }) =>
        !shopIds.includes(shopId) || (status !== null && status !== 'PENDING'),
    );
    if (isSettled || waited >= SETTLE_MILLIS) return log;
    await pause(POLL_MILLIS);
  }
}

function yesterday() {
  return addDays(businessDayOf(instantOfEpochMillis(Date.now())), -1);
}

function tellPlan(plan: TradePlan, say: (line: string) => void): void {
  const { firstDay, lastDay, days, stepCount, leftOut, emptyRefunds } = plan;
  say(`Commerce du ${firstDay} au ${lastDay} : ${days.length} jours, ${stepCount} opérations.`);
  if (leftOut.length > 0)
    say(
      `${leftOut.length} ligne(s) à 0,00 laissée(s) de côté, un paiement de zéro n’en est pas un : lignes ${leftOut.map(({ line }) => line).join(', ')}.`,
    );
  if (emptyRefunds.length > 0)
    say(`${emptyRefunds.length} remboursement(s) de zéro laissé(s) de côté.`);
}

function tellReport(report: ReplayReport, millis: number, say: (line: string) => void): void {
  const seconds = (millis / 1000).toFixed(1);
  const { sentCount, replayedCount, interrupted, surprises } = report;
  const again = replayedCount > 0 ? `, dont ${replayedCount} déjà connues du produit` : '';
  say(`${sentCount} opérations envoyées en ${seconds} s${again}.`);
  for (const reference of interrupted)
    say(`Paiement ${reference} : refusé pour une raison technique, refait.`);
  for (const surprise of surprises.slice(0, SHOWN_SURPRISES)) say(`Inattendu : ${surprise}`);
  if (surprises.length > SHOWN_SURPRISES)
    say(`… et ${surprises.length - SHOWN_SURPRISES} autres réponses inattendues.`);
  if (surprises.some((surprise) => surprise.includes('id-reused')))
    say(
      'Ce produit contient un autre commerce sous les mêmes identifiants : prenez un autre DATA_DIR.',
    );
}
