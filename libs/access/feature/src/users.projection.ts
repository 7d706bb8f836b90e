import {
  ACTION_CATEGORY,
  type ActionRecorded,
  API_KEY_CATEGORY,
  type ApiKeyEvent,
  TERMS_CATEGORY,
  type TermsPublished,
  USER_CATEGORY,
  type UserEvent,
} from '@encaisse/access/contract';
import { businessDayOf } from '@encaisse/kernel';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';
import { applyToKey } from './api-keys/api-key-rows';

export const USERS_PROJECTION = 'access.users';
/** `platform/access` reads users and keys here at every request. */
export const USERS_SCHEMA = 'access_users';

const TABLES = `
create table users (
  user_id uuid primary key,
  login text not null unique,
  profile text not null,
  node_id text not null,
  language text not null,
  person_id uuid not null,
  commitment text not null,
  is_active boolean not null,
  is_locked boolean not null,
  password_changed_at timestamptz,
  accepted_terms integer not null,
  factors integer not null,
  created_at timestamptz not null,
  connections integer not null,
  week_begins date,
  week_connections integer not null,
  last_connection_at timestamptz
);
create table terms (
  version integer primary key,
  text_fr text not null,
  text_en text not null,
  published_at timestamptz not null
);
create table factors (
  factor_id uuid primary key,
  user_id uuid not null,
  kind text not null,
  label text not null,
  added_at timestamptz not null
);
create table api_keys (
  key_id uuid primary key,
  label text not null,
  node_id text not null,
  environment text not null,
  actions text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  secret_id uuid not null,
  former_secret_id uuid,
  former_valid_until timestamptz,
  rotated_at timestamptz,
  revoked_at timestamptz
);`;

const INDEXES = `
create index users_node on users (node_id, login);
create index factors_of on factors (user_id);
create index api_keys_node on api_keys (node_id, created_at);`;

/** Users and keys as they stand, and how often people came (UMGT-03). */
export const usersProjection: Projection = {
  name: USERS_PROJECTION,
  version: 1,
  schema: USERS_SCHEMA,
  tables: TABLES,
  indexes: INDEXES,
  categories: [USER_CATEGORY, TERMS_CATEGORY, ACTION_CATEGORY, API_KEY_CATEGORY],
  async apply(events, session) {
    for (const recorded of events) await applyOne(recorded as unknown as Told, session);
  },
};

type Told = UserEvent | TermsPublished | ActionRecorded | ApiKeyEvent;

async function applyOne(event: Told, session: SqlSession): Promise<void> {
  switch (event.type) {
    case 'ActionRecorded':
      return connect(event.data, session);
    case 'TermsPublished': {
      const { version, textFr, textEn, publishedAt } = event.data;
      await session.query('insert into terms values ($1, $2, $3, $4)', [
        version,
        textFr,
        textEn,
        publishedAt,
      ]);
      return;
    }
    case 'ApiKeyCreated':
    case 'ApiKeyRotated':
    case 'ApiKeyRevoked':
      return applyToKey(event, session);
    case 'UserCreated':
      return create(event.data, session);
    default:
      return change(event, session);
  }
}

async function create(
  data: Extract<UserEvent, { type: 'UserCreated' }>['data'],
  session: SqlSession,
): Promise<void> {
  const { personId, commitment } = data.person;
  await session.query(
    `insert into users (user_id, login, profile, node_id, language, person_id, commitment, is_active,
       is_locked, accepted_terms, factors, created_at, connections, week_connections)
     values ($1, $2, $3, $4, $5, $6, $7, true, false, 0, 0, $8, 0, 0)`,
    [
      data.userId,
      data.login,
      data.profile,
      data.nodeId,
      data.language,
      personId,
      commitment,
      data.createdAt,
    ],
  );
}

type Change = Exclude<UserEvent, { type: 'UserCreated' }>;

async function change(event: Change, session: SqlSession): Promise<void> {
  const { userId } = event.data;
  const set = (assignments: string, ...values: readonly unknown[]) =>
    session.query(`update users set ${assignments} where user_id = $1`, [userId, ...values]);
  switch (event.type) {
    case 'UserChanged': {
      const { profile, nodeId, language, person } = event.data;
      await set(
        'profile = $2, node_id = $3, language = $4, person_id = $5, commitment = $6',
        profile,
        nodeId,
        language,
        person.personId,
        person.commitment,
      );
      return;
    }
    case 'UserDisabled':
      await set('is_active = false');
      return;
    case 'UserReactivated':
      await set('is_active = true');
      return;
    case 'UserLocked':
      await set('is_locked = true');
      return;
    case 'PasswordReset':
      await set('is_locked = false');
      return;
    case 'PasswordChanged':
      await set('password_changed_at = $2', event.data.changedAt);
      return;
    case 'TermsAccepted':
      await set('accepted_terms = $2', event.data.version);
      return;
    case 'FactorAdded': {
      const { factorId, kind, label, addedAt } = event.data;
      const values = [factorId, userId, kind, label, addedAt];
      await session.query('insert into factors values ($1, $2, $3, $4, $5)', values);
      await set('factors = factors + 1');
      return;
    }
    case 'FactorRemoved':
      await session.query('delete from factors where factor_id = $1', [event.data.factorId]);
      await set('factors = factors - 1');
      return;
  }
}

/** Counts sign-ins: those of the ISO week stand until the next week begins. */
async function connect(
  { kind, result, userId, at }: ActionRecorded['data'],
  session: SqlSession,
): Promise<void> {
  if (kind !== 'SIGN_IN' || result !== 'ACCEPTED' || userId === null) return;
  await session.query(
    `update users set connections = connections + 1,
       week_connections = case when week_begins = date_trunc('week', $2::date)::date
         then week_connections + 1 else 1 end,
       week_begins = date_trunc('week', $2::date)::date, last_connection_at = $3
     where user_id = $1`,
    [userId, businessDayOf(at), at],
  );
}
