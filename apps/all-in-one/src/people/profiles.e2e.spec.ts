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

const PASSPHRASE = 'Boutique en Ligne 2017!';

let product: Product;
let merchant: Merchant;
let transactionId: string;

beforeAll(async () => {
  product = await Product.start(ALL_MODULES);
  merchant = await openMerchant(product);
  ({ transactionId } = await pay(product, merchant, 15_000, { authorizationOnly: true }));
  await product.settled();
});

afterAll(() => product.stop());

const someone = async (profile: string) =>
  (await signedInUser(product, { profile, nodeId: merchant.shopId })).browser;

/** Whether the profile lets a call through; what comes of it then is another matter. */
async function mayCall(browser: Browser, method: string, path: string): Promise<boolean> {
  const { status } = await browser.call(method, path, method === 'GET' ? undefined : {});
  expect(status).not.toBe(401);
  return status !== 403;
}

const period = 'from=2026-11-01&to=2026-11-30';
const CONSULTATION = () => [
  ['GET', '/api/v1/statistics/dashboard'],
  ['GET', `/api/v1/transactions?${period}`],
  ['GET', `/api/v1/transactions/${transactionId}`],
  ['GET', `/api/v1/transactions/${transactionId}/history`],
  ['GET', `/api/v1/transactions/export?${period}`],
  ['GET', `/api/v1/remittances?${period}`],
];
const OPERATION = () =>
  ['capture', 'cancel', 'refunds', 'send', 'validate', 'modify'].map((operation) => [
    'POST',
    `/api/v1/transactions/${transactionId}/${operation}`,
  ]);
const MANAGEMENT = () => [
  ['GET', '/api/v1/users'],
  ['GET', '/api/v1/actions'],
  ['POST', '/api/v1/users'],
];

async function allowed(browser: Browser, calls: readonly string[][]): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const [method = '', path = ''] of calls) answers.push(await mayCall(browser, method, path));
  return answers;
}

const all = (calls: readonly unknown[]) => calls.map(() => true);
const none = (calls: readonly unknown[]) => calls.map(() => false);

describe('The five profiles', () => {
  it('USER-05 USER-06 NAV-07 lets Consultation look and do no cash operation', async () => {
    const browser = await someone('VIEWER');
    expect(await allowed(browser, CONSULTATION())).toEqual(all(CONSULTATION()));
    expect(await allowed(browser, OPERATION())).toEqual(none(OPERATION()));
    expect(await allowed(browser, MANAGEMENT())).toEqual(none(MANAGEMENT()));
    const { actions } = (await browser.get('/api/v1/session')).body;
    expect(actions).toContain('search-transactions');
    expect(actions).not.toContain('capture');
  });

  it('USER-05 USER-07 lets Consultation + Action operate and manage nobody', async () => {
    const browser = await someone('CASHIER');
    expect(await allowed(browser, CONSULTATION())).toEqual(all(CONSULTATION()));
    expect(await allowed(browser, OPERATION())).toEqual(all(OPERATION()));
    expect(await allowed(browser, MANAGEMENT())).toEqual(none(MANAGEMENT()));
  });

  it('USER-05 USER-08 lets Consultation + Action + management do both', async () => {
    const browser = await someone('MANAGER');
    for (const calls of [CONSULTATION(), OPERATION(), MANAGEMENT()])
      expect(await allowed(browser, calls)).toEqual(all(calls));
  });

  it.each([
    ['USER-09 the entry operator', 'ENTRY_OPERATOR'],
    ['USER-10 the HMAC manager', 'HMAC_MANAGER'],
  ])('%s sees neither transactions, nor operations, nor users', async (_title, profile) => {
    const browser = await someone(profile);
    for (const calls of [CONSULTATION(), OPERATION(), MANAGEMENT()])
      expect(await allowed(browser, calls)).toEqual(none(calls));
  });

  it('USER-10 lets the HMAC manager see the parameters and generate the key', async () => {
    const browser = await someone('HMAC_MANAGER');
    const settings = `/api/v1/shops/${merchant.shopId}/settings`;
    const keys = `/api/v1/shops/${merchant.shopId}/hmac-keys`;
    const opened = [
      ['GET', settings],
      ['GET', keys],
      ['POST', keys],
    ];
    expect(await allowed(browser, opened)).toEqual([true, true, true]);
    expect(await allowed(browser, [['PATCH', settings]])).toEqual([false]);
  });
});

describe('HMAC keys in the action log', () => {
  it('LOG-04 tells who created the key, and never its value', async () => {
    const manager = await someone('MANAGER');
    const made = await manager.post(`/api/v1/shops/${merchant.shopId}/hmac-keys`, {
      id: uuidv7(),
      passphrase: PASSPHRASE,
    });
    expect(made.status).toBe(201);
    await product.settled();
    const { items } = (await manager.get('/api/v1/actions?kind=HMAC_KEY')).body;
    expect(items[0]).toMatchObject({ result: 'ACCEPTED', action: { fr: expect.any(String) } });
    expect(JSON.stringify(items)).not.toContain(made.body.key);
    const detail = await manager.get(`/api/v1/actions/${items[0].actionId}`);
    expect(detail.text).not.toContain(made.body.key);
    expect(detail.text).not.toContain(PASSPHRASE);
  });
});
