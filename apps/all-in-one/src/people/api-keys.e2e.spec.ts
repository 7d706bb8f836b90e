import {
  Browser,
  type Merchant,
  openMerchant,
  openShop,
  pay,
  Product,
  signedInUser,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { ALL_MODULES } from '../modules';

const NOW = '2026-11-28T09:00:00.000Z';
const DAY = 86_400_000;

let product: Product;
let merchant: Merchant;
let manager: Browser;

beforeAll(async () => {
  product = await Product.start(ALL_MODULES);
  await product.setClock(NOW);
  merchant = await openMerchant(product);
  manager = await browserOf('MANAGER', merchant.groupId);
});

afterAll(() => product.stop());

async function browserOf(profile: string, nodeId: string): Promise<Browser> {
  return (await signedInUser(product, { profile, nodeId })).browser;
}

async function at(millis: number, work: () => Promise<void>): Promise<void> {
  await product.setClock(new Date(Date.parse(NOW) + millis).toISOString());
  try {
    await work();
  } finally {
    await product.setClock(NOW);
  }
}

const KEYS = '/api/v1/api-keys';

async function newKey(browser: Browser, more: object = {}) {
  const body = { id: uuidv7(), label: 'Caisse de Lille', actions: ['view-tree'], ...more };
  const answer = await browser.post(KEYS, body);
  return { body, answer, keyId: body.id, key: answer.body.key as string };
}

/** What a machine with a key gets. */
const ask = (key: string, path = '/api/v1/nodes') => product.get(path, { token: key });

describe('Creating API keys', () => {
  it('T15 keeps the text of a key that the list shows late for whoever asks again', async () => {
    const body = { id: uuidv7(), label: 'Caisse de Nice', actions: ['view-tree'] };
    const late = jest
      .spyOn(product.service.platform.projections, 'waitFor')
      .mockResolvedValueOnce(false);
    const early = await manager.post(KEYS, body);
    late.mockRestore();
    expect([early.status, early.body.code]).toEqual([503, 'position-not-reached']);
    const { status, body: answer } = await manager.post(KEYS, body);
    expect(status).toBe(201);
    expect((await ask(answer.key as string)).status).toBe(200);
  });

  it('T15 tells the key once, and keeps a digest of its secret', async () => {
    const { body, answer, keyId, key } = await newKey(manager, { nodeId: merchant.shopId });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(key).toMatch(/^encaisse_test_[0-9a-f]{32}_[\w-]{43}$/);
    expect(answer.body).toMatchObject({ environment: 'TEST', actions: ['view-tree'] });
    const again = await manager.post(KEYS, body);
    expect([again.status, again.body.key]).toEqual([201, undefined]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await manager.post(KEYS, { ...body, label: 'Autre' });
    expect([other.status, other.body.code]).toEqual([409, 'id-reused']);
    const { items } = (await manager.get(KEYS)).body;
    const shown = items.find((one: { keyId: string }) => one.keyId === keyId);
    expect(shown).toMatchObject({ label: 'Caisse de Lille', revokedAt: null });
    const secret = key.slice(-43);
    const events = await product.store.readAll({ after: 0, limit: 100_000 });
    expect(JSON.stringify([shown, events])).not.toContain(secret);
  });

  it('T15 opens what the key allows at its node, and nothing else', async () => {
    const actions = ['view-tree', 'search-transactions'];
    const { key } = await newKey(manager, { nodeId: merchant.shopId, actions });
    const { nodes } = (await ask(key)).body;
    expect(nodes.map((node: { nodeId: string }) => node.nodeId)).toEqual([merchant.shopId]);
    const users = await ask(key, '/api/v1/users');
    expect([users.status, users.body.code]).toEqual([403, 'forbidden']);
    expect((await ask(`${key.slice(0, -1)}_`)).status).toBe(401);
    expect((await ask(key.replace('encaisse_test_', 'encaisse_production_'))).status).toBe(401);
  });

  it('T15 never holds what its creator may not do or give, nor a node outside theirs', async () => {
    const foreign = await openMerchant(product);
    const shopManager = await browserOf('MANAGER', merchant.shopId);
    const answers = [
      (await newKey(manager, { actions: ['view-tree', 'publish-terms'] })).answer,
      (await newKey(manager, { actions: ['manage-users'] })).answer,
      (await newKey(manager, { actions: ['own-account'] })).answer,
      (await newKey(manager, { nodeId: foreign.shopId })).answer,
      (await newKey(shopManager, { nodeId: merchant.groupId })).answer,
      (await newKey(manager, { nodeId: 'root' })).answer,
      (await newKey(manager, { actions: ['no-such-action'] })).answer,
      (await newKey(manager, { actions: [] })).answer,
      (await newKey(manager, { expiresAt: NOW })).answer,
      (await newKey(await browserOf('CASHIER', merchant.shopId))).answer,
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, 'action-not-grantable'],
      [403, 'action-not-grantable'],
      [403, 'action-not-grantable'],
      [404, 'not-found'],
      [404, 'not-found'],
      [404, 'not-found'],
      [400, 'invalid-request'],
      [400, 'invalid-request'],
      [422, 'expiry-past'],
      [403, 'forbidden'],
    ]);
  });

  it('T15 lets a key that makes keys give on what it holds, and no more', async () => {
    const { key } = await newKey(manager, { actions: ['manage-api-keys', 'view-tree'] });
    const make = (actions: string[]) =>
      product.post(KEYS, { id: uuidv7(), label: 'Fille', actions }, { token: key });
    expect((await make(['view-tree'])).status).toBe(201);
    const wider = await make(['view-tree', 'refund']);
    expect([wider.status, wider.body.code]).toEqual([403, 'action-not-grantable']);
  });

  it('T15 opens nothing from the instant it expires', async () => {
    const { key } = await newKey(manager, { expiresAt: '2026-11-29T10:00:00+01:00' });
    await at(DAY - 1, async () => expect((await ask(key)).status).toBe(200));
    await at(DAY, async () => expect((await ask(key)).status).toBe(401));
  });

  it('T15 leaves one entry in the action log, without the key', async () => {
    const { keyId, key } = await newKey(manager);
    const events = await product.store.readAll({ after: 0, limit: 100_000 });
    const entries = events
      .filter(({ type }) => type === 'ActionRecorded')
      .map(({ data }) => data as { about: { id: string } | null })
      .filter(({ about }) => about?.id === keyId);
    expect(entries).toMatchObject([{ kind: 'API_KEY', result: 'ACCEPTED', status: 201 }]);
    expect(JSON.stringify(entries)).not.toContain(key.slice(-43));
  });
});

