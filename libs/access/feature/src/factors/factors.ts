import { Injectable } from '@nestjs/common';
import { Keyring } from '@encaisse/platform/security';
import { Database, instantText } from '@encaisse/platform/postgres';

/** Second factors of people belong to no environment; they are sealed like persons. */
const ENVIRONMENT = 'PRODUCTION';

export type FactorKind = 'TOTP' | 'PASSKEY';

export type FactorRow = {
  readonly factorId: string;
  readonly userId: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly credentialId: string | null;
  readonly counter: number;
  readonly isConfirmed: boolean;
};

/** A factor with what proves it: a secret in base 32, or a public key as JSON. */
export type OpenFactor = FactorRow & { readonly secret: string };

export type ShownFactor = Pick<FactorRow, 'factorId' | 'kind' | 'label'> & {
  readonly addedAt: string;
};

type StoredRow = FactorRow & { readonly dataKeyId: string; readonly sealed: Buffer };

const SELECTION = `select f.factor_id as "factorId", f.user_id as "userId", f.kind, f.label,
    f.credential_id as "credentialId", f.counter::float8 as counter,
    f.is_confirmed as "isConfirmed", f.data_key_id as "dataKeyId", f.sealed
  from access.factors f`;

/** Secrets of second factors, sealed, beside the log. */
@Injectable()
export class Factors {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  /** Keeps a new factor; false when its id or its credential is taken. */
  async keep(factor: OpenFactor): Promise<boolean> {
    const { factorId, userId, kind, label, secret, credentialId, counter, isConfirmed } = factor;
    const plain = Buffer.from(secret, 'utf8');
    const { dataKeyId, sealed } = this.keyring.seal(ENVIRONMENT, plain, placeOf(factorId));
    const rows = await this.database.query(
      `insert into access.factors (factor_id, user_id, kind, label, data_key_id, sealed,
         credential_id, counter, is_confirmed)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
      [factorId, userId, kind, label, dataKeyId, sealed, credentialId, counter, isConfirmed],
    );
    return rows.length === 1;
  }

  async byId(factorId: string): Promise<OpenFactor | null> {
    const rows = await this.database.query<StoredRow>(`${SELECTION} where f.factor_id::text = $1`, [
      factorId,
    ]);
    return (await this.opened(rows))[0] ?? null;
  }

  /** What counts when a user signs in: confirmed here, and not removed in the log. */
  async inForce(userId: string): Promise<readonly OpenFactor[]> {
    const rows = await this.database.query<StoredRow>(
      `${SELECTION} join access_users.factors u on u.factor_id = f.factor_id
       where f.user_id = $1 and u.user_id = $1 and f.is_confirmed order by f.factor_id`,
      [userId],
    );
    return this.opened(rows);
  }

  /** The factors of a user as the log has them. */
  shown(userId: string): Promise<ShownFactor[]> {
    return this.database.query<ShownFactor>(
      `select factor_id as "factorId", kind, label,
         ${instantText('added_at')} as "addedAt"
       from access_users.factors where user_id = $1 order by added_at, factor_id`,
      [userId],
    );
  }

  /** Moves the counter on; false when another call with the same proof, or a later one, came first. */
  async advance(factorId: string, counter: number): Promise<boolean> {
    const rows = await this.database.query(
      `update access.factors set counter = $2, is_confirmed = true
       where factor_id = $1 and counter < $2 returning 1`,
      [factorId, counter],
    );
    return rows.length === 1;
  }

  /** Forgets those that were begun and never confirmed. */
  async forgetBegun(userId: string, besides: string): Promise<void> {
    await this.database.query(
      `delete from access.factors where user_id = $1 and not is_confirmed and factor_id <> $2`,
      [userId, besides],
    );
  }

  async forget(userId: string, factorIds: readonly string[]): Promise<void> {
    await this.database.query(
      'delete from access.factors where user_id = $1 and factor_id = any($2::uuid[])',
      [userId, factorIds],
    );
  }

  /** A password chosen beside a second factor may be too short alone: it must be changed (AUTH-10). */
  async askForPassword(userId: string): Promise<void> {
    await this.database.query(
      `update access.passwords set must_change = true where user_id = $1
         and not exists (select from access_users.factors where user_id = $1)`,
      [userId],
    );
  }

  private opened(rows: readonly StoredRow[]): Promise<OpenFactor[]> {
    return Promise.all(
      rows.map(async ({ dataKeyId, sealed, ...row }) => {
        const plain = await this.keyring.unseal({ dataKeyId, sealed }, placeOf(row.factorId));
        return { ...row, secret: plain.toString('utf8') };
      }),
    );
  }
}

function placeOf(factorId: string): string {
  return `factor/${factorId}`;
}
