import type { EventStore, RecordedEvent } from '@encaisse/platform/event-store';
import { Random } from '../../demo/month/random';
import type { Operation } from '../history';
import {
  type ProfileOptions,
  type StoreWorld,
  appendOrGiveUp,
  historyEvent,
  inStoreWorld,
  readSurely,
} from './store-world';

const ACCOUNTS = 6;
const OPENING = 100;
export const BANK_TOTAL = ACCOUNTS * OPENING;
/** One client in so many only reads. */
const READER_EVERY = 4;
const PREFIX = 'history.account-';

/**
 * Transfers between accounts whose events hold the new balance, so that an update that is lost shows in
 * the total. Readers add up the log as it stood at its end.
 */
export async function runBank(options: ProfileOptions): Promise<readonly Operation[]> {
  return inStoreWorld(
    options,
    openAccounts,
    (world, number) =>
      number % READER_EVERY === 0
        ? keepReading(world, number)
        : keepTransferring(world, number, new Random(options.seed + 31 * number)),
    async (world) => {
      const process = world.recorder.newProcess();
      await readBalances(world, process, world.stores[0]!, newView());
    },
  );
}

async function openAccounts({ stores }: StoreWorld): Promise<void> {
  const writes = Array.from({ length: ACCOUNTS }, (_, account) => ({
    streamId: `${PREFIX}${account}`,
    expected: 'any' as const,
    events: [historyEvent({ balance: OPENING })],
  }));
  await stores[0]!.append(writes);
}

async function keepTransferring(
  { stores, recorder, isOver }: StoreWorld,
  number: number,
  random: Random,
): Promise<void> {
  const store = stores[number % stores.length]!;
  let process = recorder.newProcess();
  while (!isOver()) {
    const from = random.between(0, ACCOUNTS - 1);
    const to = (from + random.between(1, ACCOUNTS - 1)) % ACCOUNTS;
    const value = { profile: 'transfer', from, to, amount: random.between(1, 30) } as const;
    const operation = recorder.invoke(process, value);
    const [debtor, creditor] = await Promise.all([lastOf(store, from), lastOf(store, to)]);
    const left = balanceOf(debtor) - value.amount;
    if (left < 0) {
      recorder.complete(operation, 'fail', value);
      continue;
    }
    const result = await appendOrGiveUp(store, [
      writeOf(from, debtor, left),
      writeOf(to, creditor, balanceOf(creditor) + value.amount),
    ]);
    if (result === null) {
      recorder.complete(operation, 'info', value);
      process = recorder.newProcess();
    } else if (result.kind === 'appended')
      recorder.complete(operation, 'ok', value, result.position);
    else recorder.complete(operation, 'fail', value);
  }
}

function lastOf(store: EventStore, account: number): Promise<RecordedEvent> {
  return readSurely(async () => {
    const options = { direction: 'backwards', limit: 1 } as const;
    return (await store.readStream(`${PREFIX}${account}`, options))[0]!;
  });
}

function balanceOf({ data }: RecordedEvent): number {
  return (data as { balance: number }).balance;
}

function writeOf(account: number, { version }: RecordedEvent, balance: number) {
  const events = [historyEvent({ balance })];
  return { streamId: `${PREFIX}${account}`, expected: version, events };
}

type View = { position: number; readonly balances: number[] };

const newView = (): View => ({ position: 0, balances: new Array<number>(ACCOUNTS).fill(0) });

async function keepReading(world: StoreWorld, number: number): Promise<void> {
  const process = world.recorder.newProcess();
  const store = world.stores[number % world.stores.length]!;
  const view = newView();
  while (!world.isOver()) await readBalances(world, process, store, view);
}

/** The balances at the end of the log: positions become visible together with all of their append. */
async function readBalances(
  { recorder }: StoreWorld,
  process: number,
  store: EventStore,
  view: View,
): Promise<void> {
  const operation = recorder.invoke(process, { profile: 'balances', balances: null });
  const end = await readSurely(() => store.lastPosition());
  while (view.position < end) {
    const limit = Math.min(1_000, end - view.position);
    const events = await readSurely(() => store.readAll({ after: view.position, limit }));
    for (const event of events)
      view.balances[Number(event.streamId.slice(PREFIX.length))] = balanceOf(event);
    view.position = events.at(-1)?.position ?? end;
  }
  const balances = [...view.balances];
  recorder.complete(operation, 'ok', { profile: 'balances', balances });
}