describe('Rotating API keys', () => {
  const rotate = (browser: Browser, keyId: string, body: object = {}) =>
    browser.post(`${KEYS}/${keyId}/rotate`, { id: uuidv7(), ...body });

  it('T15 ends the former secret at once unless an overlap is asked for', async () => {
    const { keyId, key } = await newKey(manager);
    const { status, body } = await rotate(manager, keyId);
    expect([status, (await ask(body.key)).status, (await ask(key)).status]).toEqual([
      200, 200, 401,
    ]);
  });

  it('T15 lets the former secret go on for the overlap, to the millisecond', async () => {
    const { keyId, key } = await newKey(manager);
    const rotated = await rotate(manager, keyId, { overlapDays: 7 });
    expect(rotated.body.formerSecretValidUntil).toBe('2026-12-05T09:00:00.000Z');
    await at(7 * DAY - 1, async () => expect((await ask(key)).status).toBe(200));
    await at(7 * DAY, async () => expect((await ask(key)).status).toBe(401));
    const latest = await rotate(manager, keyId, { overlapDays: 1 });
    const statuses = [key, rotated.body.key, latest.body.key].map(
      async (one) => (await ask(one)).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 200, 200]);
  });

  it('T15 tells the new secret once, and refuses more than seven days', async () => {
    const { keyId } = await newKey(manager);
    const request = { id: uuidv7(), overlapDays: 1 };
    const first = await rotate(manager, keyId, request);
    const again = await rotate(manager, keyId, request);
    expect([again.status, again.body.key]).toEqual([200, undefined]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await ask(first.body.key)).status).toBe(200);
    expect((await rotate(manager, keyId, { ...request, overlapDays: 2 })).body.code).toBe(
      'id-reused',
    );
    expect((await rotate(manager, keyId, { overlapDays: 8 })).status).toBe(400);
  });

  it('T15 gives nobody a secret that opens more than they could give', async () => {
    const support = await browserOf('SUPPORT', 'root');
    const actions = ['view-tree', 'follow-mails'];
    const { keyId } = await newKey(support, { nodeId: merchant.shopId, actions });
    const refused = await rotate(manager, keyId);
    expect([refused.status, refused.body.code]).toEqual([403, 'action-not-grantable']);
  });
});

