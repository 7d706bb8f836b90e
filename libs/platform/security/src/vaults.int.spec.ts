import { randomBytes } from 'node:crypto';
import { Database } from '@encaisse/platform/postgres';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import type { CardToSeal } from './card-vault';
import { Keyring, MasterKeyRefused } from './keyring';
import { PostgresCardVault } from './postgres-card-vault';
import { PostgresPersonVault } from './postgres-person-vault';
import { SealBroken } from './sealing';
import { SecurityTables } from './security-migrations';

const MASTER = randomBytes(32).toString('hex');
const SHOP = '01920000-0000-7000-8000-000000000001';
const OTHER_SHOP = '01920000-0000-7000-8000-000000000002';
const NUMBER = '4970109000000007';

let test: TestDatabase;
let database: Database;
let keyring: Keyring;
let cards: PostgresCardVault;
let persons: PostgresPersonVault;

function card(change: Partial<CardToSeal> = {}): CardToSeal {
  return { number: NUMBER, expiry: '2712', environment: 'TEST', tenantId: SHOP, ...change };
}

/** A second process on the same database: own keys, own memory. */
async function anotherProcess(): Promise<PostgresCardVault> {
  return new PostgresCardVault(database, await Keyring.open(database, MASTER));
}

async function writtenBy(work: () => Promise<unknown>): Promise<number> {
  const query = jest.spyOn(database.pool, 'query');
  await work();
  const count = query.mock.calls.length;
  query.mockRestore();
  return count;
}

beforeAll(async () => {
  test = await createTestDatabase();
  database = await Database.connect({ url: test.url, applicationName: 'vaults' }, [SecurityTables]);
  keyring = await Keyring.open(database, MASTER);
  cards = new PostgresCardVault(database, keyring);
  persons = new PostgresPersonVault(database, keyring);
});

afterAll(async () => {
  await database.close();
  await test.drop();
});

describe('Keeping card numbers', () => {
  it('GEN-12 gives a reference and a mask, and the number back to who may open it', async () => {
    const sealed = await cards.seal(card());
    expect(sealed).toMatchObject({ maskedNumber: '497010******0007', expiry: '2712' });
    expect(await cards.open(sealed.cardId)).toEqual({ number: NUMBER, expiry: '2712' });
    expect(await (await anotherProcess()).open(sealed.cardId)).toEqual({
      number: NUMBER,
      expiry: '2712',
    });
  });

  it('keeps the reference of the same card, without a round trip where it was just seen', async () => {
    const first = await cards.seal(card());
    expect(await writtenBy(() => cards.seal(card()))).toBe(0);
    expect((await cards.seal(card())).cardId).toBe(first.cardId);
    expect((await (await anotherProcess()).seal(card())).cardId).toBe(first.cardId);
  });

  it('tells tenants, environments and expiries apart', async () => {
    const here = await cards.seal(card());
    const there = await cards.seal(card({ tenantId: OTHER_SHOP }));
    const production = await cards.seal(card({ environment: 'PRODUCTION' }));
    const renewed = await cards.seal(card({ expiry: '3001' }));
    const ids = [here, there, production, renewed].map(({ cardId }) => cardId);
    expect(new Set(ids).size).toBe(4);
    expect(there.fingerprint).not.toBe(here.fingerprint);
    expect(production.fingerprint).not.toBe(here.fingerprint);
    expect(renewed.fingerprint).toBe(here.fingerprint);
  });

  it('GEN-12 shows neither number nor expiry in any column', async () => {
    await cards.seal(card());
    const rows = await database.query(
      `select to_jsonb(c)::text as text, encode(sealed, 'escape') as sealed from security.cards c`,
    );
    const bytes = JSON.stringify(rows);
    const forms = [NUMBER, Buffer.from(NUMBER).toString('hex'), '"2712"', '32373132'];
    for (const form of forms) expect(bytes).not.toContain(form);
  });

  it('refuses a ciphertext that was changed or moved from another card', async () => {
    const victim = await cards.seal(card({ number: '4111111111111111' }));
    const source = await cards.seal(card({ number: '5555555555554444' }));
    await database.query(
      `update security.cards set sealed = (select sealed from security.cards where card_id = $2)
       where card_id = $1`,
      [victim.cardId, source.cardId],
    );
    await expect(cards.open(victim.cardId)).rejects.toThrow(SealBroken);
    await database.query(
      `update security.cards set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)
       where card_id = $1`,
      [source.cardId],
    );
    await expect(cards.open(source.cardId)).rejects.toThrow(SealBroken);
  });

  it('forgets an erased card, whose next payment makes a new reference', async () => {
    const sealed = await cards.seal(card({ number: '378282246310005' }));
    await cards.erase(sealed.cardId);
    expect(await cards.open(sealed.cardId)).toBeNull();
    const again = await cards.seal(card({ number: '378282246310005' }));
    expect(again.cardId).not.toBe(sealed.cardId);
    expect(await cards.open(again.cardId)).not.toBeNull();
  });

  it('seals 500 cards at once in a few statements', async () => {
    const wanted = Array.from({ length: 500 }, (_, index) =>
      card({ number: `50000000${String(index % 400).padStart(8, '0')}` }),
    );
    let references: string[] = [];
    const statements = await writtenBy(async () => {
      const sealed = await Promise.all(wanted.map((one) => cards.seal(one)));
      references = sealed.map(({ cardId }) => cardId);
    });
    expect(statements).toBeLessThanOrEqual(3);
    expect(new Set(references).size).toBe(400);
  });

  it('gives one reference to a card that several processes see first at the same time', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, anotherProcess));
    const numbers = Array.from({ length: 500 }, (_, index) => `60000000${10_000_000 + index}`);
    const seen = await Promise.all(
      processes.map((vault, turn) => {
        const order = turn % 2 === 0 ? numbers : [...numbers].reverse();
        return Promise.all(order.map(async (number) => vault.seal(card({ number })))).then(
          (sealed) => (turn % 2 === 0 ? sealed : sealed.reverse()).map(({ cardId }) => cardId),
        );
      }),
    );
    for (const ids of seen) expect(ids).toEqual(seen[0]);
  });
});

