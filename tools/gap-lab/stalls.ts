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

type Opening = { readonly neighbour: string; readonly begin: string; readonly end: string };

const WRITING: Opening = {
  neighbour: 'an open writing transaction in another database',
  begin: 'begin; insert into noise values (1)',
  end: 'rollback',
};
const PREPARED: Opening = {
  neighbour: 'a forgotten prepared transaction in another database',
  begin: "begin; insert into noise values (1); prepare transaction 'gap-lab'",
  end: "rollback prepared 'gap-lab'",
};
const READING: Opening = {
  neighbour: 'an open reading transaction in another database',
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
  const xidReading = READINGS.find(({ name }) => name === 'xid only')!.text;
  const stalls: Stall[] = [];
  let number = 0;
  try {
    for (const { neighbour, begin, end } of openings) {
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
      const { rows } = await here.query<{ id: string }>(xidReading, ['0', '0']);
      const ours = await store.readAll({ after: before, limit: APPENDS });
      await elsewhere.query(end);
      const seenByXid = rows.filter(({ id }) => Number(id) >= firstOfXid).length;
      stalls.push({ neighbour, appended: APPENDS, seenByXid, seenByOurs: ours.length });
    }
  } finally {
    await Promise.all([here.end(), elsewhere.end(), store.close()]);
  }
  return stalls;
}
