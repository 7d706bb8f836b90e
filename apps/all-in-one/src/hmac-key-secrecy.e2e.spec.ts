import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import {
  ChildProduct,
  createTestDatabase,
  found,
  freePort,
  type TestDatabase,
} from '@encaisse/testing';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';

const PASSPHRASE = 'Boutique en Ligne 2017!';

describe('The secrets of an HMAC key', () => {
  let testDatabase: TestDatabase;
  let dataDir: string;
  let product: ChildProduct;
  /** Everything the product said over HTTP after the answer that shows the key. */
  const said: string[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'encaisse-secrecy-'));
    product = await ChildProduct.start({
      LOG_LEVEL: 'trace',
      DATABASE_URL: testDatabase.url,
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
    });
  }, 120_000);
  afterAll(async () => {
    await product.stop();
    await testDatabase.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const call = async (method: string, path: string, body?: object) => {
    const answer = await product.call(method, path, body);
    said.push(JSON.stringify(answer.body));
    return answer;
  };

  async function openShop(): Promise<string> {
    const [brandId, groupId, shopId] = [uuidv7(), uuidv7(), uuidv7()];
    await call('POST', '/api/v1/nodes', { id: brandId, level: 'BRAND', name: 'Aurore' });
    const group = { id: groupId, level: 'GROUP', name: 'Nord', parentId: brandId };
    await call('POST', '/api/v1/nodes', group);
    const identifiers = { siteNumber: '1999888', rank: '032', merchantIdentifier: '2' };
    const shop = { id: shopId, level: 'SHOP', name: 'Lille', parentId: groupId, ...identifiers };
    await call('POST', '/api/v1/nodes', shop);
    await call('PATCH', `/api/v1/shops/${shopId}/settings`, {
      id: uuidv7(),
      emails: { integrator: 'web@example.com' },
    });
    return shopId;
  }

  async function mailText(): Promise<string> {
    return found('a mail', async () => {
      const { body } = await product.call('GET', '/dev/mail.json');
      return body.items.length > 0 ? JSON.stringify(body) : undefined;
    });
  }

  /** Every text and every sealed byte of the database, as a dump would show them. */
  async function dump(): Promise<string> {
    const database = await Database.connect(
      { url: testDatabase.url, applicationName: 'secrecy', poolSize: 4 },
      [],
    );
    try {
      const tables = await database.query<{ name: string }>(
        `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
         where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
      );
      const rows: string[] = [];
      for (const { name } of tables)
        for (const { row } of await database.query<{ row: string }>(
          `select to_jsonb(t)::text as row from ${name} t`,
        ))
          rows.push(row);
      return rows.join('\n');
    } finally {
      await database.close();
    }
  }

  it('HMAC-09 HMAC-14 are in the answer that shows the key, and nowhere else ever after', async () => {
    const shopId = await openShop();
    const keys = `/api/v1/shops/${shopId}/hmac-keys`;
    await call('POST', `${keys}/strength`, { passphrase: PASSPHRASE });
    const created = await product.call('POST', keys, { id: uuidv7(), passphrase: PASSPHRASE });
    const { key } = created.body as { key: string };
    expect(key).toMatch(/^[0-9a-f]{128}$/);
    const mail = await mailText();
    const token = /\/hmac\/activate\?id=3?D?([\w-]{43})/.exec(mail)?.[1] ?? '';
    expect(token).not.toBe('');
    await call('POST', '/api/v1/hmac-keys/activate', { token });
    await call('POST', '/api/v1/hmac-keys/activate', { token });
    await call('POST', `${keys}/verify`, { message: 'a=1', digest: '0'.repeat(128) });
    await call('POST', keys, { id: uuidv7(), passphrase: 'too weak' });
    for (const route of [keys, `/api/v1/shops/${shopId}/settings`, '/api/v1/notices'])
      await call('GET', route);

    const store = await PostgresEventStore.open({ url: testDatabase.url });
    const events = JSON.stringify(await store.readAll({ after: 0, limit: 1000 }));
    await store.close();
    expect(events).toContain('HmacKeyActivated');
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
    const stored = await dump();
    const binary = Buffer.from(key, 'hex').toString('base64');
    const places = {
      said: said.join('\n'),
      log: product.text,
      events,
      stored,
      files: files.join(),
    };
    for (const [place, text] of Object.entries(places))
      for (const [secret, value] of Object.entries({ key, binary, PASSPHRASE, token }))
        expect([place, secret, text.includes(value)]).toEqual([place, secret, false]);
    for (const value of [key, binary, PASSPHRASE]) expect(mail).not.toContain(value);
    // The negative control: the log is there, and so is the mail in its place.
    expect(product.text).toContain('is ready at');
    expect(mail).toContain('web@example.com');
  });
});
