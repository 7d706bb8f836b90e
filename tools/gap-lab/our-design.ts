import {
  type NewEvent,
  PostgresEventStore,
  type RecordedEvent,
  StoreUnavailable,
  type StreamWrite,
} from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { liveBeside } from './hostile-neighbours';
import {
  type Conditions,
  type Finding,
  NumberSet,
  STREAMS,
  Sighting,
  contest,
  randomStream,
} from './laboratory';

/** As many stores as a small installation has processes. */
const STORES = 3;
const CONFLICT_SHARE = 0.1;
const JOINT_SHARE = 0.05;
const RETRY_MS = 20;

/** Delays every commit, once per transaction, after everything was written. */
function slowCommits({ commitDelay: { from, to } }: Conditions): string {
  return `
create schema if not exists lab;
create function lab.delay_commit() returns trigger language plpgsql as $$
begin
  if current_setting('lab.delayed', true) is distinct from pg_current_xact_id()::text then
    perform set_config('lab.delayed', pg_current_xact_id()::text, true);
    perform pg_sleep((${from} + random() * ${to - from}) / 1000);
  end if;
  return null;
end $$;
create constraint trigger delay_commit after insert on event_store.events
  deferrable initially deferred for each row execute function lab.delay_commit();`;
}

/** An event whose id holds its number, so that millions of them are told apart at one bit each. */
export function numberedEvent(number: number): NewEvent {
  return {
    eventId: `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
    type: 'Happened',
    schemaVersion: 1,
    data: {},
    metadata: {
      actor: { kind: 'machine', login: 'gap-lab' },
      correlationId: uuidv7(),
      causationId: null,
    },
  };
}

function see(sighting: Sighting, events: readonly RecordedEvent[]): void {
  for (const { eventId, streamId, version } of events)
    sighting.see(Number.parseInt(eventId.slice(-12), 16), streamId, version);
}

/** Follows by asking again and again, as a reader without notifications does. */
async function poll(
  store: PostgresEventStore,
  sighting: Sighting,
  isOver: () => boolean,
): Promise<void> {
  let after = 0;
  for (;;) {
    const wasOver = isOver();
    const events = await store.readAll({ after, limit: 500 });
    see(sighting, events);
    after = events.at(-1)?.position ?? after;
    if (events.length > 0) continue;
    if (wasOver) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Whether it was recorded. A connection that broke leaves it unknown: the same append settles it. */
async function appendSurely(
  store: PostgresEventStore,
  writes: readonly StreamWrite[],
): Promise<boolean> {
  for (;;) {
    try {
      return (await store.append(writes)).kind === 'appended';
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** What one writer does next: mostly one event, sometimes one that must fail, sometimes two streams. */
function nextWrites(
  streamCount: number,
  nextNumber: () => number,
): { numbers: number[]; writes: StreamWrite[] } {
  const first = randomStream(streamCount);
  const isJoint = Math.random() < JOINT_SHARE;
  const streams = isJoint ? [first, (first + 1) % streamCount] : [first];
  const numbers = streams.map(nextNumber);
  const expected = Math.random() < CONFLICT_SHARE ? 1_000_000_000 : 'any';
  const writes = streams.map((stream, index) => ({
    streamId: `lab.stream-${stream}`,
    // The last stream of a joint append conflicts: nothing of the first may stay.
    expected: index === streams.length - 1 ? expected : ('any' as const),
    events: [numberedEvent(numbers[index]!)],
  }));
  return { numbers, writes };
}

/**
 * Several stores append at once beside hostile neighbours, here and in another database; one reader
 * subscribes in a store of its own, one polls.
 */
export async function tryOurDesign(
  conditions: Conditions & { readonly elsewhereUrl: string },
): Promise<Finding[]> {
  const { url, elsewhereUrl } = conditions;
  const reader = await PostgresEventStore.open({ url });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(slowCommits(conditions));
  await client.end();
  const stores = Array.from(
    { length: STORES },
    () => new PostgresEventStore({ url, applicationName: 'gap-lab appender' }),
  );
  const committed = new NumberSet();
  const [subscribed, polled] = [new Sighting(), new Sighting()];
  const subscription = reader.subscribeToAll({
    after: 0,
    onBatch: (events) => {
      see(subscribed, events);
      return Promise.resolve();
    },
  });
  let attempts = 0;
  const write = async (writer: number): Promise<void> => {
    const { numbers, writes } = nextWrites(conditions.streams ?? STREAMS, () => attempts++);
    const isRecorded = await appendSurely(stores[writer % STORES]!, writes);
    if (isRecorded) for (const number of numbers) committed.add(number);
  };
  await contest(conditions, committed, write, async (isOver) => {
    await Promise.all([poll(reader, polled, isOver), liveBeside(url, elsewhereUrl, isOver)]);
  });
  const last = await reader.lastPosition();
  for (let patience = 500; subscribed.count < last && patience > 0; patience -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await subscription.close();
  await Promise.all([...stores, reader].map((store) => store.close()));
  const isDense = last === committed.size;
  return [
    subscribed.judge('ours, subscribed', committed, isDense),
    polled.judge('ours, polled', committed, isDense),
  ];
}
