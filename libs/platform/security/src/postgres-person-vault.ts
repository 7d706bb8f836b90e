import { randomBytes } from 'node:crypto';
import { canonicalJson, type Environment, invariant } from '@encaisse/kernel';
import { type Database, StatementBatcher } from '@encaisse/platform/postgres';
import { uuidv7 } from 'uuidv7';
import { commitmentOf, keyedDigest } from './fingerprints';
import type { Keyring } from './keyring';
import { type PersonalData, type PersonCommitment, PersonVault } from './person-vault';
import { RecentValues } from './recent-values';
import { insertOrFind } from './vault-statements';

const PERSONS_REMEMBERED = 20_000;
const REMEMBERED_MILLIS = 60_000;
const SALT_BYTES = 32;

type PersonRow = {
  readonly personId: string;
  readonly environment: Environment;
  readonly tenantId: string;
  readonly lookup: Buffer;
  readonly person: PersonalData;
};

type StoredPerson = {
  readonly person_id: string;
  readonly data_key_id: string;
  readonly sealed: Buffer;
};

type Content = { readonly person: PersonalData; readonly salt: Buffer };

/** Persons sealed with their salt in `security.persons`. Concurrent calls share one statement. */
export class PostgresPersonVault extends PersonVault {
  private readonly recent = new RecentValues<PersonCommitment>(
    PERSONS_REMEMBERED,
    REMEMBERED_MILLIS,
  );
  private readonly inFlight = new Map<string, Promise<PersonCommitment>>();
  private readonly batcher = new StatementBatcher<PersonRow, PersonCommitment>((rows) =>
    this.write(rows),
  );

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  override async remember(
    person: PersonalData,
    tenantId: string,
    environment: Environment,
  ): Promise<PersonCommitment> {
    const content = canonicalJson(person);
    invariant(content !== '{}', 'a person with nothing known of them');
    const lookup = keyedDigest(this.keyring.tenantKey('person', environment, tenantId), content);
    const key = lookup.toString('base64');
    const known = this.recent.get(key) ?? this.inFlight.get(key);
    if (known !== undefined) return known;
    const row = { personId: uuidv7(), environment, tenantId, lookup, person };
    const writing = this.batcher.submit(row).then((reference) => {
      this.recent.set(key, reference);
      return reference;
    });
    this.inFlight.set(key, writing);
    try {
      return await writing;
    } finally {
      this.inFlight.delete(key);
    }
  }

  override async reveal(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonalData>> {
    const revealed = new Map<string, PersonalData>();
    for (const row of await this.stored(personIds))
      revealed.set(row.person_id, (await this.contentOf(row)).person);
    return revealed;
  }

  override async confirms(reference: PersonCommitment, person: PersonalData): Promise<boolean> {
    const [row] = await this.stored([reference.personId]);
    if (!row) return false;
    const { salt } = await this.contentOf(row);
    return commitmentOf(salt, person).toString('hex') === reference.commitment;
  }

  override async erase(personId: string): Promise<void> {
    await this.database.query('delete from security.persons where person_id = $1', [personId]);
    this.recent.deleteWhere((known) => known.personId === personId);
  }

  private stored(personIds: readonly string[]): Promise<StoredPerson[]> {
    if (personIds.length === 0) return Promise.resolve([]);
    return this.database.query<StoredPerson>(
      'select person_id, data_key_id, sealed from security.persons where person_id = any($1::uuid[])',
      [personIds],
    );
  }

  private async contentOf({ person_id, data_key_id, sealed }: StoredPerson): Promise<Content> {
    const stored = { dataKeyId: data_key_id, sealed };
    const plain = await this.keyring.unseal(stored, placeOf(person_id));
    const salt = plain.subarray(0, SALT_BYTES);
    return { salt, person: JSON.parse(plain.toString('utf8', SALT_BYTES)) as PersonalData };
  }

  private async write(rows: readonly PersonRow[]): Promise<readonly PersonCommitment[]> {
    const found = await insertOrFind(this.database, 'persons', rows, (row) => {
      const { personId, environment, tenantId, lookup, person } = row;
      const salt = randomBytes(SALT_BYTES);
      const plain = Buffer.concat([salt, Buffer.from(canonicalJson(person))]);
      const { dataKeyId, sealed } = this.keyring.seal(environment, plain, placeOf(personId));
      const digest = commitmentOf(salt, person);
      return { id: personId, environment, tenantId, lookup, digest, dataKeyId, sealed };
    });
    return found.map(({ id, digest }) => ({ personId: id, commitment: digest.toString('hex') }));
  }
}

/** Authenticated with the ciphertext, so that sealed data cannot stand for another person. */
function placeOf(personId: string): string {
  return `person/${personId}`;
}
