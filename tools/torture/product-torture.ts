import { setTimeout as wait } from 'node:timers/promises';
import { type CommandFaults, checkCommands } from './accounting/check-commands';
import { checkMoney } from './accounting/check-money';
import { checkReplays } from './accounting/check-replays';
import { type FoldedLog, GrowingLog } from './accounting/folded-log';
import { checkTopics, expectedMessages, readTopics } from './accounting/check-topics';
import { type Stroke, execute } from './executioner';
import type { Command } from './load/command';
import { openLoadMerchant, type LoadMerchant } from './load/merchant';
import { MerchantLoad } from './load/merchant-load';
import { ProductClient } from './load/product-client';
import { type Arrangement, Fleet, KAFKA_PREFIX } from './world/fleet';
import type { Victim } from './world/victim';

export type TortureOptions = {
  readonly folder: string;
  readonly targets: readonly string[];
  readonly arrangement: Arrangement;
  readonly kills: number;
  readonly seconds: number;
  readonly clients: number;
  readonly seed: number;
  readonly pausePercent: number;
  readonly pauseMillis: number;
  readonly say: (line: string) => void;
};

export type TortureReport = {
  readonly strokes: readonly Stroke[];
  readonly commands: readonly Command[];
  readonly events: number;
  readonly faults: CommandFaults;
  /** Of the log as a log, of the money, of answers given a second time. */
  readonly otherFaults: readonly string[];
};

/** What makes the laboratory run a broker, and carry messages over it. */
const KAFKA_TARGETS: readonly string[] = ['kafka', 'relay'];
const RELAY_MILLIS = 60_000;
const SHOPS = 4;
const HEAL_MILLIS = 60_000;
const REPLAYED = 300;

/** Load all along, kills all along, then healing, then the accounts. */
export async function tortureProduct(options: TortureOptions): Promise<TortureReport> {
  const { folder, arrangement, say } = options;
  const hasKafka = options.targets.some((target) => KAFKA_TARGETS.includes(target));
  const fleet = await Fleet.start({ folder, arrangement, hasKafka });
  const client = new ProductClient(fleet);
  try {
    const merchant = await openLoadMerchant(client, SHOPS);
    const load = new MerchantLoad({
      client,
      merchant,
      seed: options.seed,
      clients: options.clients,
      telecollects: true,
    });
    load.start();
    const victims = victimsOf(fleet, options.targets);
    const strokes = await execute({ ...options, victims, onStroke: teller(say, load) });
    say('healing: every command gets its answer, everything due is sent');
    await load.finish();
    const log = new GrowingLog(fleet.databaseUrl);
    const isHealed = await healFleet(log, client, merchant);
    await log.readOn();
    return {
      strokes,
      commands: load.commands,
      events: log.count,
      faults: checkCommands(load.commands, log),
      otherFaults: [
        ...log.faults,
        ...(isHealed ? [] : ['not everything had an outcome and was sent within a minute']),
        ...checkMoney(log, true),
        ...(await checkReplays(client, load.commands, REPLAYED)),
        ...(await checkRelay(fleet, say)),
      ],
    };
  } catch (error) {
    say(`the laboratory failed; its PostgreSQL said last:\n${fleet.postgres.lastLines}`);
    throw error;
  } finally {
    await client.close();
    await fleet.stop();
  }
}

function victimsOf(fleet: Fleet, targets: readonly string[]): Victim[] {
  const victims = targets.map((target) => {
    const victim = fleet.victim(target);
    if (victim === undefined)
      throw new Error(`nothing of this installation is called ${target}: see --help`);
    return victim;
  });
  return [...new Set(victims)];
}

function teller(say: (line: string) => void, load: MerchantLoad) {
  return ({ victim, kind, recoveryMillis }: Stroke): void => {
    const back = recoveryMillis === null ? '' : `, ready again in ${Math.round(recoveryMillis)} ms`;
    say(`${kind} ${victim}${back} (${load.commands.length} commands sent)`);
  };
}

/**
 * Outcomes that were unknown are settled by the product itself; the rest of what is due is collected. Reads the
 * log on until nothing is open.
 */
export async function healFleet(
  log: GrowingLog,
  client: ProductClient,
  merchant: LoadMerchant,
): Promise<boolean> {
  // What came before may be long; the minute is for what is still open.
  await log.readOn();
  const deadline = performance.now() + HEAL_MILLIS;
  for (;;) {
    for (const contractId of merchant.contractIds)
      await client
        .request('remittance', 'POST', '/api/v1/remittances/telecollect', { contractId })
        .catch(() => undefined);
    await log.readOn();
    if (isQuiet(log)) return true;
    if (performance.now() > deadline) return false;
    await wait(500);
  }
}

/** What the log led to has reached the topics, whoever was killed. */
async function checkRelay(fleet: Fleet, say: (line: string) => void): Promise<string[]> {
  if (fleet.kafka === null) return [];
  const expected = await expectedMessages(fleet.databaseUrl);
  const deadline = performance.now() + RELAY_MILLIS;
  for (;;) {
    const records = await readTopics(fleet.kafka.brokers, KAFKA_PREFIX, expected.size);
    const faults = checkTopics(expected, records);
    if (faults.length === 0 || performance.now() > deadline) {
      const again = records.length - new Set(records.map(({ id }) => id)).size;
      say(
        `${expected.size} messages, ${records.length} records in the topics, ${again} of them again`,
      );
      return faults;
    }
    await wait(1_000);
  }
}

function isQuiet({ lives }: FoldedLog): boolean {
  return [...lives.values()].every(({ outcome, requested, captures, remittanceIds }) => {
    const waits = requested.isAuthorizationOnly && captures === 0;
    return outcome === 'REFUSED' || (outcome === 'ACCEPTED' && (waits || remittanceIds.length > 0));
  });
}
