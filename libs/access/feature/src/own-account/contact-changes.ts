import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { changeOwnData, userStream } from '@encaisse/access/domain';
import { epochMillis, type Instant, instantOfEpochMillis } from '@encaisse/kernel';
import { digestOf, newDigits } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { derivedUuid, orProblem, Problem, problems } from '@encaisse/platform/http';
import { Database, instantText } from '@encaisse/platform/postgres';
import { Keyring } from '@encaisse/platform/security';
import type { Account } from '../sign-in/accounts';
import { UserAccounts, type UserOutcome } from '../users/user-accounts';
import { UserPersons } from '../users/user-persons';
import { USER_PROBLEMS } from '../users/user-problems';
import { ContactMessages } from './contact-messages';

export type Channel = 'EMAIL' | 'MOBILE';

const CODE_DIGITS = 6;
const CODE_MINUTES = 15;
const MOST_TRIES = 5;

const CONTACT_CHANGE_PROBLEMS = problems({
  'contact-change-pending': {
    status: 409,
    title: 'The other of e-mail address and mobile is being changed',
  },
  'no-contact-change': { status: 404, title: 'No change of e-mail address or mobile is waiting' },
  'code-wrong': { status: 422, title: 'The code is wrong' },
  'code-spent': { status: 410, title: 'The code has expired or was tried too often' },
});

/** A change that waits for the code sent to the new address or mobile. */
export type PendingChange = { readonly channel: Channel; readonly expiresAt: Instant };

type PendingRow = PendingChange & {
  readonly changeId: string;
  readonly dataKeyId: string;
  readonly sealed: Buffer;
  readonly digest: Buffer;
  readonly attempts: number;
};

/**
 * E-mail and mobile change one at a time, once a code came back from the new one (USER-03, USER-04): the
 * channel that stays protects the account. One row per user is the rule, against parallel requests too.
 */
@Injectable()
export class ContactChanges {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    private readonly streams: Streams,
    private readonly persons: UserPersons,
    private readonly users: UserAccounts,
    private readonly messages: ContactMessages,
    private readonly clock: Clock,
  ) {}

  async begin(account: Account, changeId: string, channel: Channel, value: string): Promise<void> {
    const { userId } = account;
    const at = this.clock.now();
    const expiresAt = instantOfEpochMillis(epochMillis(at) + CODE_MINUTES * 60_000);
    const code = newDigits(CODE_DIGITS);
    const sealed = this.keyring.seal('PRODUCTION', Buffer.from(value), placeOf(changeId));
    await this.database.transaction(async (session) => {
      const rows = await session.query(
        `insert into access.contact_changes (user_id, change_id, channel, data_key_id, sealed,
           code_digest, attempts, expires_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7)
         on conflict (user_id) do update set change_id = excluded.change_id,
           channel = excluded.channel, data_key_id = excluded.data_key_id, sealed = excluded.sealed,
           code_digest = excluded.code_digest, attempts = 0, expires_at = excluded.expires_at
         where contact_changes.channel = excluded.channel or contact_changes.expires_at <= $8
         returning 1`,
        [
          userId,
          changeId,
          channel,
          sealed.dataKeyId,
          sealed.sealed,
          codeDigest(changeId, code),
          expiresAt,
          at,
        ],
      );
      if (rows.length === 0)
        throw changeProblem('contact-change-pending', 'confirm or drop that change first');
      await this.messages.sendCode(session, account, changeId, channel, value, code, CODE_MINUTES);
    });
  }

  async pending(userId: string): Promise<PendingChange | null> {
    const row = await this.row(userId);
    if (!row || row.expiresAt <= this.clock.now()) return null;
    return { channel: row.channel, expiresAt: row.expiresAt };
  }

  /** Takes the code: the new address or mobile counts from now on, and the other one is told. */
  async confirm(account: Account, code: string, metadata: EventMetadata): Promise<UserOutcome> {
    const { userId, personId } = account;
    const row = await this.row(userId);
    if (!row) throw changeProblem('no-contact-change', 'begin a change first');
    const { changeId, channel } = row;
    await this.checkCode(userId, row, code);
    const value = (await this.keyring.unseal(row, placeOf(changeId))).toString();
    const current = await this.persons.of(personId);
    const changed = channel === 'EMAIL' ? { email: value } : { mobile: value };
    const person = await this.persons.remember({ ...current, ...changed });
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => changeOwnData({ person, at }, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    await this.database.transaction(async (session) => {
      await session.query('delete from access.contact_changes where change_id = $1', [changeId]);
      await this.messages.tellOther(session, account, current, changeId, channel, value);
    });
    return this.users.reached({ userId, position, isReplay });
  }

  async drop(userId: string): Promise<void> {
    await this.database.query('delete from access.contact_changes where user_id = $1', [userId]);
  }

  /** Each try is counted before it is looked at, so that parallel guesses are counted too. */
  private async checkCode(userId: string, row: PendingRow, code: string): Promise<void> {
    const [counted] = await this.database.query<{ attempts: number }>(
      `update access.contact_changes set attempts = attempts + 1
       where user_id = $1 and change_id = $2 returning attempts`,
      [userId, row.changeId],
    );
    const attempts = counted?.attempts ?? MOST_TRIES + 1;
    if (attempts > MOST_TRIES || row.expiresAt <= this.clock.now())
      throw changeProblem('code-spent', 'begin the change again');
    if (!timingSafeEqual(codeDigest(row.changeId, code), row.digest))
      throw changeProblem('code-wrong', 'code: type the six digits of the last message');
  }

  private async row(userId: string): Promise<PendingRow | null> {
    const [row] = await this.database.query<PendingRow>(
      `select change_id as "changeId", channel, data_key_id as "dataKeyId", sealed,
         code_digest as digest, attempts,
         ${instantText('expires_at')} as "expiresAt"
       from access.contact_changes where user_id = $1`,
      [userId],
    );
    return row ?? null;
  }
}

function placeOf(changeId: string): string {
  return `contact-change/${changeId}`;
}

/** Bound to its change, so that the digest of a million codes made beforehand opens nothing. */
function codeDigest(changeId: string, code: string): Buffer {
  return digestOf(`${changeId}|${code}`);
}

function changeProblem(code: keyof typeof CONTACT_CHANGE_PROBLEMS, detail: string): Problem {
  return new Problem(code, CONTACT_CHANGE_PROBLEMS[code], detail);
}

/** A change made by the same command has the same id. */
export function changeIdOf(userId: string, commandId: string): string {
  return derivedUuid(`contact change|${userId}|${commandId}`);
}
