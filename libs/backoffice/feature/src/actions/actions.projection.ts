import { ACTION_CATEGORY, type ActionRecorded } from '@encaisse/access/contract';
import { type PaymentRequested, transactionStream } from '@encaisse/ledger/domain';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';
import type { PersonVault } from '@encaisse/platform/security';
import { ACTIONS_PROJECTION, ACTIONS_SCHEMA } from './action-row';

const TABLES = `
create table actions (
  action_id uuid primary key,
  at timestamptz not null,
  kind text not null,
  result text not null,
  status integer not null,
  problem text,
  environment text,
  node_id text,
  user_id uuid,
  login text not null,
  name text,
  email text,
  about_kind text,
  about_id text,
  before jsonb,
  after jsonb,
  origin uuid
);`;

const INDEXES = `
create index actions_at on actions (at, action_id);
create index actions_node on actions (node_id, at, action_id);
create index actions_login on actions (login, at, action_id);
create index actions_kind on actions (kind, at, action_id);
create index actions_about on actions (about_id, at, action_id);`;

type Entry = ActionRecorded['data'];

/**
 * The action log as it is searched. Calls that leave an event of their own are taken from it: a payment
 * that a person keyed in. Payments of machines stand in the journal, each with its key.
 */
export function actionsProjection(persons: PersonVault): Projection {
  return {
    name: ACTIONS_PROJECTION,
    version: 1,
    schema: ACTIONS_SCHEMA,
    tables: TABLES,
    indexes: INDEXES,
    categories: [ACTION_CATEGORY, transactionStream.category],
    async apply(events, session) {
      const entries = events.flatMap(entryOf);
      if (entries.length > 0) await insert(entries, persons, session);
    },
  };
}

function entryOf(event: RecordedEvent): Entry[] {
  if (event.type === 'ActionRecorded') return [event.data as Entry];
  if (event.type !== 'PaymentRequested' || event.metadata.actor.kind !== 'person') return [];
  const payment = event.data as PaymentRequested['data'];
  // A duplication has an entry of its own.
  return payment.duplicateOf === null ? [paymentEntry(event, payment)] : [];
}

function paymentEntry(
  { eventId, metadata }: RecordedEvent,
  payment: PaymentRequested['data'],
): Entry {
  const { transactionId, shopId, environment, orderReference, amount, requestedAt } = payment;
  return {
    actionId: eventId,
    kind: 'PAYMENT',
    at: requestedAt,
    environment,
    nodeId: shopId,
    userId: null,
    login: metadata.actor.login,
    person: null,
    origin: null,
    about: { kind: 'transaction', id: transactionId },
    result: 'ACCEPTED',
    status: 201,
    problem: null,
    before: null,
    after: { orderReference, amount },
  };
}

async function insert(
  entries: readonly Entry[],
  persons: PersonVault,
  session: SqlSession,
): Promise<void> {
  const ids = entries.flatMap(({ person }) => (person ? [person.personId] : []));
  const known = await persons.reveal([...new Set(ids)]);
  const rows = entries.map(({ person, origin, about, nodeId, ...entry }) => {
    const { name, email } = known.get(person?.personId ?? '') ?? {};
    return {
      ...entry,
      nodeId: nodeId ?? 'root',
      name,
      email,
      aboutKind: about?.kind,
      aboutId: about?.id,
      origin: origin?.personId,
    };
  });
  await session.query(
    `insert into actions (action_id, at, kind, result, status, problem, environment, node_id,
       user_id, login, name, email, about_kind, about_id, before, after, origin)
     select "actionId", at, kind, result, status, problem, environment, "nodeId", "userId", login,
       name, email, "aboutKind", "aboutId", before, after, origin
     from jsonb_to_recordset($1::jsonb) as r ("actionId" uuid, at timestamptz, kind text,
       result text, status integer, problem text, environment text, "nodeId" text, "userId" uuid,
       login text, name text, email text, "aboutKind" text, "aboutId" text, before jsonb,
       after jsonb, origin uuid)`,
    [JSON.stringify(rows)],
  );
}
