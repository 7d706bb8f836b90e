import { COUNTED_DEBITS, COUNTED_REFUNDS } from './contribution';
import { JOURNAL_ROWS } from './journal-row';

/** Stands for the whole installation among the nodes that have figures. */
export const ROOT_NODE_ID = '00000000-0000-0000-0000-000000000000';

const transactions = JOURNAL_ROWS.createTable([
  'environment',
  'shopId',
  'paymentMeans',
  'currency',
  'createdAt',
  'businessDay',
  'initialMinor',
  'currentMinor',
]);

const rollUp = (name: string, bucketType: string) => `
create table ${name} (
  environment text not null,
  node_id uuid not null,
  bucket ${bucketType} not null,
  payment_means text not null,
  currency text not null,
  recorded_count bigint not null,
  debit_count bigint not null,
  debit_minor bigint not null,
  refund_count bigint not null,
  refund_minor bigint not null,
  maximum_minor bigint
);`;

/**
 * The journal, the nodes above each shop, and the figures of every node by hour and by Paris day.
 * `roll_ups_kept` has a row once the figures follow each change; a rebuild makes them at its end.
 */
export const JOURNAL_TABLES = `
create extension if not exists pg_trgm schema public;

${transactions}

-- Shops and contracts differ a thousandfold in size: the planner must know the large ones.
alter table transactions alter column shop_id set statistics 400;
alter table transactions alter column contract_number set statistics 400;

create table nodes (
  node_id uuid primary key,
  parent_id uuid not null,
  history_months smallint
);

create table node_shops (
  node_id uuid not null,
  shop_id uuid not null,
  primary key (shop_id, node_id)
);
create index node_shops_of_node on node_shops (node_id);
${rollUp('statistics_hour', 'timestamptz')}
${rollUp('statistics_day', 'date')}

create table roll_ups_kept (
  is_kept boolean primary key
);`;

const DEBITS = COUNTED_DEBITS.join(', ');
const REFUNDS = COUNTED_REFUNDS.join(', ');

const buildRollUp = (name: string, bucket: string) => `
insert into ${name}
  (environment, node_id, bucket, payment_means, currency,
   recorded_count, debit_count, debit_minor, refund_count, refund_minor, maximum_minor)
with of_shop as (
  select environment, shop_id, ${bucket} as bucket, payment_means, currency,
    count(*) as recorded_count,
    count(*) filter (where combination in (${DEBITS})) as debit_count,
    coalesce(sum(debited_minor) filter (where combination in (${DEBITS})), 0) as debit_minor,
    count(*) filter (where combination in (${REFUNDS})) as refund_count,
    coalesce(sum(initial_minor) filter (where combination in (${REFUNDS})), 0) as refund_minor,
    max(debited_minor) filter (where combination in (${DEBITS})) as maximum_minor
  from transactions
  where combination is not null
  group by 1, 2, 3, 4, 5
)
select environment, node_id, bucket, payment_means, currency, sum(recorded_count),
  sum(debit_count), sum(debit_minor), sum(refund_count), sum(refund_minor), max(maximum_minor)
from of_shop join node_shops using (shop_id)
group by 1, 2, 3, 4, 5;
alter table ${name} add primary key (environment, node_id, bucket, payment_means, currency);`;

/**
 * What is made in one go after a rebuild's bulk load: the figures from the journal's rows, which is
 * also a second, independent definition of them, and the indexes of the searches.
 */
export const JOURNAL_INDEXES = `
set local work_mem = '96MB';
set local maintenance_work_mem = '128MB';
insert into node_shops (node_id, shop_id)
select node_id, shop_id
from (select distinct shop_id from transactions) s
cross join lateral (values (s.shop_id), ('${ROOT_NODE_ID}'::uuid)) v (node_id)
on conflict do nothing;
${buildRollUp('statistics_hour', "date_trunc('hour', created_at, 'UTC')")}
${buildRollUp('statistics_day', 'business_day')}
insert into roll_ups_kept values (true);

create index transactions_number on transactions (transaction_number);
create index transactions_date on transactions (environment, created_at, transaction_id);
create index transactions_shop on transactions (shop_id, created_at, transaction_id);
create index transactions_means on transactions (environment, payment_means, created_at);
create index transactions_shop_amount
  on transactions (shop_id, combination, initial_minor, transaction_id);
create index transactions_amount
  on transactions (environment, combination, initial_minor, transaction_id);
create index transactions_contract on transactions (contract_number, created_at);
create index transactions_currency on transactions (currency, created_at) where currency <> 'EUR';
create index transactions_wallet on transactions (wallet, created_at) where wallet is not null;
create index transactions_remittance on transactions (remittance_number, created_at)
  where remittance_number is not null;
create index transactions_earlier_remittance on transactions using gin (earlier_remittances)
  where earlier_remittances is not null;
create index transactions_original on transactions (original_transaction_id)
  where original_transaction_id is not null;
create index transactions_email on transactions (lower(cardholder_email), created_at)
  where cardholder_email is not null;
create index transactions_reference on transactions (lower(order_reference) text_pattern_ops);
create index transactions_reference_part on transactions
  using gin (lower(order_reference) gin_trgm_ops);`;
