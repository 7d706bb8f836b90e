import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { READINGS, createClassicLog } from './classic-designs';
import { canPrepare, connect } from './hostile-neighbours';
import { STREAMS } from './laboratory';
import { numberedEvent } from './our-design';

/** What readers saw of a few appends while somebody else's transaction stayed open. */
export type Stall = {
  readonly neighbour: string;
  readonly appended: number;
  /** Shown before that transaction ended. */
  readonly seenByXid: number;
  readonly seenByOurs: number;
};

const APPENDS = 50;
/** Transactions of other work on this server hold numbers too: so long they are given to end. */
const PATIENCE_MS = 20_000;
const ASK_AGAIN_MS = 50;

type Opening = {
  readonly neighbour: string;
  readonly holdsNumber: boolean;
  readonly begin: string;
  readonly end: string;
};

const WRITING: Opening = {
  neighbour: 'an open writing transaction in another database',
  holdsNumber: true,
  begin: 'begin; insert into noise values (1)',
  end: 'rollback',
};
const PREPARED: Opening = {
  neighbour: 'a forgotten prepared transaction in another database',
  holdsNumber: true,
  begin: "begin; insert into noise values (1); prepare transaction 'gap-lab'",
  end: "rollback prepared 'gap-lab'",
};
const READING: Opening = {
  neighbour: 'an open reading transaction in another database',
  holdsNumber: false,
  begin: 'begin; select count(*) from noise',
  end: 'rollback',
};

/** Readers that wait for transaction numbers stand still with whoever holds one, anywhere. */
export async function tryStalls(url: string, elsewhereUrl: string): Promise<Stall[]> {
  await createClassicLog(url);
  const store = await PostgresEventStore.open({ url });
  const [here, elsewhere] = [await connect(url), await connect(elsewhereUrl)];
  await elsewhere.query('create table noise (n integer)');
  const openings = [READING, WRITING, ...((await canPrepare(here)) ? [PREPARED] : [])];
  const stalls: Stall[] = [];
  let number = 0;
  try {
    for (const { neighbour, holdsNumber, begin, end } of openings) {
      const before = await store.lastPosition();
      const { rows: seenBefore } = await here.query('select max(id) as id from lab.events');
      const firstOfXid = Number((seenBefore[0] as { id: string | null }).id ?? -1) + 1;
      await elsewhere.query(begin);
      for (let count = 0; count < APPENDS; count += 1, number += 1) {
        const stream = number % STREAMS;
        await here.query('select lab.append($1, $2, 0, false)', [number, `stream-${stream}`]);
        const events = [numberedEvent(number)];
        await store.append([{ streamId: `lab.stream-${stream}`, expected: 'any', events }]);
      }
      const seenByXid = await seenByNumber(here, firstOfXid, holdsNumber ? 0 : PATIENCE_MS);
      const ours = await store.readAll({ after: before, limit: APPENDS });
      await elsewhere.query(end);
      stalls.push({ neighbour, appended: APPENDS, seenByXid, seenByOurs: ours.length });
    }
  } finally {
    await Promise.all([here.end(), elsewhere.end(), store.close()]);
  }
  return stalls;
}

/** Appends from `first` on that a reader by transaction number shows, asked again until all are or patience ends. */
async function seenByNumber(client: Client, first: number, patienceMs: number): Promise<number> {
  const { text } = READINGS.find(({ name }) => name === 'xid only')!;
  const givenUp = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ id: string }>(text, ['0', '0']);
    const seen = rows.filter(({ id }) => Number(id) >= first).length;
    if (seen === APPENDS || Date.now() >= givenUp) return seen;
    await setTimeout(ASK_AGAIN_MS);
  }
}
