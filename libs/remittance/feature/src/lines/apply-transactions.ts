import { type TransactionEvent, transactionStream } from '@encaisse/ledger/domain';
import { decodeEvent, type RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import { LINE_COLUMN_LIST } from './tables';
import { evolveWaiting, type WaitingRow } from './waiting-row';

type Read = { readonly event: TransactionEvent; readonly version: number };
type Step = 'fold' | 'send' | 'reject';

/**
 * Applies a batch with a few statements, whatever its length: an evening sends all that waits. The
 * events of one transaction keep their order, those of different transactions have none to keep, so
 * the batch is applied in rounds: in each, one run of like events per transaction.
 */
export async function applyTransactions(
  events: readonly RecordedEvent[],
  session: SqlSession,
): Promise<void> {
  let queues = new Map<string, Read[]>();
  for (const recorded of events) {
    const event = decodeEvent<TransactionEvent>(transactionStream, recorded);
    const read = { event, version: recorded.version };
    const queue = queues.get(event.data.transactionId);
    if (queue) queue.push(read);
    else queues.set(event.data.transactionId, [read]);
  }
  while (queues.size > 0) {
    const rest = new Map<string, Read[]>();
    const round: Record<Step, Map<string, Read[]>> = {
      fold: new Map(),
      send: new Map(),
      reject: new Map(),
    };
    for (const [transactionId, queue] of queues) {
      const step = stepOf(queue[0]!);
      const end = step === 'fold' ? queue.findIndex((read) => stepOf(read) !== 'fold') : 1;
      round[step].set(transactionId, end < 0 ? queue : queue.slice(0, end));
      if (end >= 0 && end < queue.length) rest.set(transactionId, queue.slice(end));
    }
    await foldWaiting(round.fold, session);
    await putIntoRemittances(round.send, session);
    await takeOutOfRemittances(round.reject, session);
    queues = rest;
  }
}

function stepOf({ event }: Read): Step {
  if (event.type === 'TransactionSentToBank') return 'send';
  const isRejection = event.type === 'TransactionSetAside' && event.data.reason === 'line-rejected';
  return isRejection ? 'reject' : 'fold';
}

async function foldWaiting(
  queues: ReadonlyMap<string, readonly Read[]>,
  session: SqlSession,
): Promise<void> {
  if (queues.size === 0) return;
  const known = new Map<string, WaitingRow>();
  const later = [...queues].filter(([, [first]]) => first!.version > 0).map(([id]) => id);
  if (later.length > 0) {
    const rows = await session.query<WaitingRow>(
      'select * from waiting where transaction_id = any($1::uuid[])',
      [later],
    );
    for (const row of rows) known.set(row.transaction_id, row);
  }
  const changed: WaitingRow[] = [];
  const gone: string[] = [];
  for (const [transactionId, reads] of queues) {
    const before = known.get(transactionId) ?? null;
    let row = before;
    for (const { event, version } of reads) {
      const next = evolveWaiting(row, event);
      row = next === null ? null : { ...next, version };
    }
    if (row !== null) changed.push(row);
    else if (before !== null) gone.push(transactionId);
  }
  await saveWaiting(changed, session);
  if (gone.length > 0)
    await session.query('delete from waiting where transaction_id = any($1::uuid[])', [gone]);
}

async function saveWaiting(rows: readonly WaitingRow[], session: SqlSession): Promise<void> {
  if (rows.length === 0) return;
  await session.query(
    `insert into waiting
     select * from jsonb_populate_recordset(null::waiting, $1::jsonb)
     on conflict (transaction_id) do update
       set version = excluded.version, state = excluded.state, kind = excluded.kind,
           amount_minor = excluded.amount_minor, planned_date = excluded.planned_date,
           sending_id = excluded.sending_id, authorization_number = excluded.authorization_number`,
    [JSON.stringify(rows)],
  );
}

/** Membership, as the one event that decides it says (D3). */
async function putIntoRemittances(
  queues: ReadonlyMap<string, readonly Read[]>,
  session: SqlSession,
): Promise<void> {
  if (queues.size === 0) return;
  const remittanceIds = [...queues.values()].map(([read]) =>
    read!.event.type === 'TransactionSentToBank' ? read!.event.data.remittanceId : null,
  );
  const rows = await session.query(
    `with sent as (
       delete from waiting
       using unnest($1::uuid[], $2::uuid[]) as entry (id, remittance_id)
       where waiting.transaction_id = entry.id
       returning waiting.*, entry.remittance_id
     )
     insert into members (${LINE_COLUMN_LIST}, remittance_id)
     select ${LINE_COLUMN_LIST}, remittance_id from sent
     returning 1`,
    [[...queues.keys()], remittanceIds],
  );
  if (rows.length !== queues.size)
    throw new Error(`${queues.size - rows.length} transactions were sent that did not wait`);
}

/** A rejected line stays in its remittance, marked, and its transaction waits again, set aside. */
async function takeOutOfRemittances(
  queues: ReadonlyMap<string, readonly Read[]>,
  session: SqlSession,
): Promise<void> {
  for (const [transactionId, [read]] of queues) {
    const { event, version } = read!;
    if (event.type !== 'TransactionSetAside') continue;
    await session.query(
      `with rejected as (
         update members set is_rejected = true
         where remittance_id = $1 and transaction_id = $2
         returning ${LINE_COLUMN_LIST}
       )
       insert into waiting (${LINE_COLUMN_LIST}, version, state, authorization_only)
       select ${LINE_COLUMN_LIST}, $3::integer, 'set-aside', false from rejected`,
      [event.data.remittanceId, transactionId, version],
    );
  }
}
