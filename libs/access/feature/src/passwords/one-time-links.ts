import { Injectable } from '@nestjs/common';
import type { Instant } from '@encaisse/kernel';
import { digestOf, newSecret } from '@encaisse/platform/access';
import { Problem, problems } from '@encaisse/platform/http';
import { Database, type SqlSession } from '@encaisse/platform/postgres';

const LINK_PROBLEMS = problems({
  'link-unknown': { status: 404, title: 'There is no such link' },
  'link-used': { status: 410, title: 'The link was used' },
  'link-expired': { status: 410, title: 'The link has expired' },
});

type LinkRow = { readonly userId: string; readonly isUsed: boolean; readonly isExpired: boolean };

/** Links good for one use, kept as digests: who holds one chooses a password (AUTH-12). */
@Injectable()
export class OneTimeLinks {
  constructor(private readonly database: Database) {}

  /** A new link for a user; those given before open nothing more. */
  async make(session: SqlSession, userId: string, expiresAt: Instant): Promise<string> {
    const token = newSecret();
    await this.keep(session, userId, token, expiresAt);
    return token;
  }

  /** A link whose token was made elsewhere. */
  async keep(
    session: SqlSession,
    userId: string,
    token: string,
    expiresAt: Instant,
  ): Promise<void> {
    await session.query(
      'delete from access.one_time_links where user_id = $1 and used_at is null',
      [userId],
    );
    await session.query(
      `insert into access.one_time_links (token_digest, user_id, purpose, expires_at)
       values ($1, $2, 'password', $3)`,
      [digestOf(token), userId, expiresAt],
    );
  }

  /** Uses a link up; of two who come at the same moment one has it. Throws a problem otherwise. */
  async claim(token: string, at: Instant): Promise<string> {
    const [claimed] = await this.database.query<{ userId: string }>(
      `update access.one_time_links set used_at = $2
       where token_digest = $1 and used_at is null and expires_at > $2
       returning user_id as "userId"`,
      [digestOf(token), at],
    );
    if (claimed) return claimed.userId;
    const [row] = await this.database.query<LinkRow>(
      `select user_id as "userId", used_at is not null as "isUsed", expires_at <= $2 as "isExpired"
       from access.one_time_links where token_digest = $1`,
      [digestOf(token), at],
    );
    if (!row) throw linkProblem('link-unknown', 'ask for a new one');
    throw row.isUsed
      ? linkProblem('link-used', 'sign in with the password chosen, or ask for a new one')
      : linkProblem('link-expired', 'ask for a new one');
  }

  /** The password was not taken: the link may be tried with another one. */
  async giveBack(token: string): Promise<void> {
    await this.database.query(
      'update access.one_time_links set used_at = null where token_digest = $1',
      [digestOf(token)],
    );
  }
}

function linkProblem(code: keyof typeof LINK_PROBLEMS, detail: string): Problem {
  return new Problem(code, LINK_PROBLEMS[code], detail);
}
