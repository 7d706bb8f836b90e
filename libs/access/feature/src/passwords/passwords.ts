import { Injectable } from '@nestjs/common';
import { FORMER_PASSWORDS, passwordRefusal, type PasswordRefusal } from '@encaisse/access/domain';
import type { Instant } from '@encaisse/kernel';
import { Database, type SqlSession } from '@encaisse/platform/postgres';
import { isCommonPassword } from './common-passwords';
import { PasswordHashing } from './password-hashing';

type Stored = { readonly hash: string; readonly former_hashes: readonly string[] };

/** Passwords of users: hashes only, beside the log. */
@Injectable()
export class Passwords {
  constructor(
    private readonly database: Database,
    private readonly hashing: PasswordHashing,
  ) {}

  async isRight(userId: string, password: string): Promise<boolean> {
    const [stored] = await this.stored(userId);
    return this.hashing.verify(stored?.hash ?? null, password);
  }

  /** Why a user may not take a password; null when they may. */
  async refusalOf(
    userId: string,
    password: string,
    hasSecondFactor: boolean,
  ): Promise<PasswordRefusal | null> {
    const rules = { password, hasSecondFactor, isCommon: isCommonPassword(password) };
    const early = passwordRefusal({ ...rules, wasUsedBefore: false });
    if (early) return early;
    const [stored] = await this.stored(userId);
    const former = stored ? [stored.hash, ...stored.former_hashes] : [];
    const checks = await Promise.all(former.map((one) => this.hashing.verify(one, password)));
    return passwordRefusal({ ...rules, wasUsedBefore: checks.includes(true) });
  }

  hash(password: string): Promise<string> {
    return this.hashing.hash(password);
  }

  /** The new password counts from now on; failures of before are forgotten. */
  async set(
    session: SqlSession,
    userId: string,
    hash: string,
    at: Instant,
    temporary: { readonly until: Instant } | null = null,
  ): Promise<void> {
    await session.query(
      `insert into access.passwords (user_id, hash, former_hashes, changed_at, temporary_until)
       values ($1, $2, '{}', $3, $4)
       on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at,
         temporary_until = excluded.temporary_until, must_change = false,
         former_hashes = (array_prepend(passwords.hash, passwords.former_hashes))[1:$5]`,
      [userId, hash, at, temporary?.until ?? null, FORMER_PASSWORDS - 1],
    );
    await session.query('delete from access.sign_in_failures where user_id = $1', [userId]);
  }

  private stored(userId: string): Promise<Stored[]> {
    return this.database.query<Stored>(
      'select hash, former_hashes from access.passwords where user_id = $1',
      [userId],
    );
  }
}
