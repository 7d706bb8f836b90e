import { setTimeout as wait } from 'node:timers/promises';
import {
  type NewEvent,
  PostgresEventStore,
  StoreUnavailable,
} from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { type Stroke, execute } from '../executioner';
import { PostgresVictim } from '../world/postgres-victim';

export type StoreTortureOptions = {
  readonly folder: string;
  readonly kills: number;
  readonly seconds: number;
  readonly writers: number;
  readonly seed: number;
  readonly pausePercent: number;
  readonly pauseMillis: number;
  /** `off` is the negative control: acknowledged before it is durable. */
  readonly synchronousCommit: 'on' | 'off';
  readonly onStroke?: (stroke: Stroke) => void;
};

export type StoreTortureReport = {
  readonly strokes: readonly Stroke[];
  readonly acknowledged: number;
  /** Acknowledged, and not in the log at the position told, with the content sent. */
  readonly lost: number;
  /** Appends whose outcome was unknown at least once; each was repeated under its id. */
  readonly unknown: number;
  /** Unknown ones that the repeat found in the log already. */
  readonly hadCommitted: number;
  readonly slowestSettleMillis: number;
  /** The log as a log: dense positions, no content twice. */
  readonly faults: readonly string[];
};

const STORES = 2;
const RETRY_MILLIS = 20;

type Acknowledged = {
  readonly position: number;
  readonly streamId: string;
  readonly content: string;
};

type Tally = {
  readonly acknowledged: Map<string, Acknowledged>;
  unknown: number;
  hadCommitted: number;
  slowestSettleMillis: number;
};

function eventOf(content: string): NewEvent {
  return {
    eventId: uuidv7(),
    type: 'Happened',
    schemaVersion: 1,
    data: { content },
    metadata: {
      actor: { kind: 'machine', login: 'torture' },
      correlationId: uuidv7(),
      causationId: null,
    },
  };
}

/** The store alone under kills of its server: many more of them in the same time. */
export async function tortureStore(options: StoreTortureOptions): Promise<StoreTortureReport> {
  const postgres = await PostgresVictim.start({ dataDir: options.folder });
  try {
    const url = await postgres.createDatabase('store');
    await (await PostgresEventStore.open({ url })).close();
    // Not before: the tables themselves must not be lost.
    await postgres.run(`alter role postgres set synchronous_commit = ${options.synchronousCommit}`);
    const stores = Array.from({ length: STORES }, () => new PostgresEventStore({ url }));
    const tally: Tally = {
      acknowledged: new Map(),
      unknown: 0,
      hadCommitted: 0,
      slowestSettleMillis: 0,
    };
    const state = { isOver: false };
    const writing = Promise.all(
      Array.from({ length: options.writers }, (_, index) =>
        keepWriting(stores[index % STORES]!, `torture.stream-${index}`, tally, state),
      ),
    );
    const strokes = await execute({ ...options, victims: [postgres] });
    state.isOver = true;
    await writing;
    await Promise.all(stores.map((store) => store.close()));
    return { strokes, ...figuresOf(tally), ...(await compare(url, tally)) };
  } finally {
    await postgres.stop();
  }
}

async function keepWriting(
  store: PostgresEventStore,
  streamId: string,
  tally: Tally,
  state: { readonly isOver: boolean },
): Promise<void> {
  for (let number = 0; !state.isOver; number += 1) {
    const content = `${streamId} ${number}`;
    const event = eventOf(content);
    const began = performance.now();
    const { position, isRepeat, isReplay } = await appendSurely(store, streamId, event);
    tally.acknowledged.set(event.eventId, { position, streamId, content });
    if (!isRepeat) continue;
    tally.unknown += 1;
    if (isReplay) tally.hadCommitted += 1;
    tally.slowestSettleMillis = Math.max(tally.slowestSettleMillis, performance.now() - began);
  }
}

async function appendSurely(store: PostgresEventStore, streamId: string, event: NewEvent) {
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await store.append([{ streamId, expected: 'any', events: [event] }]);
      if (result.kind !== 'appended') throw new Error(`${streamId}: ${JSON.stringify(result)}`);
      return { position: result.position, isReplay: result.isReplay, isRepeat: tries > 1 };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await wait(RETRY_MILLIS);
    }
  }
}

function figuresOf({ acknowledged, unknown, hadCommitted, slowestSettleMillis }: Tally) {
  return { acknowledged: acknowledged.size, unknown, hadCommitted, slowestSettleMillis };
}

type Row = {
  readonly position: string;
  readonly event_id: string;
  readonly stream_id: string;
  readonly content: string;
};

/** Every acknowledged append is looked up in the table, every row of the table among the appends. */
async function compare(url: string, { acknowledged }: Tally) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(
    `select position, event_id, stream_id, body::json -> 'data' ->> 'content' as content
     from event_store.events order by position`,
  );
  await client.end();
  const faults: string[] = [];
  const contents = new Set<string>();
  let found = 0;
  rows.forEach((row, index) => {
    if (Number(row.position) !== index + 1) faults.push(`position ${row.position} is not dense`);
    if (contents.has(row.content)) faults.push(`${row.content} is in the log twice`);
    contents.add(row.content);
    const told = acknowledged.get(row.event_id);
    if (told === undefined) faults.push(`${row.content} was acknowledged to nobody`);
    else if (isAsTold(row, told)) found += 1;
  });
  return { lost: acknowledged.size - found, faults };
}

function isAsTold(row: Row, { position, streamId, content }: Acknowledged): boolean {
  return Number(row.position) === position && row.stream_id === streamId && row.content === content;
}
