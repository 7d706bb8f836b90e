import {
  type Browser,
  type Merchant,
  openMerchant,
  pay,
  Product,
  signedInUser,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { ALL_MODULES } from '../modules';

let product: Product;
let merchant: Merchant;
let other: Merchant;
let manager: Browser;
let cashier: { readonly browser: Browser; readonly user: { readonly login: string } };

beforeAll(async () => {
  product = await Product.start(ALL_MODULES);
  merchant = await openMerchant(product);
  other = await openMerchant(product);
  manager = (
    await signedInUser(product, {
      profile: 'MANAGER',
      nodeId: merchant.brandId,
      name: 'Paul Durand',
      email: 'paul.durand@example.com',
    })
  ).browser;
  cashier = await signedInUser(product, { profile: 'CASHIER', nodeId: merchant.shopId });
});

afterAll(() => product.stop());

type Entry = Readonly<Record<string, string | null>>;

async function actions(browser: Browser, query = ''): Promise<Entry[]> {
  await product.settled();
  return (await browser.get(`/api/v1/actions${query}`)).body.items;
}

function told(data: object): unknown[] {
  const { kind, status } = data as { kind: string; status: number };
  return [kind, status];
}

describe('The action log', () => {
  it('LOG-01 LOG-03 tells who captured what, accepted, refused and repeated', async () => {
    const { transactionId } = await pay(product, merchant, 15_000, { authorizationOnly: true });
    const body = { id: uuidv7(), amount: { minor: 10_000, currency: 'EUR' } };
    const capture = (more: object) =>
      cashier.browser.post(`/api/v1/transactions/${transactionId}/capture`, { ...body, ...more });
    expect((await capture({})).status).toBe(200);
    expect((await capture({})).headers.get('idempotent-replayed')).toBe('true');
    expect((await capture({ id: uuidv7() })).status).toBe(409);
    const entries = await actions(manager, `?aboutId=${transactionId}&kind=CAPTURE`);
    expect(entries.map(({ result, problem, login }) => [result, problem, login])).toEqual([
      ['REFUSED', expect.any(String), cashier.user.login],
      ['REPEATED', null, cashier.user.login],
      ['ACCEPTED', null, cashier.user.login],
    ]);
    expect(entries[0]).toMatchObject({
      name: 'Claire Martin',
      email: expect.stringContaining('@example.com'),
      action: { fr: 'Transaction : capture' },
      aboutKind: 'transaction',
    });
  });

  it('LOG-05 holds sign-ins, locks, user changes, contract changes and exports', async () => {
    const { user } = await signedInUser(product, { profile: 'VIEWER', nodeId: merchant.shopId });
    await manager.call('PATCH', `/api/v1/users/${user.userId}`, { profile: 'CASHIER' });
    await manager.post(`/api/v1/users/${user.userId}/deactivate`);
    await manager.call('PATCH', `/api/v1/contracts/${merchant.contractId}`, { deferralDays: 2 });
    await manager.get('/api/v1/transactions/export?from=2026-11-01&to=2026-11-30');
    const kinds = new Set((await actions(manager, '?limit=500')).map(({ kind }) => kind));
    for (const kind of [
      ...['SIGN_IN', 'PASSWORD_CHANGE', 'TERMS_ACCEPTANCE', 'USER_CREATION', 'USER_CHANGE'],
      ...['USER_DEACTIVATION', 'SETTING_CHANGE', 'EXPORT'],
    ])
      expect(kinds).toContain(kind);
  });

  it('LOG-02 shows values before and after, with the names the vault knows', async () => {
    const { user } = await signedInUser(product, { profile: 'VIEWER', nodeId: merchant.shopId });
    await manager.call('PATCH', `/api/v1/users/${user.userId}`, {
      profile: 'CASHIER',
      name: 'Nouveau Nom',
    });
    const [entry] = await actions(manager, `?kind=USER_CHANGE&aboutId=${user.userId}`);
    const detail = (await manager.get(`/api/v1/actions/${entry?.['actionId']}`)).body;
    expect(detail).toMatchObject({
      before: { profile: 'VIEWER', name: 'Claire Martin' },
      after: { profile: 'CASHIER', name: 'Nouveau Nom' },
      origin: '127.0.0.1',
    });
  });

  it('LOG-05 is cut to the node of the manager, and closed to who manages nobody', async () => {
    const foreign = await signedInUser(product, { profile: 'MANAGER', nodeId: other.brandId });
    const theirs = await actions(foreign.browser, '?limit=500');
    expect(theirs.length).toBeGreaterThan(0);
    const ours = await actions(manager, '?limit=500');
    const ids = new Set(ours.map(({ actionId }) => actionId));
    expect(theirs.filter(({ actionId }) => ids.has(actionId))).toEqual([]);
    const [entry] = ours;
    const seen = await foreign.browser.get(`/api/v1/actions/${entry?.['actionId']}`);
    const missing = await foreign.browser.get(`/api/v1/actions/${uuidv7()}`);
    expect([seen.status, seen.body.detail]).toEqual([404, missing.body.detail]);
    expect((await cashier.browser.get('/api/v1/actions')).status).toBe(403);
  });

  it('LOG-05 is written and erased by nobody', async () => {
    const [entry] = await actions(manager);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
      const path = `/api/v1/actions/${entry?.['actionId']}`;
      expect((await product.call(method, path, {})).status).toBe(404);
    }
  });

  it('LOG-05 leaves one entry when a body cannot be read, is too large, or nobody is known', async () => {
    const path = `/api/v1/transactions/${uuidv7()}/capture`;
    const before = (await product.store.readAll({ after: 0, limit: 100_000 })).length;
    const headers = { 'content-type': 'application/json' };
    expect((await product.call('POST', path, '{', { headers })).status).toBe(400);
    expect(
      (await product.call('POST', path, `"${'x'.repeat(2_000_000)}"`, { headers })).status,
    ).toBe(413);
    expect((await product.post(path, {}, { token: '' })).status).toBe(401);
    const after = await product.store.readAll({ after: before, limit: 100 });
    expect(after.map(({ type, data }) => [type, ...told(data)])).toEqual([
      ['ActionRecorded', 'CAPTURE', 400],
      ['ActionRecorded', 'CAPTURE', 413],
      ['ActionRecorded', 'CAPTURE', 401],
    ]);
  });

  it('LOG-01 exports what a search finds', async () => {
    await product.settled();
    const file = await manager.get('/api/v1/actions/export?kind=CAPTURE&format=csv');
    const [head = '', first = ''] = file.text.replace(/^\uFEFF/, '').split(/\r?\n/);
    expect(head).toBe('Date;Nom;Email;Action;Résultat;Détails');
    expect(first).toContain('Transaction : capture');
  });
});
