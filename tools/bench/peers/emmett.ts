import type { Peer, PeerEvent } from './peer';
import { requirePeer } from './peer-folder';

const CATEGORY = 'payment';
const BATCH = 1000;
const FILLED_AT_ONCE = 500;

type Message = { readonly type: string; readonly data: object };
type Consumer = {
  reactor(options: object): unknown;
  start(): Promise<void>;
  close(): Promise<void>;
};
type Store = {
  appendToStream(name: string, events: readonly Message[]): Promise<unknown>;
  schema: { migrate(): Promise<unknown> };
  close(): Promise<void>;
};
type Emmett = {
  getPostgreSQLEventStore(connectionString: string): Store;
  postgreSQLEventStoreConsumer(options: object): Consumer;
};

/** Emmett on PostgreSQL, as its documentation uses it. */
export async function openEmmett(url: string, folder: string): Promise<Peer> {
  const emmett = requirePeer(folder, '@event-driven-io/emmett-postgresql') as Emmett;
  const store = emmett.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  return {
    name: 'Emmett',
    append: async (streamId, event) => {
      await store.appendToStream(`${CATEGORY}-${streamId}`, [messageOf(event)]);
    },
    fill: async (events, make) => {
      for (let done = 0; done < events; done += FILLED_AT_ONCE) {
        const messages = Array.from({ length: Math.min(FILLED_AT_ONCE, events - done) }, make);
        await store.appendToStream(`${CATEGORY}-fill-${done}`, messages.map(messageOf));
      }
    },
    replay: (events, fold) => replay(emmett, url, events, fold),
    close: () => store.close(),
  };
}

async function replay(
  emmett: Emmett,
  connectionString: string,
  events: number,
  fold: (type: string) => void,
): Promise<void> {
  const consumer = emmett.postgreSQLEventStoreConsumer({
    connectionString,
    pulling: { batchSize: BATCH },
  });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    consumer.reactor({
      processorId: `bench-${Math.floor(performance.now())}`,
      startFrom: 'BEGINNING',
      eachMessage: ({ type }: Message) => {
        fold(type);
        seen += 1;
        if (seen === events) resolve();
      },
    });
    consumer.start().catch(reject);
  });
  await consumer.close();
}

function messageOf({ type, data }: PeerEvent): Message {
  return { type, data };
}
