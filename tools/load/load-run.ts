import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import type { TradeFigures } from '../demo/figures';
import { ProductApi } from '../demo/product/product-api';
import { figuresOfApi } from '../demo/summary/api-figures';
import { type ComparedFigure, compareFigures } from '../demo/summary/compare-figures';
import { type CommandFaults, checkCommands } from '../torture/accounting/check-commands';
import { checkMoney } from '../torture/accounting/check-money';
import { GrowingLog } from '../torture/accounting/folded-log';
import { type Stroke, execute } from '../torture/executioner';
import type { Command } from '../torture/load/command';
import { type LoadMerchant, openLoadMerchant } from '../torture/load/merchant';
import { ProductClient } from '../torture/load/product-client';
import { healFleet } from '../torture/product-torture';
import { type Arrangement, Fleet } from '../torture/world/fleet';
import { exportLog, figuresOfPython, hasPython } from './accounts/python-figures';
import { figuresOfSql } from './accounts/sql-figures';
import { ArrivalLoad, type Timing } from './arrival-load';

export type LoadOptions = {
  readonly folder: string;
  readonly arrangement: Arrangement;
  readonly seconds: number;
  readonly rate: number;
  readonly seed: number;
  /** Seconds between two kills; null for none. */
  readonly killEvery: number | null;
  /** The workspace, where the reference fold lies. */
  readonly root: string;
  readonly say: (line: string) => void;
  /** Falsifies the export that the reference fold reads, as a negative control. */
  readonly spoilExport?: (file: string) => void;
};

export type LoadReport = {
  readonly commands: readonly Command[];
  readonly timings: readonly Timing[];
  readonly shed: number;
  readonly strokes: readonly Stroke[];
  readonly events: number;
  readonly faults: CommandFaults;
  readonly otherFaults: readonly string[];
  /** The names of the calculations, in the order of the values compared. */
  readonly calculations: readonly string[];
  readonly figures: readonly ComparedFigure[];
};

const SHOPS = 4;
const POSITION_MILLIS = 60_000;

/** Load at a constant rate, then the accounts: of each command, and of the money in three ways. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { folder, arrangement, seconds, seed, rate } = options;
  const fleet = await Fleet.start({ folder, arrangement });
  const client = new ProductClient(fleet, 256);
  try {
    const merchant = await openLoadMerchant(client, SHOPS);
    const load = new ArrivalLoad({ client, merchant, seed, rate, say: options.say });
    const killing = kill(fleet, options);
    await load.run(seconds, killing);
    options.say('healing: every command gets its answer, everything due is sent');
    const log = new GrowingLog(fleet.databaseUrl);
    const isHealed = await healFleet(log, client, merchant);
    await log.readOn();
    options.say(`adding up ${log.count} events`);
    const calculations = await calculate(fleet, client, merchant, log.count, options);
    return {
      commands: load.commands,
      timings: load.timings,
      shed: load.shed,
      strokes: await killing,
      events: log.count,
      faults: checkCommands(load.commands, log),
      otherFaults: [
        ...log.faults,
        ...load.faults,
        ...(isHealed ? [] : ['not everything had an outcome and was sent within a minute']),
        ...checkMoney(log, true),
      ],
      calculations: calculations.map(({ name }) => name),
      figures: compareFigures(calculations),
    };
  } finally {
    await client.close();
    await fleet.stop();
  }
}

function kill(fleet: Fleet, { killEvery, seconds, seed }: LoadOptions): Promise<Stroke[]> {
  if (killEvery === null) return Promise.resolve([]);
  const names = ['postgres', 'authorization', 'cashdesk', 'remittance', 'backoffice'];
  const victims = [...new Set(names.map((name) => fleet.victim(name)!))];
  const kills = Math.max(1, Math.floor(seconds / killEvery));
  return execute({ victims, kills, seconds, seed, pausePercent: 0, pauseMillis: 0 });
}

type Calculation = { readonly name: string; readonly figures: TradeFigures };

/** The same figures from the statistics of the API, from SQL over the events, and from Python. */
async function calculate(
  fleet: Fleet,
  client: ProductClient,
  { brandId, shopIds }: LoadMerchant,
  position: number,
  { folder, root, say, spoilExport }: LoadOptions,
): Promise<Calculation[]> {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' });
  const [from, to] = [Date.now() - 86_400_000, Date.now()].map((at) => day.format(at));
  const period = { from: from!, to: to! };
  await untilReadable(client, brandId, period, position);
  const api = new ProductApi(fleet.urlOf('backoffice'), fleet.token);
  try {
    const ofApi = await figuresOfApi(api, brandId, shopIds, period, 'EUR');
    const ofSql = await figuresOfSql(fleet.databaseUrl, shopIds);
    const known = [
      { name: 'API', figures: ofApi },
      { name: 'SQL', figures: ofSql },
    ];
    if (!hasPython()) {
      say('Python 3 is not installed: the third calculation is left out');
      return known;
    }
    const file = join(folder, 'log.csv');
    await exportLog(fleet.databaseUrl, file);
    spoilExport?.(file);
    return [...known, { name: 'Python', figures: figuresOfPython(file, shopIds, root) }];
  } finally {
    await api.close();
  }
}

/** Every read model the figures come from holds the whole log. */
async function untilReadable(
  client: ProductClient,
  nodeId: string,
  { from, to }: { readonly from: string; readonly to: string },
  position: number,
): Promise<void> {
  const query = `nodeId=${nodeId}&from=${from}&to=${to}`;
  const paths = ['statistics/dashboard', 'transactions/totals', 'remittances'];
  const headers = { 'ledger-position': String(position) };
  const deadline = performance.now() + POSITION_MILLIS;
  for (const path of paths) {
    for (;;) {
      const url = `/api/v1/${path}?${query}`;
      const answer = await client.request('backoffice', 'GET', url, undefined, headers);
      if (answer.status === 200) break;
      if (performance.now() > deadline)
        throw new Error(`${path} does not reach position ${position}: ${answer.text}`);
      await wait(200);
    }
  }
}
