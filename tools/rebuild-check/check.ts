import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { businessDay } from '@encaisse/kernel';
import { Client } from 'pg';
import { writeLog } from '../bench/million-log';
import { foldInChild, type Hashes, type Surroundings } from './child';
import type { FoldOrder } from './fold';

/** Events one transaction of the generated trade has, on average. */
const EVENTS_PER_TRANSACTION = 3.79;
const LAST_DAY = businessDay('2026-11-22');
const KILLS = 2;
const KILLED = 'as events come, killed on the way';

export type CheckOptions = {
  readonly events: number;
  /** Events of the log that is folded one by one and in sevens, which takes longer. */
  readonly smallEvents: number;
  readonly otherNode: boolean;
  readonly hasLocalTimeFault: boolean;
  /** Names of the ways to try; all of them when absent. */
  readonly only?: readonly string[];
};

export type CheckContext = {
  createDatabase(this: void): Promise<string>;
  say(this: void, line: string): void;
};

/** One way of folding, and the read models whose rows came out otherwise than by the first way. */
export type Finding = { readonly way: string; readonly different: readonly string[] };
export type CheckReport = {
  readonly findings: readonly Finding[];
  /** What could not be tried, with the reason. */
  readonly skipped: readonly string[];
};

type Way = {
  readonly name: string;
  readonly order: Partial<FoldOrder>;
  readonly around?: Partial<Surroundings>;
};

const HERE: Surroundings = { node: process.execPath, timeZone: 'UTC', locale: 'C' };
const REFERENCE: Way = { name: 'batches of 1000, UTC', order: {} };
const SMALL_WAYS: readonly Way[] = [
  { name: 'one by one', order: { batchSize: 1 } },
  { name: 'in sevens', order: { batchSize: 7 } },
];
const WAYS: readonly Way[] = [
  { name: 'batches of 5000', order: { batchSize: 5000 } },
  { name: 'in Kiritimati', order: {}, around: { timeZone: 'Pacific/Kiritimati' } },
  {
    name: 'in Paris, in French',
    order: {},
    around: { timeZone: 'Europe/Paris', locale: 'fr_FR.UTF-8' },
  },
  { name: 'in Turkish', order: {}, around: { locale: 'tr_TR.UTF-8' } },
];

/** Folds two logs in every way and compares the hashes of all read models. */
export async function checkRebuilds(
  options: CheckOptions,
  context: CheckContext,
): Promise<CheckReport> {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-rebuild-check-'));
  try {
    const vaultKeyFile = join(folder, 'vault.key');
    writeFileSync(vaultKeyFile, '33'.repeat(32));
    const other = options.otherNode ? otherNode(folder) : 'it was not asked for';
    const isFound = existsSync(other);
    const ways = isFound
      ? [...WAYS, { name: 'under Node 24', order: {}, around: { node: other } }]
      : WAYS;
    const small = await checkLog(options.smallEvents, SMALL_WAYS, options, vaultKeyFile, context);
    const large = await checkLog(options.events, ways, options, vaultKeyFile, context);
    return {
      findings: [...small, ...large],
      skipped: isFound ? [] : [`under Node 24: ${other}`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkLog(
  events: number,
  ways: readonly Way[],
  { hasLocalTimeFault, only }: CheckOptions,
  vaultKeyFile: string,
  context: CheckContext,
): Promise<Finding[]> {
  const tried = ways.filter(({ name }) => only?.includes(name) ?? true);
  const isKilled = ways !== SMALL_WAYS && (only?.includes(KILLED) ?? true);
  if (tried.length === 0 && !isKilled) return [];
  const transactions = Math.max(1, Math.round(events / EVENTS_PER_TRANSACTION));
  const log = await writeLog(context, transactions, LAST_DAY);
  context.say(`a log of ${log.events} events`);
  const order: FoldOrder = {
    url: log.url,
    vaultKeyFile,
    manner: 'rebuild',
    batchSize: 1000,
    hasLocalTimeFault,
  };
  const run = async ({ name, order: own, around }: Way): Promise<Hashes> => {
    const started = performance.now();
    const hashes = await foldInChild({ ...order, ...own }, { ...HERE, ...around });
    context.say(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return hashes ?? {};
  };
  const reference = await run(REFERENCE);
  const findings: Finding[] = [];
  for (const way of tried) findings.push(differing(way.name, reference, await run(way)));
  if (isKilled) findings.push(differing(KILLED, reference, await restartedFold(order, context)));
  return findings;
}

/** Follows the log from its first event in a process that is killed again and again. */
async function restartedFold(order: FoldOrder, context: CheckContext): Promise<Hashes> {
  await forget(order.url);
  const follow = { ...order, manner: 'follow' } as const;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const hashes = await foldInChild(follow, HERE, 1200 + kill * 400);
    if (hashes !== null) return hashes;
    context.say(`killed ${kill} of ${KILLS} times`);
  }
  return (await foldInChild(follow, HERE)) ?? {};
}

/** Removes the read models, so that they are made from the first event on. */
async function forget(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('delete from platform.projections');
  } finally {
    await client.end();
  }
}

function differing(way: string, reference: Hashes, hashes: Hashes): Finding {
  const names = [...new Set([...Object.keys(reference), ...Object.keys(hashes)])].sort();
  return { way, different: names.filter((name) => reference[name] !== hashes[name]) };
}

/** The program of the second Node, fetched for this run; or why there is none. */
function otherNode(folder: string): string {
  try {
    execFileSync('npm', ['install', '--no-save', '--prefix', folder, 'node@24'], {
      stdio: 'ignore',
      timeout: 120_000,
    });
  } catch (error) {
    return `node@24 could not be installed (${(error as Error).message.split('\n')[0] ?? ''})`;
  }
  const program = join(folder, 'node_modules', 'node', 'bin', 'node');
  return existsSync(program) ? program : 'node@24 holds no program for this machine';
}
