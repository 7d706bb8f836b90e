import { Injectable } from '@nestjs/common';
import type { UserLanguage } from '@encaisse/access/contract';
import type { Instant } from '@encaisse/kernel';
import type { Profile } from '@encaisse/platform/access';
import { Database, instantText } from '@encaisse/platform/postgres';

/** A user and their password as a sign-in finds them. */
export type Account = {
  readonly userId: string;
  readonly login: string;
  readonly profile: Profile;
  readonly nodeId: string;
  readonly language: UserLanguage;
  readonly personId: string;
  readonly commitment: string;
  readonly isActive: boolean;
  readonly isLocked: boolean;
  readonly factors: number;
  readonly acceptedTerms: number;
  readonly hash: string | null;
  readonly changedAt: Instant | null;
  /** Until when a password given by support opens anything; null for one that was chosen. */
  readonly temporaryUntil: Instant | null;
  /** It was chosen while a second factor was on, and none is left. */
  readonly mustChange: boolean;
};

const SELECTION = `select u.user_id as "userId", u.login, u.profile, u.node_id as "nodeId",
    u.language, u.person_id as "personId", u.commitment, u.is_active as "isActive",
    u.is_locked as "isLocked", u.factors, u.accepted_terms as "acceptedTerms", p.hash,
    ${instantText('p.changed_at')} as "changedAt", ${instantText('p.temporary_until')} as "temporaryUntil",
    coalesce(p.must_change, false) as "mustChange"
  from access_users.users u left join access.passwords p on p.user_id = u.user_id`;

/** Counts in the place of a login that nobody has, so that it costs the same statements. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class Accounts {
  constructor(private readonly database: Database) {}

  async byLogin(login: string): Promise<Account | null> {
    const sql = `${SELECTION} where u.login = $1`;
    return (await this.database.query<Account>(sql, [login.toLowerCase()]))[0] ?? null;
  }

  async byId(userId: string): Promise<Account | null> {
    const sql = `${SELECTION} where u.user_id = $1`;
    return (await this.database.query<Account>(sql, [userId]))[0] ?? null;
  }

  /** One more failure; tells how many there are in a row. Parallel ones are all counted. */
  async countFailure(userId: string | null): Promise<number> {
    const [row] = await this.database.query<{ failures: number }>(
      `insert into access.sign_in_failures values ($1, 1)
       on conflict (user_id) do update
         set failures = case when $1 = '${NOBODY}' then 1 else sign_in_failures.failures + 1 end
       returning failures`,
      [userId ?? NOBODY],
    );
    return userId === null ? 0 : (row?.failures ?? 0);
  }

  /** Failures in a row as they stand now, others' that came in the meantime included. */
  async failures(userId: string): Promise<number> {
    const [row] = await this.database.query<{ failures: number }>(
      'select failures from access.sign_in_failures where user_id = $1',
      [userId],
    );
    return row?.failures ?? 0;
  }

  async forgetFailures(userId: string): Promise<void> {
    await this.database.query('delete from access.sign_in_failures where user_id = $1', [userId]);
  }
}
