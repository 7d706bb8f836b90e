import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { benchCard } from '../../bench/product';
import { Random } from '../../demo/month/random';
import { type LoggedEvent, readWholeLog } from '../../torture/accounting/log-reader';
import { execute } from '../../torture/executioner';
import { newCommand, verdictOf } from '../../torture/load/command';
import { type LoadMerchant, openLoadMerchant } from '../../torture/load/merchant';
import { ProductClient, type RawAnswer } from '../../torture/load/product-client';
import { Fleet } from '../../torture/world/fleet';
import { shownState } from '../checkers/stream-checker';
import { HistoryRecorder, type Operation } from '../history';
import type { ProfileOptions } from './store-world';

const LIVE_KEYS = 3;
/** A transaction is left after so many commands: by then it is cancelled or nothing is left of it. */
const COMMANDS_PER_KEY = 12;
const ABANDONED_PERCENT = 30;
const RETRY_MILLIS = 50;
/** A client that gave up is not replaced at once. */
const NEW_CLIENT_MILLIS = 300;

type World = {
  readonly client: ProductClient;
  readonly merchant: LoadMerchant;
  readonly recorder: HistoryRecorder;
  readonly options: ProfileOptions;
  readonly keys: { readonly id: string; readonly minor: number; commands: number }[];
  isOver: boolean;
  /** The highest position any client was told. */
  position: number;
};

export type StreamHistory = {
  readonly operations: readonly Operation[];
  readonly events: readonly LoggedEvent[];
};

/** Cashiers on the same few transactions over HTTP, while the product and its database are killed. */
export async function runStreams(options: ProfileOptions): Promise<StreamHistory> {
  const fleet = await Fleet.start({ folder: options.folder, arrangement: 'together' });
  const client = new ProductClient(fleet);
  try {
    const merchant = await openLoadMerchant(client, 1);
    const recorder = new HistoryRecorder();
    const world: World = {
      client,
      merchant,
      recorder,
      options,
      keys: [],
      isOver: false,
      position: 0,
    };
    const random = new Random(options.seed);
    while (world.keys.length < LIVE_KEYS) world.keys.push(await authorise(world, random));
    const clients = Promise.all(
      Array.from({ length: options.clients }, (_, number) =>
        work(world, new Random(options.seed + 31 * number)),
      ),
    );
    const { kills, seconds, seed } = options;
    const victims = [fleet.postgres, fleet.victim('cashdesk')!];
    await execute({ victims, kills, seconds, seed, pausePercent: 0, pauseMillis: 0 });
    world.isOver = true;
    await clients;
    const events = await readWholeLog(fleet.databaseUrl);
    return { operations: recorder.operations, events };
  } finally {
    await client.close();
    await fleet.stop();
  }
}

async function authorise({ client, merchant }: World, random: Random) {
  for (;;) {
    const id = uuidv7();
    const minor = random.between(10, 900) * 100;
    const command = newCommand({
      id,
      kind: 'payment',
      context: 'authorization',
      path: '/api/v1/payments',
      transactionId: id,
      amountMinor: minor,
      body: {
        id,
        contractId: merchant.contractIds[0],
        orderReference: `HISTORY-${id.slice(-6)}`,
        amount: { minor, currency: 'EUR' },
        card: { number: benchCard(1), expiry: '4912' },
        authorizationOnly: true,
      },
    });
    await client.settle(command);
    // An interrupted authorisation is refused: another one is made.
    if (command.answer['status'] === 'ACCEPTED') return { id, minor, commands: 0 };
  }
}

async function work(world: World, random: Random): Promise<void> {
  let process = world.recorder.newProcess();
  while (!world.isOver) {
    const place = random.between(0, LIVE_KEYS - 1);
    const key = world.keys[place]!;
    key.commands += 1;
    if (key.commands === COMMANDS_PER_KEY) world.keys[place] = await authorise(world, random);
    if (random.percent(40)) await readState(world, process, key.id);
    else {
      const name = random.one(['capture', 'capture', 'modify', 'modify', 'cancel']);
      const isKnown = await operate(world, process, random, { name, ...key });
      if (isKnown) continue;
      process = world.recorder.newProcess();
      await wait(NEW_CLIENT_MILLIS);
    }
  }
}

/** False when the outcome stays unknown. */
async function operate(
  world: World,
  process: number,
  random: Random,
  target: { readonly name: string; readonly id: string; readonly minor: number },
): Promise<boolean> {
  const { client, recorder } = world;
  const { name, id: key, minor } = target;
  const id = uuidv7();
  const value = { profile: 'command', key, id, name, code: null } as const;
  const operation = recorder.invoke(process, value);
  const amount = { minor: random.between(1, minor), currency: 'EUR' };
  const body = name === 'cancel' ? { id } : { id, amount };
  for (;;) {
    const answer = await client
      .request('cashdesk', 'POST', `/api/v1/transactions/${key}/${name}`, body)
      .catch((): RawAnswer | null => null);
    const verdict = answer === null ? 'unknown' : verdictOf(answer.status, answer.body);
    if (answer !== null && verdict === 'acknowledged') {
      recorder.complete(operation, 'ok', value, answer.position);
      world.position = Math.max(world.position, answer.position);
      return true;
    }
    if (answer !== null && verdict === 'refused') {
      const { code } = answer.body as { code: string };
      recorder.complete(operation, 'fail', { ...value, code });
      return true;
    }
    if (random.percent(ABANDONED_PERCENT)) return false;
    await wait(RETRY_MILLIS);
  }
}

/** Asks to see at least what anybody was told; as a control, without asking. */
async function readState(world: World, process: number, key: string): Promise<void> {
  const { client, recorder, options } = world;
  const askedFor = world.position;
  const asked = { profile: 'state', key, askedFor, state: null } as const;
  const operation = recorder.invoke(process, asked);
  const headers =
    options.variant === 'stale' || askedFor === 0 ? {} : { 'ledger-position': String(askedFor) };
  const answer = await client
    .request('backoffice', 'GET', `/api/v1/transactions/${key}`, undefined, headers)
    .catch(() => null);
  if (answer?.status !== 200) {
    recorder.complete(operation, 'fail', asked);
    return;
  }
  const { type, status, acquirerStatus, currentAmount } = answer.body as {
    type: string;
    status: string;
    acquirerStatus: string;
    currentAmount: { minor: number };
  };
  const state = shownState({ type, status, acquirerStatus, minor: currentAmount.minor });
  recorder.complete(operation, 'ok', { ...asked, state });
}