describe('Revoking API keys', () => {
  const revoke = (browser: Browser, keyId: string) => browser.post(`${KEYS}/${keyId}/revoke`);

  it('T15 acts on the next request, for whoever sees the node of the key', async () => {
    const shopManager = await browserOf('MANAGER', merchant.shopId);
    const { keyId, key } = await newKey(manager, { nodeId: merchant.shopId });
    expect((await ask(key)).status).toBe(200);
    const revoked = await revoke(shopManager, keyId);
    expect([revoked.status, revoked.body.revokedAt]).toEqual([200, NOW]);
    expect((await ask(key)).status).toBe(401);
    const again = await revoke(manager, keyId);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    const rotated = await manager.post(`${KEYS}/${keyId}/rotate`, { id: uuidv7() });
    expect([rotated.status, rotated.body.code]).toEqual([409, 'api-key-revoked']);
  });

  it('T15 gives a foreign key the answer of a missing one', async () => {
    const foreign = await openShop(product, (await openMerchant(product)).groupId);
    const stranger = await browserOf('MANAGER', foreign.shopId);
    const { keyId, key } = await newKey(manager);
    const [one, other] = [await revoke(stranger, keyId), await revoke(stranger, uuidv7())];
    expect([one.status, one.body.detail]).toEqual([404, other.body.detail]);
    expect((await ask(key)).status).toBe(200);
  });

  it('T15 leaves a key alone when whoever created it is deactivated', async () => {
    const { user, browser } = await signedInUser(product, {
      profile: 'MANAGER',
      nodeId: merchant.shopId,
    });
    const { key } = await newKey(browser);
    const closed = await product.post(`/api/v1/users/${user.userId}/deactivate`, {});
    expect(closed.status).toBe(200);
    expect((await ask(key)).status).toBe(200);
  });
});

describe('Keys of the other environment', () => {
  it('T15 open nothing of this one', async () => {
    const actions = ['view-tree', 'search-transactions', 'manage-api-keys'];
    const { keyId, key } = await newKey(manager, { nodeId: merchant.shopId, actions });
    const { transactionId } = await pay(product, merchant, 5500);
    await product.settled();
    const elsewhere = await browserOf('MANAGER', merchant.groupId);
    await elsewhere.call('PUT', '/api/v1/session/environment', { environment: 'PRODUCTION' });
    const production = await newKey(elsewhere, { nodeId: merchant.shopId, actions });
    expect(production.key).toMatch(/^encaisse_production_/);
    const path = `/api/v1/transactions/${transactionId}`;
    expect((await ask(key, path)).status).toBe(200);
    expect((await ask(production.key, path)).status).toBe(404);
    const { items } = (await ask(production.key, KEYS)).body;
    expect(items.map((one: { keyId: string }) => one.keyId)).toEqual([production.keyId]);
    const revoked = await product.post(`${KEYS}/${keyId}/revoke`, {}, { token: production.key });
    expect(revoked.status).toBe(404);
    expect((await ask(key)).status).toBe(200);
  });
});