describe('Keys', () => {
  it('says plainly that the master key is another one, or malformed', async () => {
    await expect(Keyring.open(database, randomBytes(32).toString('hex'))).rejects.toThrow(
      /^The vault key is not the one this database was sealed with/,
    );
    await expect(Keyring.open(database, 'secret')).rejects.toThrow(MasterKeyRefused);
  });

  it('keeps what was sealed readable after a rotation, also by a process that did not see it', async () => {
    const stale = await anotherProcess();
    const before = await cards.seal(card({ number: '3530111333300000' }));
    await keyring.rotate('TEST');
    const after = await cards.seal(card({ number: '6011111111111117' }));
    const [row] = await database.query<{ keys: number }>(
      'select count(distinct data_key_id) as keys from security.cards where card_id = any($1)',
      [[before.cardId, after.cardId]],
    );
    expect(row?.keys).toBe(2);
    expect((await stale.open(before.cardId))?.number).toBe('3530111333300000');
    expect((await stale.open(after.cardId))?.number).toBe('6011111111111117');
    expect((await stale.seal(card({ number: '3530111333300000' }))).fingerprint).toBe(
      before.fingerprint,
    );
  });

  it('makes one set of keys when several processes start on an empty database', async () => {
    const empty = await createTestDatabase();
    const shared = await Database.connect({ url: empty.url, applicationName: 'vaults' }, [
      SecurityTables,
    ]);
    await Promise.all(Array.from({ length: 4 }, () => Keyring.open(shared, MASTER)));
    expect(await shared.query('select 1 from security.data_keys')).toHaveLength(4);
    await shared.close();
    await empty.drop();
  });
});

describe('Keeping personal data', () => {
  const person = { email: 'camille@example.fr', name: 'Camille Durand', ip: '203.0.113.7' };

  it('keeps one reference per person and tenant, with a commitment that can be checked', async () => {
    const first = await persons.remember(person, SHOP, 'TEST');
    const again = new PostgresPersonVault(database, keyring);
    expect(await again.remember({ ...person }, SHOP, 'TEST')).toEqual(first);
    expect(await persons.remember(person, OTHER_SHOP, 'TEST')).not.toEqual(first);
    expect(await persons.reveal([first.personId])).toEqual(new Map([[first.personId, person]]));
    expect(await persons.confirms(first, person)).toBe(true);
    expect(await persons.confirms(first, { ...person, name: 'Claude' })).toBe(false);
  });

  it('shows nothing of a person in any column', async () => {
    await persons.remember(person, SHOP, 'TEST');
    const rows = await database.query(
      `select to_jsonb(p)::text as text, encode(sealed, 'escape') as sealed from security.persons p`,
    );
    const bytes = JSON.stringify(rows);
    for (const part of [person.email, 'Durand', person.ip]) {
      expect(bytes).not.toContain(part);
      expect(bytes).not.toContain(Buffer.from(part).toString('hex'));
    }
  });

  it('forgets an erased person with the salt', async () => {
    const known = await persons.remember({ email: 'gone@example.fr' }, SHOP, 'TEST');
    await persons.erase(known.personId);
    expect(await persons.reveal([known.personId])).toEqual(new Map());
    expect(await persons.confirms(known, { email: 'gone@example.fr' })).toBe(false);
    const again = await persons.remember({ email: 'gone@example.fr' }, SHOP, 'TEST');
    expect(again.personId).not.toBe(known.personId);
    expect(again.commitment).not.toBe(known.commitment);
  });

  it('remembers 500 persons at once in a few statements', async () => {
    const statements = await writtenBy(() =>
      Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          persons.remember({ email: `p${index}@example.fr` }, SHOP, 'TEST'),
        ),
      ),
    );
    expect(statements).toBeLessThanOrEqual(3);
  });
});
