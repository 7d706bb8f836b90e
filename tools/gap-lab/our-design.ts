import {
  type NewEvent,
  PostgresEventStore,
  type RecordedEvent,
} from '@encaisse/platform/event-store';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { type Conditions, type Finding, STREAMS, type Seen, contest, judge } from './laboratory';

/** As many stores as a small installation has processes. */
const STORES = 3;
const CONFLICT_SHARE = 0.1;
const IDLE_MS = 150;

/** Delays every commit, once per transaction, after everything was written. */
function slowCommits({ commitDelay: { from, to } }: Conditions): string {
  return `
create schema lab;
create function lab.delay_commit() returns trigger language plpgsql as $$
begin
  if current_setting('lab.delayed', true) is distinct from pg_current_xact_id()::text then
    perform set_config('lab.delayed', pg_current_xact_id()::text, true);
    perform pg_sleep((${from} + random() * ${to - from}) / 1000);
  end if;
  return null;
end $$;
create constraint trigger delay_commit after insert on event_store.events
  deferrable initially deferred for each row execute function lab.delay_commit();
create table lab.noise (n integer);`;
}

function newEvent(): NewEvent {
  return {
    eventId: uuidv7(),
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

/** A neighbour that writes, stays idle in its transaction, and mostly rolls back. */
async function beHostile(client: Client, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await client.query('begin');
    await client.query('insert into lab.noise values (1)');
    await client.query('select max(position) from event_store.events');
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    await client.query(Math.random() < 0.7 ? 'rollback' : 'commit');
  }
}

function asSeen({ eventId, streamId, version }: RecordedEvent): Seen {
  return { id: eventId, stream: streamId, version };
}

/** Follows by asking again and again, as a reader without notifications does. */
async function poll(store: PostgresEventStore, seen: Seen[], isOver: () => boolean): Promise<void> {
  let after = 0;
  for (;;) {
    const wasOver = isOver();
    const events = await store.readAll({ after, limit: 500 });
    seen.push(...events.map(asSeen));
    after = events.at(-1)?.position ?? after;
    if (events.length > 0) continue;
    if (wasOver) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Several stores append at once; one reader subscribes in a store of its own, one polls. */
export async function tryOurDesign(conditions: Conditions): Promise<Finding[]> {
  const { url } = conditions;
  const reader = await PostgresEventStore.open({ url });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(slowCommits(conditions));
  const stores = Array.from({ length: STORES }, () => new PostgresEventStore({ url }));
  const committed = new Set<string>();
  const [subscribed, polled]: [Seen[], Seen[]] = [[], []];
  const subscription = reader.subscribeToAll({
    after: 0,
    onBatch: (events) => {
      subscribed.push(...events.map(asSeen));
      return Promise.resolve();
    },
  });
  const write = async (writer: number): Promise<void> => {
    const event = newEvent();
    const streamId = `lab.stream-${Math.floor(Math.random() * STREAMS)}`;
    const expected = Math.random() < CONFLICT_SHARE ? 1_000_000_000 : 'any';
    const store = stores[writer % STORES]!;
    const result = await store.append([{ streamId, expected, events: [event] }]);
    if (result.kind === 'appended') committed.add(event.eventId);
  };
  await contest(conditions, write, async (isOver) => {
    await Promise.all([poll(reader, polled, isOver), beHostile(client, isOver)]);
  });
  const last = await reader.lastPosition();
  for (let patience = 500; subscribed.length < last && patience > 0; patience -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await subscription.close();
  await Promise.all([...stores, reader].map((store) => store.close()));
  await client.end();
  const isDense = last === committed.size;
  return [
    judge('ours, subscribed', committed, subscribed, isDense),
    judge('ours, polled', committed, polled, isDense),
  ];
}
