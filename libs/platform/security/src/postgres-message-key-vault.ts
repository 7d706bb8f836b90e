import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { Keyring } from './keyring';
import { type LinkedKey, type MessageKeyToSeal, MessageKeyVault } from './message-key-vault';
import { RecentValues } from './recent-values';

const KEYS_REMEMBERED = 5_000;
const REMEMBERED_MILLIS = 60_000;

/** Keys of merchants sealed in `security.message_keys`. */
export class PostgresMessageKeyVault extends MessageKeyVault {
  private readonly recent = new RecentValues<Buffer>(KEYS_REMEMBERED, REMEMBERED_MILLIS);

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  override async seal({ keyId, shopId, environment, key }: MessageKeyToSeal): Promise<void> {
    const { dataKeyId, sealed } = this.keyring.seal(environment, key, placeOf(keyId));
    await this.database.query(
      `insert into security.message_keys (key_id, shop_id, environment, data_key_id, sealed)
       values ($1, $2, $3, $4, $5) on conflict (key_id) do nothing`,
      [keyId, shopId, environment, dataKeyId, sealed],
    );
  }

  override async open(keyId: string): Promise<Buffer | null> {
    const known = this.recent.get(keyId);
    if (known) return known;
    const [row] = await this.database.query<{ data_key_id: string; sealed: Buffer }>(
      'select data_key_id, sealed from security.message_keys where key_id = $1',
      [keyId],
    );
    if (!row) return null;
    const stored = { dataKeyId: row.data_key_id, sealed: row.sealed };
    const key = await this.keyring.unseal(stored, placeOf(keyId));
    this.recent.set(keyId, key);
    return key;
  }

  override async erase(keyId: string): Promise<void> {
    await this.database.query('delete from security.message_keys where key_id = $1', [keyId]);
    this.recent.deleteWhere(() => true);
  }

  override async giveToken(session: SqlSession, keyId: string, digest: Buffer): Promise<boolean> {
    const rows = await session.query(
      `with given as (
         update security.message_keys set token_digest = $2
         where key_id = $1 and token_digest is null returning key_id)
       select key_id from given`,
      [keyId, digest],
    );
    return rows.length > 0;
  }

  override async ofToken(digest: Buffer): Promise<LinkedKey | null> {
    const [row] = await this.database.query<LinkedKey>(
      `select key_id as "keyId", shop_id as "shopId", environment
       from security.message_keys where token_digest = $1`,
      [digest],
    );
    return row ?? null;
  }
}

/** Authenticated with the ciphertext, so that a sealed key cannot stand for another one. */
function placeOf(keyId: string): string {
  return `message-key/${keyId}`;
}
