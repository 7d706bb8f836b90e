import { Client } from 'pg';
import type { Figures, TradeFigures } from '../../demo/figures';

/** The events as the table holds them; each transaction in one row, folded by the database alone. */
const TRANSACTIONS = `
create temp table transactions as
with events as (
  select position, type, body::json -> 'data' as data
  from event_store.events where category = 'ledger.transaction'
), lives as (
  select data ->> 'transactionId' as id,
         max(data ->> 'shopId') as shop,
         bool_or(type = 'RefundRequested') as is_refund,
         bool_or(type = 'CancellationRefused') as is_refused_cancellation,
         bool_or(type = 'TransactionCancelled') as is_cancelled,
         bool_or((data ->> 'authorizationOnly')::boolean) as is_authorization,
         bool_or(type = 'TransactionCaptured') as is_captured,
         (array_agg((data -> 'amount' ->> 'minor')::bigint order by position desc) filter (
            where type in ('PaymentRequested', 'RefundRequested', 'CancellationRefused',
                           'TransactionCaptured', 'TransactionModified')))[1] as minor,
         (array_agg(type order by position desc) filter (
            where type in ('PaymentAccepted', 'PaymentConfirmed', 'PaymentRefused',
                           'PaymentPending', 'PaymentAbandoned', 'AuthorizationOutcomeUnknown',
                           'RefundAccepted', 'RefundConfirmed', 'RefundRefused', 'RefundPending',
                           'TransactionCaptured', 'TransactionSetAside', 'TransactionPutBack',
                           'TransactionSentToBank', 'CancellationRefused')))[1] as last_outcome,
         (array_agg(data ->> 'remittanceId' order by position desc) filter (
            where type = 'TransactionSentToBank'))[1] as remittance
  from events group by 1
)
select shop, minor, remittance,
       case when is_refused_cancellation or is_cancelled then 'CANCELLATION'
            when is_refund then 'REFUND' else 'DEBIT' end as type,
       case last_outcome
         when 'PaymentAccepted' then
           case when is_authorization and not is_captured then 'ACCEPTED AWAITING_CAPTURE'
                else 'ACCEPTED TO_SEND' end
         when 'PaymentConfirmed' then 'ACCEPTED TO_SEND'
         when 'RefundAccepted' then 'ACCEPTED TO_SEND'
         when 'RefundConfirmed' then 'ACCEPTED TO_SEND'
         when 'TransactionPutBack' then 'ACCEPTED TO_SEND'
         when 'TransactionCaptured' then 'ACCEPTED TO_SEND'
         when 'TransactionSentToBank' then 'ACCEPTED SENT'
         when 'TransactionSetAside' then 'ACCEPTED SET_ASIDE'
         when 'PaymentRefused' then 'REFUSED NOT_APPLICABLE'
         when 'RefundRefused' then 'REFUSED NOT_APPLICABLE'
         when 'CancellationRefused' then 'REFUSED NOT_APPLICABLE'
         when 'PaymentAbandoned' then 'ABANDONED NOT_APPLICABLE'
         when 'PaymentPending' then 'PENDING AWAITING_CONFIRMATION'
         when 'RefundPending' then 'PENDING AWAITING_CONFIRMATION'
         when 'AuthorizationOutcomeUnknown' then 'PENDING AWAITING_CONFIRMATION'
         else 'WITHOUT_OUTCOME' end as state
from lives`;

const SUMS = `
select count(*) filter (where is_counted) as count,
       coalesce(sum(minor) filter (where is_counted and type = 'DEBIT'), 0) as debits,
       count(*) filter (where is_counted and type = 'DEBIT') as debit_count,
       coalesce(sum(minor) filter (where is_counted and type = 'REFUND'), 0) as refunds,
       max(minor) filter (where is_counted and type = 'DEBIT') as maximum,
       count(distinct remittance) as remittances,
       count(*) filter (where remittance is not null and type <> 'REFUND') as sent_debit_count,
       coalesce(sum(minor) filter (where remittance is not null and type <> 'REFUND'), 0) as sent_debits,
       count(*) filter (where remittance is not null and type <> 'DEBIT') as sent_credit_count,
       coalesce(sum(minor) filter (where remittance is not null and type <> 'DEBIT'), 0) as sent_credits
from (select *, state in ('ACCEPTED SENT', 'ACCEPTED TO_SEND')
                and type in ('DEBIT', 'REFUND') as is_counted
      from transactions where shop = any($1)) of_shops`;

type SumRow = Readonly<Record<string, string | null>>;

/** The figures as SQL tells them from the table of events, past every read model. */
export async function figuresOfSql(url: string, shopIds: readonly string[]): Promise<TradeFigures> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(TRANSACTIONS);
    const shops: Figures[] = [];
    for (const shopId of shopIds) shops.push(await figuresOf(client, [shopId]));
    return { shops, all: await figuresOf(client, shopIds) };
  } finally {
    await client.end();
  }
}

async function figuresOf(client: Client, shopIds: readonly string[]): Promise<Figures> {
  const states = await client.query<{ state: string; count: string }>(
    `select type || ' ' || state as state, count(*) as count
     from transactions where shop = any($1) group by 1`,
    [shopIds],
  );
  const { rows } = await client.query<SumRow>(SUMS, [shopIds]);
  const of = (name: string): number => Number(rows[0]![name] ?? 0);
  const [count, minor] = [of('debit_count'), of('debits')];
  return {
    states: Object.fromEntries(states.rows.map((row) => [row.state, Number(row.count)])),
    count: of('count'),
    turnoverMinor: minor - of('refunds'),
    maximumMinor: count === 0 ? null : of('maximum'),
    averageMinor: count === 0 ? null : Math.floor((2 * minor + count) / (2 * count)),
    remittances: {
      count: of('remittances'),
      debits: { count: of('sent_debit_count'), minor: of('sent_debits') },
      credits: { count: of('sent_credit_count'), minor: of('sent_credits') },
      totalMinor: of('sent_debits') - of('sent_credits'),
    },
  };
}
