import { Product } from '@encaisse/testing';
import { ALL_MODULES } from '../modules';

const DAY = '2026-11-27';

/** Fixed ids, told apart by tenant: the first four digits after the version. */
const idOf = (tenant: string, number: number) =>
  `0192d000-0000-7000-8${tenant}-${String(number).padStart(12, '0')}`;

/** One working day of a tenant, step by step. */
function dayOf(product: Product, tenant: string): readonly (() => Promise<void>)[] {
  const id = (number: number) => idOf(tenant, number);
  const post = async (path: string, body: object) => {
    const answer = await product.post(`/api/v1/${path}`, body);
    if (answer.status > 299) throw new Error(`${path}: ${answer.text}`);
  };
  const node = (number: number, level: string, parent: number | null, more: object = {}) =>
    post('nodes', {
      id: id(number),
      level,
      name: `${level} ${number}`,
      ...(parent === null ? {} : { parentId: id(parent) }),
      ...more,
    });
  const pays = (number: number, minor: number, more: object = {}) =>
    post('payments', {
      id: id(number),
      contractId: id(4),
      orderReference: `CMD-${number}`,
      amount: { minor, currency: 'EUR' },
      card: { number: '4000000000000010', expiry: '4912' },
      ...more,
    });
  const shop = {
    siteNumber: `19998${tenant.slice(1)}`.slice(0, 7),
    rank: '032',
    merchantIdentifier: '2',
  };
  return [
    () => node(1, 'BRAND', null),
    () => node(2, 'GROUP', 1),
    () => node(3, 'SHOP', 2, shop),
    () =>
      post('contracts', {
        id: id(4),
        shopId: id(3),
        contractNumber: `5200${tenant}`,
        paymentMeans: 'VISA',
        currency: 'EUR',
        minimumMinor: 1,
        maximumMinor: 1_000_000,
        label: 'LIBRAIRIE',
      }),
    () =>
      post('users', {
        id: id(5),
        login: `claire.${tenant}`,
        name: 'Claire Martin',
        email: `claire.${tenant}@example.com`,
        profile: 'MANAGER',
        nodeId: id(1),
      }),
    () => pays(10, 15_000),
    () => pays(11, 2_000, { authorizationOnly: true }),
    () => pays(12, 1_051),
    () => pays(13, 3_000),
    () =>
      post(`transactions/${id(11)}/capture`, {
        id: id(20),
        amount: { minor: 1_500, currency: 'EUR' },
      }),
    () => post(`transactions/${id(13)}/cancel`, { id: id(21) }),
    () => post('remittances/telecollect', { contractId: id(4) }),
    () =>
      post(`transactions/${id(10)}/refunds`, {
        id: id(22),
        amount: { minor: 500, currency: 'EUR' },
      }),
  ];
}

const PERIOD = `from=${DAY}&to=${DAY}`;
const QUESTIONS = [
  '/api/v1/nodes',
  `/api/v1/nodes/${idOf('001', 1)}/contracts`,
  '/api/v1/users',
  `/api/v1/transactions?${PERIOD}&withTotals=true`,
  `/api/v1/transactions/totals?${PERIOD}`,
  ...[10, 11, 12, 13, 22].map((one) => `/api/v1/transactions/${idOf('001', one)}`),
  ...[10, 11].map((one) => `/api/v1/transactions/${idOf('001', one)}/history`),
  ...['csv', 'txt', 'xml'].map((one) => `/api/v1/transactions/export?${PERIOD}&format=${one}`),
  `/api/v1/remittances?${PERIOD}`,
  `/api/v1/remittances/export?${PERIOD}`,
  `/api/v1/statistics/dashboard?${PERIOD}`,
  `/api/v1/statistics/curve?${PERIOD}&step=hour`,
];

/**
 * What the whole installation counts, or draws by chance: numbers of transactions, which run through all
 * tenants (a merchant sees gaps, as after any refused payment), authorisation numbers of the acquirer,
 * and references of stored cards. Each is named by the order in which it first appears.
 */
const COUNTED =
  /(?<="(?:transactionNumber|originalTransactionNumber|authorizationNumber|cardId)":")[^"]+/g;

function answersOf(texts: readonly string[]): string {
  const names = new Map<string, string>();
  const name = (counted: string) => {
    if (!names.has(counted)) names.set(counted, `#${names.size}`);
    return names.get(counted)!;
  };
  const json = texts.join('\n').replace(COUNTED, name);
  // In files they stand without a name, but never inside an id.
  return json.replace(/(?<![-\w#])\w+(?![-\w])/g, (word) => names.get(word) ?? word);
}

async function run(isAlone: boolean): Promise<{ answers: string; events: number }> {
  const product = await Product.start(ALL_MODULES);
  try {
    await product.setClock(`${DAY}T10:00:00+01:00`);
    const own = dayOf(product, '001');
    const other = isAlone ? [] : dayOf(product, '002');
    for (const [index, step] of own.entries()) {
      await other[index]?.();
      await step();
    }
    await product.settled();
    const token = await product.tokenAt(idOf('001', 1), ['read', 'administer']);
    const texts: string[] = [];
    for (const path of QUESTIONS) {
      const answer = await product.get(path, { token });
      expect([path, answer.status]).toEqual([path, 200]);
      texts.push(`${path} ${answer.status} ${answer.text}`);
    }
    return { answers: answersOf(texts), events: await product.store.lastPosition() };
  } finally {
    await product.stop();
  }
}

describe('A second tenant', () => {
  it('GEN-02 changes no byte of what the first one reads', async () => {
    const alone = await run(true);
    const together = await run(false);
    expect(together.answers).toBe(alone.answers);
    expect(alone.answers).toContain('CMD-10');
    expect(together.events).toBeGreaterThan(alone.events);
  }, 120_000);
});
