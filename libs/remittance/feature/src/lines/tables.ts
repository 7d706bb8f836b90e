import { LINE_COLUMNS } from './waiting-row';

/** The PostgreSQL schema of this context's own read model. */
export const LINES_SCHEMA = 'remittance_lines';

const LINE_DDL = `
  transaction_id uuid not null,
  environment text not null,
  shop_id uuid not null,
  contract_id uuid not null,
  contract_number text not null,
  rank text not null,
  payment_means text not null,
  acquirer text not null,
  currency text not null,
  kind text not null,
  amount_minor bigint not null,
  transaction_number text not null,
  original_transaction_number text,
  order_reference text not null,
  archiving_reference text,
  card_id text,
  masked_number text,
  authorization_number text,
  retrieval_reference text,
  transaction_at text not null`;

/**
 * What waits to be sent, what was put into which remittance, and the remittances being made. Rows of
 * `waiting` are few (some days of trade); those of `members` never change but for a rejection.
 */
export const LINES_TABLES = `
  create table waiting (${LINE_DDL},
    version integer not null,
    state text not null,
    authorization_only boolean not null,
    planned_date text,
    sending_id uuid,
    primary key (transaction_id));
  create table members (${LINE_DDL},
    remittance_id uuid not null,
    is_rejected boolean not null default false,
    primary key (remittance_id, transaction_id));
  create table remittances (
    remittance_id uuid primary key,
    number text not null,
    environment text not null,
    shop_id uuid not null,
    contract_id uuid not null,
    phase text not null,
    assigned_position bigint not null);
`;

export const LINES_INDEXES = `
  create index waiting_due on waiting (contract_id, transaction_id, planned_date)
    where state in ('to-send', 'cancelled');
  create index waiting_sendings on waiting (sending_id) where sending_id is not null;
  create index remittances_number on remittances (number);
  create index remittances_unfinished on remittances (assigned_position)
    where phase in ('assigned', 'open', 'to-send');
`;

/** Names of the shared columns, for statements that copy rows. */
export const LINE_COLUMN_LIST = LINE_COLUMNS.join(', ');
