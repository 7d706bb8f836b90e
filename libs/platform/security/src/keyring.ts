import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { ENVIRONMENTS, type Environment, invariant } from '@encaisse/kernel';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import { KEY_BYTES, SealBroken, seal, unseal } from './sealing';

type Purpose = 'seal' | 'fingerprint';
const PURPOSES: readonly Purpose[] = ['seal', 'fingerprint'];

type KeyRow = {
  readonly data_key_id: string;
  readonly environment: Environment;
  readonly purpose: Purpose;
  readonly sealed: Buffer;
  readonly is_active: boolean;
};

/** A value as a vault stores it: the bytes and the data key that seals them. */
export type SealedValue = { readonly dataKeyId: string; readonly sealed: Buffer };

/** The master key is malformed, or not the one of this database. The message is the line to show. */
export class MasterKeyRefused extends Error {
  override readonly name = 'MasterKeyRefused';
}

const TENANT_KEYS_KEPT = 10_000;
const KEYRING_LOCK = 'encaisse.keyring';

/**
 * The keys of the vaults (D7): data keys lie in the database sealed with the master key, which never
 * does. Values are sealed with the active data key of their environment; older data keys stay readable.
 * Fingerprint keys are derived per environment and tenant (HKDF-SHA-256, RFC 5869), so that the same
 * card has unrelated fingerprints in two shops.
 */
export class Keyring {
  private readonly keys = new Map<string, Buffer>();
  private readonly active = new Map<string, string>();
  private readonly tenantKeys = new Map<string, Buffer>();
  private readonly masterKey: Buffer;

  private constructor(
    private readonly database: Database,
    masterKeyHex: string,
  ) {
    if (!/^[0-9a-f]{64}$/i.test(masterKeyHex.trim()))
      throw new MasterKeyRefused('VAULT_KEY_FILE must hold 64 hexadecimal digits');
    this.masterKey = Buffer.from(masterKeyHex.trim(), 'hex');
  }

  /**
   * Reads the data keys, made at the first start. Throws MasterKeyRefused when the master key is not
   * the one that sealed them.
   */
  static async open(database: Database, masterKeyHex: string): Promise<Keyring> {
    const keyring = new Keyring(database, masterKeyHex);
    await keyring.load(database);
    if (keyring.active.size < ENVIRONMENTS.length * PURPOSES.length) await keyring.makeMissing();
    return keyring;
  }

  /** The key of `contentFingerprint` for requests. */
  get contentKey(): Buffer {
    return this.derived('PRODUCTION', 'content', '');
  }

  /** The key of keyed fingerprints of one tenant: a shop, or the brand whose shops share cards. */
  tenantKey(purpose: 'card' | 'person', environment: Environment, tenantId: string): Buffer {
    return this.derived(environment, purpose, tenantId);
  }

  seal(environment: Environment, plain: Uint8Array, place: string): SealedValue {
    const dataKeyId = this.active.get(slot(environment, 'seal'));
    const key = dataKeyId === undefined ? undefined : this.keys.get(dataKeyId);
    invariant(dataKeyId !== undefined && key, `no active data key for ${environment}`);
    return { dataKeyId, sealed: seal(key, plain, place) };
  }

  /** Throws SealBroken when the stored bytes were changed or moved. */
  async unseal({ dataKeyId, sealed }: SealedValue, place: string): Promise<Buffer> {
    // Another process may have rotated the keys since this one started.
    if (!this.keys.has(dataKeyId)) await this.load(this.database);
    const key = this.keys.get(dataKeyId);
    if (!key) throw new SealBroken(`the data key of ${place} is missing`);
    return unseal(key, sealed, place);
  }

  /** Seals new values of an environment with a new data key from now on. What is sealed stays readable. */
  async rotate(environment: Environment): Promise<void> {
    await this.database.transaction(async (session) => {
      await session.query(
        `update security.data_keys set is_active = false
         where environment = $1 and purpose = 'seal' and is_active`,
        [environment],
      );
      await this.add(session, environment, 'seal');
    });
    await this.load(this.database);
  }

  private async makeMissing(): Promise<void> {
    await this.database.withAdvisoryLock(KEYRING_LOCK, async () => {
      await this.load(this.database);
      await this.database.transaction(async (session) => {
        for (const environment of ENVIRONMENTS)
          for (const purpose of PURPOSES)
            if (!this.active.has(slot(environment, purpose)))
              await this.add(session, environment, purpose);
      });
      await this.load(this.database);
    });
  }

  private async add(session: SqlSession, environment: Environment, purpose: Purpose) {
    const id = randomUUID();
    const sealed = seal(this.masterKey, randomBytes(KEY_BYTES), keyPlace(id, environment, purpose));
    await session.query(
      `insert into security.data_keys (data_key_id, environment, purpose, sealed, is_active)
       values ($1, $2, $3, $4, true)`,
      [id, environment, purpose, sealed],
    );
  }

  private async load(session: SqlSession): Promise<void> {
    const rows = await session.query<KeyRow>(
      'select data_key_id, environment, purpose, sealed, is_active from security.data_keys',
    );
    for (const row of rows) {
      if (!this.keys.has(row.data_key_id)) this.keys.set(row.data_key_id, this.opened(row));
      if (row.is_active) this.active.set(slot(row.environment, row.purpose), row.data_key_id);
    }
  }

  private opened({ data_key_id, environment, purpose, sealed }: KeyRow): Buffer {
    try {
      return unseal(this.masterKey, sealed, keyPlace(data_key_id, environment, purpose));
    } catch (error) {
      throw new MasterKeyRefused(
        'The vault key is not the one this database was sealed with: give the right VAULT_KEY_FILE, ' +
          'or the keys folder of the DATA_DIR this database comes from',
        { cause: error },
      );
    }
  }

  private derived(environment: Environment, purpose: string, tenantId: string): Buffer {
    const info = `encaisse/${environment}/${purpose}/${tenantId}`;
    const known = this.tenantKeys.get(info);
    if (known) return known;
    const rootId = this.active.get(slot(environment, 'fingerprint'));
    const root = rootId === undefined ? undefined : this.keys.get(rootId);
    invariant(root, `no fingerprint key for ${environment}`);
    const key = Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), info, KEY_BYTES));
    if (this.tenantKeys.size >= TENANT_KEYS_KEPT) this.tenantKeys.clear();
    this.tenantKeys.set(info, key);
    return key;
  }
}

function slot(environment: Environment, purpose: Purpose): string {
  return `${environment}/${purpose}`;
}

function keyPlace(id: string, environment: Environment, purpose: Purpose): string {
  return `data-key/${environment}/${purpose}/${id}`;
}
