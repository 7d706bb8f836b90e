import { setTimeout as wait } from 'node:timers/promises';
import {
  type AppendResult,
  type EventStore,
  type NewEvent,
  PostgresEventStore,
  StoreUnavailable,
  type StreamWrite,
} from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';
import { execute } from '../../torture/executioner';
import { PostgresVictim } from '../../torture/world/postgres-victim';
import { type Operation, HistoryRecorder } from '../history';
import { type Variant, spoil } from '../variants';

export type ProfileOptions = {
  readonly folder: string;
  readonly seconds: number;
  readonly clients: number;
  /** Kills of the database server meanwhile. */
  readonly kills: number;
  readonly seed: number;
  readonly variant: Variant;
};

export type StoreWorld = {
  readonly stores: readonly EventStore[];
  readonly recorder: HistoryRecorder;
  readonly isOver: () => boolean;
};

const STORES = 3;
const RETRY_MILLIS = 20;
/** So many clients do not wait out an outage: what they sent may happen, now or later. */
const IMPATIENT_SHARE = 0.3;
const PATIENCE_MILLIS = 150;

/** Clients against the store while its server is killed; the final reads come after everything is up. */
export async function inStoreWorld(
  options: ProfileOptions,
  prepare: (world: StoreWorld) => Promise<void>,
  client: (world: StoreWorld, number: number) => Promise<void>,
  finish: (world: StoreWorld) => Promise<void>,
): Promise<readonly Operation[]> {
  const postgres = await PostgresVictim.start({ dataDir: options.folder });
  try {
    const url = await postgres.createDatabase('history');
    await (await PostgresEventStore.open({ url })).close();
    const stores = Array.from({ length: STORES }, () =>
      spoil(new PostgresEventStore({ url }), options.variant),
    );
    const recorder = new HistoryRecorder();
    let isOver = false;
    const world = { stores, recorder, isOver: () => isOver };
    await prepare(world);
    const clients = Promise.all(
      Array.from({ length: options.clients }, (_, number) => client(world, number)),
    );
    const { kills, seconds, seed } = options;
    await execute({
      victims: [postgres],
      kills,
      seconds,
      seed,
      pausePercent: 0,
      pauseMillis: 0,
    });
    isOver = true;
    await clients;
    await finish(world);
    await Promise.all(stores.map((store) => store.close()));
    return recorder.operations;
  } finally {
    await postgres.stop();
  }
}

export function historyEvent(data: object): NewEvent {
  return {
    eventId: uuidv7(),
    type: 'Happened',
    schemaVersion: 1,
    data,
    metadata: {
      actor: { kind: 'machine', login: 'history' },
      correlationId: uuidv7(),
      causationId: null,
    },
  };
}

/** The result; null when the client gives up before it has one: the outcome stays unknown. */
export async function appendOrGiveUp(
  store: EventStore,
  writes: readonly StreamWrite[],
): Promise<AppendResult | null> {
  const isImpatient = Math.random() < IMPATIENT_SHARE;
  const deadline = performance.now() + PATIENCE_MILLIS;
  for (;;) {
    const result = await Promise.race([
      store.append(writes).catch((error: unknown) => asOutage(error)),
      ...(isImpatient ? [wait(Math.max(0, deadline - performance.now()), null)] : []),
    ]);
    if (result !== 'outage') return result;
    await wait(RETRY_MILLIS);
  }
}

function asOutage(error: unknown): 'outage' {
  if (!(error instanceof StoreUnavailable)) throw error;
  return 'outage';
}

/** A read that waits out an outage. */
export async function readSurely<Result>(read: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await wait(RETRY_MILLIS);
    }
  }
}
