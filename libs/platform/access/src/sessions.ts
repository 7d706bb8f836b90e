import { Tokens as CsrfTokens } from '@fastify/csrf';
import {
  type Environment,
  epochMillis,
  type Instant,
  instantOfEpochMillis,
} from '@encaisse/kernel';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import { uuidv7 } from 'uuidv7';
import type { Profile } from './policy';
import { digestOf, newSecret } from './secrets';

/** A session without activity for this long has ended (AUTH-03). */
export const IDLE_MINUTES = 15;

/** What a session must go through before anything else. */
export type SignInGate = 'second-factor' | 'password' | 'terms';

/** A live session and its user as they stand at this request. */
export type LiveSession = {
  readonly sessionId: string;
  readonly csrfSecret: string;
  readonly environment: Environment;
  readonly gate: SignInGate | null;
  readonly userId: string;
  readonly login: string;
  readonly profile: Profile;
  readonly nodeId: string;
  readonly personId: string;
  readonly commitment: string;
};

export type OpenedSession = { readonly sessionId: string; readonly token: string };

type SessionRow = Omit<LiveSession, 'gate'> & {
  readonly needsSecondFactor: boolean;
  readonly needsNewPassword: boolean;
  readonly needsTerms: boolean;
};

/**
 * Touches the session and reads its user in one statement, so that rights, locks and endings are those
 * of this very request. A deactivated user has no session, whatever the row says.
 */
const RESUME = `
  update access.sessions s set last_seen_at = $2
  from access_users.users u
  where s.token_digest = $1 and s.ended_at is null and s.last_seen_at > $3
    and u.user_id = s.user_id and u.is_active
  returning s.session_id as "sessionId", s.csrf_secret as "csrfSecret", s.environment,
    s.needs_second_factor as "needsSecondFactor", s.needs_new_password as "needsNewPassword",
    u.accepted_terms < (select coalesce(max(version), 1) from access_users.terms) as "needsTerms",
    u.user_id as "userId", u.login, u.profile, u.node_id as "nodeId", u.person_id as "personId",
    u.commitment`;

/** PostgreSQL's code for a table that is not there. */
const UNDEFINED_TABLE = '42P01';

const csrf = new CsrfTokens({ algorithm: 'sha256' });

/** Sessions of people: opaque tokens whose digests are rows, one live session per user (AUTH-03). */
export class Sessions {
  constructor(private readonly database: Database) {}

  /**
   * Opens a session, unless another one of the user is alive: then null. The one named by `replaces`
   * (the same browser signing in again) gives way, and so does one whose second factor was never given:
   * a password alone keeps nobody out.
   */
  async open(
    user: {
      readonly userId: string;
      readonly environment: Environment;
      readonly needsSecondFactor: boolean;
      readonly needsNewPassword: boolean;
    },
    at: Instant,
    replaces: string | null,
  ): Promise<OpenedSession | null> {
    const token = newSecret();
    const sessionId = uuidv7();
    const csrfSecret = await csrf.secret();
    const isOpened = await this.database.transaction(async (session) => {
      await session.query(
        `update access.sessions set ended_at = $2
         where user_id = $1 and ended_at is null 
           and (last_seen_at <= $3 or token_digest = $4 or needs_second_factor)`,
        [user.userId, at, idleLimit(at), digestOf(replaces ?? '')],
      );
      const rows = await session.query(
        `insert into access.sessions (session_id, token_digest, user_id, environment, csrf_secret,
           needs_second_factor, needs_new_password, started_at, last_seen_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         on conflict do nothing returning 1`,
        [
          sessionId,
          digestOf(token),
          user.userId,
          user.environment,
          csrfSecret,
          user.needsSecondFactor,
          user.needsNewPassword,
          at,
        ],
      );
      return rows.length === 1;
    });
    return isOpened ? { sessionId, token } : null;
  }

  /** The live session of a token, its idle time begun anew; null when there is none. */
  async resume(token: string, at: Instant): Promise<LiveSession | null> {
    const [row] = await this.database
      .query<SessionRow>(RESUME, [digestOf(token), at, idleLimit(at)])
      .catch((error: unknown) => {
        // Nobody can have signed in where users were never read from the log.
        if ((error as { code?: string }).code === UNDEFINED_TABLE) return [];
        throw error;
      });
    if (!row) return null;
    const { needsSecondFactor, needsNewPassword, needsTerms, ...live } = row;
    return { ...live, gate: gateOf(needsSecondFactor, needsNewPassword, needsTerms) };
  }

  async end(sessionId: string, at: Instant): Promise<void> {
    await this.database.query(
      'update access.sessions set ended_at = $2 where session_id = $1 and ended_at is null',
      [sessionId, at],
    );
  }

  /** Ends the sessions of a user, all or all but one. */
  async endAll(
    userId: string,
    at: Instant,
    session: SqlSession = this.database,
    except: string | null = null,
  ): Promise<void> {
    await session.query(
      `update access.sessions set ended_at = $2
       where user_id = $1 and ended_at is null and session_id is distinct from $3::uuid`,
      [userId, at, except],
    );
  }

  /** The second factor was given: the session goes on to its next gate, under a new token. */
  async passSecondFactor(sessionId: string): Promise<OpenedSession> {
    const token = newSecret();
    await this.database.query(
      `update access.sessions set token_digest = $2, needs_second_factor = false
       where session_id = $1`,
      [sessionId, digestOf(token)],
    );
    return { sessionId, token };
  }

  /** The password was changed: the session goes on under a new token, the former opens nothing more. */
  async renew(sessionId: string): Promise<OpenedSession> {
    const token = newSecret();
    await this.database.query(
      `update access.sessions set token_digest = $2, needs_new_password = false
       where session_id = $1`,
      [sessionId, digestOf(token)],
    );
    return { sessionId, token };
  }

  /** Changes the environment a session looks at (D17). */
  async look(sessionId: string, environment: Environment): Promise<void> {
    await this.database.query('update access.sessions set environment = $2 where session_id = $1', [
      sessionId,
      environment,
    ]);
  }

  /** Forgets sessions that ended more than a day ago. */
  async prune(at: Instant): Promise<void> {
    const before = instantOfEpochMillis(epochMillis(at) - 86_400_000);
    await this.database.query(
      'delete from access.sessions where coalesce(ended_at, last_seen_at) < $1',
      [before],
    );
  }
}

/** The token that a page sends back with every change, made anew each time it is asked for. */
export function csrfToken(session: Pick<LiveSession, 'csrfSecret'>): string {
  return csrf.create(session.csrfSecret);
}

export function isCsrfToken(session: Pick<LiveSession, 'csrfSecret'>, token: unknown): boolean {
  return typeof token === 'string' && csrf.verify(session.csrfSecret, token);
}

function idleLimit(at: Instant): Instant {
  return instantOfEpochMillis(epochMillis(at) - IDLE_MINUTES * 60_000);
}

function gateOf(
  needsSecondFactor: boolean,
  needsNewPassword: boolean,
  needsTerms: boolean,
): SignInGate | null {
  if (needsSecondFactor) return 'second-factor';
  if (needsNewPassword) return 'password';
  return needsTerms ? 'terms' : null;
}
