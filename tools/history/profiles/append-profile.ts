import type { EventStore } from '@encaisse/platform/event-store';
import { Random } from '../../demo/month/random';
import { type Operation, type Step } from '../history';
import {
  type ProfileOptions,
  type StoreWorld,
  appendOrGiveUp,
  historyEvent,
  inStoreWorld,
  readSurely,
} from './store-world';

/** Few keys at a time, so that clients meet; a key that is long enough makes place for a new one. */
const LIVE_KEYS = 4;
const KEY_LENGTH = 80;

type Keys = { first: number; readonly lengths: Map<number, number>; nextValue: number };

/** Reads, appends, and appends on what was read, over several streams at once. */
export async function runAppends(options: ProfileOptions): Promise<readonly Operation[]> {
  const keys: Keys = { first: 0, lengths: new Map(), nextValue: 1 };
  return inStoreWorld(
    options,
    () => Promise.resolve(),
    (world, number) => work(world, number, new Random(options.seed + 31 * number), keys),
    ({ stores, recorder }) => readAllKeys(stores[0]!, recorder, keys),
  );
}

async function work(
  { stores, recorder, isOver }: StoreWorld,
  number: number,
  random: Random,
  keys: Keys,
): Promise<void> {
  const store = stores[number % stores.length]!;
  let process = recorder.newProcess();
  while (!isOver()) {
    const key = keys.first + random.between(0, LIVE_KEYS - 1);
    const chosen = random.percent(40) ? [key, key === keys.first ? key + 1 : key - 1] : [key];
    if (random.percent(30)) await readOne(store, recorder, process, key);
    else {
      const isBlind = random.percent(15);
      const isKnown = await append(store, recorder, process, chosen, keys, isBlind);
      if (!isKnown) process = recorder.newProcess();
    }
  }
}

async function valuesOf(store: EventStore, key: number) {
  const events = await readSurely(() => store.readStream(`history.list-${key}`));
  return {
    values: events.map(({ data }) => (data as { value: number }).value),
    version: events.at(-1)?.version ?? null,
  };
}

async function readOne(
  store: EventStore,
  recorder: StoreWorld['recorder'],
  process: number,
  key: number,
): Promise<void> {
  const operation = recorder.invoke(process, {
    profile: 'append',
    steps: [{ kind: 'read', key, values: null }],
  });
  const { values } = await valuesOf(store, key);
  const steps: Step[] = [{ kind: 'read', key, values }];
  recorder.complete(operation, 'ok', { profile: 'append', steps });
}

/** False when the outcome stays unknown. */
async function append(
  store: EventStore,
  recorder: StoreWorld['recorder'],
  process: number,
  chosen: readonly number[],
  keys: Keys,
  isBlind: boolean,
): Promise<boolean> {
  const appends = chosen.map((key): Step => ({ kind: 'append', key, value: keys.nextValue++ }));
  const asked = chosen.map((key): Step => ({ kind: 'read', key, values: null }));
  const operation = recorder.invoke(process, {
    profile: 'append',
    steps: isBlind ? appends : [...asked, ...appends],
  });
  const read = isBlind
    ? []
    : await Promise.all(chosen.map(async (key) => ({ key, ...(await valuesOf(store, key)) })));
  const writes = appends.map((step, index) => ({
    streamId: `history.list-${step.key}`,
    expected: isBlind ? ('any' as const) : (read[index]!.version ?? ('no-stream' as const)),
    events: [historyEvent({ value: step.kind === 'append' ? step.value : 0 })],
  }));
  const result = await appendOrGiveUp(store, writes);
  const seen = read.map(({ key, values }): Step => ({ kind: 'read', key, values }));
  const value = { profile: 'append', steps: [...seen, ...appends] } as const;
  if (result === null) {
    recorder.complete(operation, 'info', value);
    return false;
  }
  const isDone = result.kind === 'appended';
  recorder.complete(operation, isDone ? 'ok' : 'fail', value, isDone ? result.position : 0);
  if (isDone) for (const key of chosen) grow(keys, key);
  return true;
}

function grow(keys: Keys, key: number): void {
  const length = (keys.lengths.get(key) ?? 0) + 1;
  keys.lengths.set(key, length);
  if (key === keys.first && length >= KEY_LENGTH) keys.first += 1;
}

async function readAllKeys(
  store: EventStore,
  recorder: StoreWorld['recorder'],
  keys: Keys,
): Promise<void> {
  const process = recorder.newProcess();
  // The neighbour below the first key may have been written by a transaction over two.
  for (let key = -1; key < keys.first + LIVE_KEYS + 1; key += 1)
    await readOne(store, recorder, process, key);
}
